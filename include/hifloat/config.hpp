// hifloat: every macro of the library, and nothing else.
#pragma once

#define HIFLOAT_VERSION_MAJOR 0
#define HIFLOAT_VERSION_MINOR 1
#define HIFLOAT_VERSION_PATCH 0

// Two versions of the library may meet in one program: each minor version lives in an inline namespace of its own.
// Patch releases share it: they change no type's layout, and their functions are kept apart as those of other flags are
// (below).
#define HIFLOAT_NAMESPACE hifloat::inline v0_1

// 1 where the x86 backends are compiled. nvcc's host front end can't parse every compiler's intrinsic headers. Where
// Windows unwinds the stack (SEH), g++ 16 and older spill vectors of 32 bytes with instructions that need them aligned,
// and don't align the stack (GCC bug 54412), which crashes by chance. Debian's and MSYS2's g++ are mended; there,
// define it as 1. Define it as 0 to leave the backends out elsewhere.
#if !defined(HIFLOAT_SIMD_X86)
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__CUDACC__) && (!defined(__SEH__) || defined(__clang__))
#define HIFLOAT_SIMD_X86 1
#else
#define HIFLOAT_SIMD_X86 0
#endif
#endif

// The same for the NEON backend, which reads bytes where the lowest comes first.
#if !defined(HIFLOAT_SIMD_NEON)
#if defined(__aarch64__) && defined(__GNUC__) && !defined(__CUDACC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HIFLOAT_SIMD_NEON 1
#else
#define HIFLOAT_SIMD_NEON 0
#endif
#endif

// Two files compiled with different instruction sets, -ffast-math, without exceptions, or for another default stream of
// CUDA (to which launches go that name none) may meet too. Their inline functions have different bodies, and a linker
// would keep one of them for both. Every function therefore carries the switches that change code, its key, in one of
// two ways. Functions that belong to no public type, and all that such a function alone needs, live in inline
// namespaces named by the key. Public types can't: they are passed from file to file, and are the same in all of them.
// Their functions, and whatever else is in no keyed namespace, begin with HIFLOAT_KEYED: an ABI tag is part of the
// function's name alone. tests/flags/shared_code.sh checks that they do. Types that hold a file, a message under way or
// sums that are being made (io, mpi, QuantizationErrorSums) live in keyed namespaces whole: they stay with the files of
// one key. What a compiler defines by itself, as the copies of an aggregate, can't be keyed. Aggregates are therefore
// made with {} on the common paths: that calls nothing.
//
// Each part of the key is the first of its list that applies. Mixtures that no kind of CPU has (-mavx512bw -mno-avx2)
// are not told apart, nor is what no compiler tells: -ffp-contract, and in clang -fassociative-math by itself.
#if defined(__FAST_MATH__) || defined(_M_FP_FAST)
#define HIFLOAT_KEY_MATH fast
#elif defined(__ASSOCIATIVE_MATH__)
#define HIFLOAT_KEY_MATH associative
#elif defined(__RECIPROCAL_MATH__)
#define HIFLOAT_KEY_MATH reciprocal
#elif defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#define HIFLOAT_KEY_MATH finite
#else
#define HIFLOAT_KEY_MATH ieee
#endif
#if defined(__AVX512FP16__)
#define HIFLOAT_KEY_ISA avx512fp16
#elif defined(__AVX512BF16__)
#define HIFLOAT_KEY_ISA avx512bf16
#elif defined(__AVX512VBMI__)
#define HIFLOAT_KEY_ISA avx512vbmi
#elif defined(__AVX512BW__)
#define HIFLOAT_KEY_ISA avx512bw
#elif defined(__AVX512F__)
#define HIFLOAT_KEY_ISA avx512f
#elif defined(__AVX2__)
#define HIFLOAT_KEY_ISA avx2
#elif defined(__AVX__)
#define HIFLOAT_KEY_ISA avx
#elif defined(__SSE4_1__)
#define HIFLOAT_KEY_ISA sse4
#elif defined(__ARM_FEATURE_SVE2)
#define HIFLOAT_KEY_ISA sve2
#elif defined(__ARM_FEATURE_SVE)
#define HIFLOAT_KEY_ISA sve
#elif defined(__ARM_FEATURE_DOTPROD)
#define HIFLOAT_KEY_ISA dotprod
#elif defined(__ARM_FEATURE_ATOMICS)
#define HIFLOAT_KEY_ISA lse
#else
#define HIFLOAT_KEY_ISA baseline
#endif
#if defined(__FMA__)
#define HIFLOAT_KEY_FMA fma
#else
#define HIFLOAT_KEY_FMA nofma
#endif
#if defined(__F16C__)
#define HIFLOAT_KEY_HALF f16c
#else
#define HIFLOAT_KEY_HALF nof16c
#endif
#if defined(__BMI2__)
#define HIFLOAT_KEY_BITS bmi2
#elif defined(__LZCNT__)
#define HIFLOAT_KEY_BITS lzcnt
#elif defined(__BMI__)
#define HIFLOAT_KEY_BITS bmi
#elif defined(__POPCNT__)
#define HIFLOAT_KEY_BITS popcnt
#else
#define HIFLOAT_KEY_BITS nobits
#endif
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define HIFLOAT_HAS_EXCEPTIONS 1
#else
#define HIFLOAT_HAS_EXCEPTIONS 0
#endif
#if HIFLOAT_HAS_EXCEPTIONS
#define HIFLOAT_KEY_ERRORS throws
#else
#define HIFLOAT_KEY_ERRORS aborts
#endif
#if HIFLOAT_SIMD_X86 || HIFLOAT_SIMD_NEON
#define HIFLOAT_KEY_SIMD simd
#else
#define HIFLOAT_KEY_SIMD nosimd
#endif
#if defined(CUDA_API_PER_THREAD_DEFAULT_STREAM)
#define HIFLOAT_KEY_STREAM threads
#else
#define HIFLOAT_KEY_STREAM legacy
#endif
#define HIFLOAT_JOIN_(a, b, c, d, e, f, g, h, i) a##_##b##_##c##_##d##_##e##_##f##_##g##_##h##_##i
#define HIFLOAT_JOIN(a, b, c, d, e, f, g, h, i) HIFLOAT_JOIN_(a, b, c, d, e, f, g, h, i)
#define HIFLOAT_KEY                                                                                    \
  HIFLOAT_JOIN(HIFLOAT_KEY_ISA, HIFLOAT_KEY_FMA, HIFLOAT_KEY_HALF, HIFLOAT_KEY_BITS, HIFLOAT_KEY_MATH, \
               HIFLOAT_KEY_ERRORS, HIFLOAT_KEY_SIMD, HIFLOAT_KEY_STREAM, HIFLOAT_VERSION_PATCH)
#define HIFLOAT_TEXT_(x) #x
#define HIFLOAT_TEXT(x) HIFLOAT_TEXT_(x)
#if defined(__GNUC__)
#define HIFLOAT_KEYED [[gnu::abi_tag(HIFLOAT_TEXT(HIFLOAT_KEY))]]
#if defined(__NVCC__)
#pragma nv_diag_suppress 2648  // it takes some templates' tag for a second one
#endif
#else
#define HIFLOAT_KEYED
#endif
#define HIFLOAT_FUNCTION_NAMESPACE HIFLOAT_NAMESPACE::inline HIFLOAT_KEY
#define HIFLOAT_DETAIL_NAMESPACE HIFLOAT_NAMESPACE::detail::inline HIFLOAT_KEY
#define HIFLOAT_DIAGNOSTICS_NAMESPACE HIFLOAT_NAMESPACE::diagnostics::inline HIFLOAT_KEY
#define HIFLOAT_TESTING_NAMESPACE HIFLOAT_NAMESPACE::testing::inline HIFLOAT_KEY
#define HIFLOAT_MPI_NAMESPACE HIFLOAT_NAMESPACE::mpi::inline HIFLOAT_KEY
#define HIFLOAT_CUDA_NAMESPACE HIFLOAT_NAMESPACE::cuda::inline HIFLOAT_KEY
#define HIFLOAT_EIGEN_NAMESPACE HIFLOAT_NAMESPACE::eigen::inline HIFLOAT_KEY
#define HIFLOAT_IO_NAMESPACE HIFLOAT_NAMESPACE::io::inline HIFLOAT_KEY

// Functions that run on the host and, in a CUDA file, on the device.
#if defined(__CUDACC__)
#define HIFLOAT_HD __host__ __device__
#else
#define HIFLOAT_HD
#endif

// Before a template of them that calls what its argument brings along, which may be the host's alone.
#if defined(__CUDACC__)
#define HIFLOAT_NO_EXEC_CHECK _Pragma("nv_exec_check_disable")
#else
#define HIFLOAT_NO_EXEC_CHECK
#endif

// 1 while the device side of a CUDA file is compiled.
#if defined(__CUDA_ARCH__)
#define HIFLOAT_DEVICE_CODE 1
#else
#define HIFLOAT_DEVICE_CODE 0
#endif

// Before a loop whose arrays are to stay in a GPU's registers, and before one that is to take few of them.
#if HIFLOAT_DEVICE_CODE
#define HIFLOAT_UNROLL _Pragma("unroll")
#define HIFLOAT_KEEP_ROLLED _Pragma("unroll 1")
#else
#define HIFLOAT_UNROLL
#define HIFLOAT_KEEP_ROLLED
#endif

// INLINE_LAMBDA goes after a lambda's parameters. COLD: out of line, and (but for cl.exe) callers keep what leads there
// away from the rest.
#if defined(_MSC_VER) && !defined(__clang__)
#define HIFLOAT_NOINLINE __declspec(noinline)
#define HIFLOAT_COLD __declspec(noinline)
#define HIFLOAT_ALWAYS_INLINE __forceinline
#define HIFLOAT_INLINE_LAMBDA [[msvc::forceinline]]
#else
#define HIFLOAT_NOINLINE __attribute__((noinline))
#define HIFLOAT_COLD __attribute__((noinline, cold))
#define HIFLOAT_ALWAYS_INLINE __attribute__((always_inline)) inline
#define HIFLOAT_INLINE_LAMBDA __attribute__((always_inline))
#endif

// Between these two, functions are compiled for the named instruction sets, whatever the file's own flags are. Other
// headers go before the region: their functions would change too.
#define HIFLOAT_PRAGMA(text) _Pragma(#text)
#if defined(__clang__)
#define HIFLOAT_TARGET_BEGIN(features) \
  HIFLOAT_PRAGMA(clang attribute push(__attribute__((target(features))), apply_to = function))
#define HIFLOAT_TARGET_END HIFLOAT_PRAGMA(clang attribute pop)
#else
#define HIFLOAT_TARGET_BEGIN(features) HIFLOAT_PRAGMA(GCC push_options) HIFLOAT_PRAGMA(GCC target(features))
#define HIFLOAT_TARGET_END HIFLOAT_PRAGMA(GCC pop_options)
#endif

// Array calls that touch more bytes than this write past the caches; HIFLOAT_STREAMING_BYTES in the environment
// overrides it.
#if !defined(HIFLOAT_STREAMING_BYTES)
#define HIFLOAT_STREAMING_BYTES (std::size_t{64} << 20)
#endif

// Hides a floating-point variable from the optimiser at the cost of no instruction: neither -ffast-math nor a
// contraction to fused multiply-add reaches through it. cl.exe has no such means but memory, and needs it under
// /fp:fast and /fp:contract only.
#if HIFLOAT_DEVICE_CODE
#define HIFLOAT_OPAQUE(value) (void)(value)
#elif defined(__SSE2__)
#define HIFLOAT_OPAQUE(value) __asm__("" : "+x"(value))
#elif defined(__aarch64__)
#define HIFLOAT_OPAQUE(value) __asm__("" : "+w"(value))
#elif defined(__GNUC__)
#define HIFLOAT_OPAQUE(value) __asm__("" : "+m"(value))
#elif defined(_M_FP_FAST) || defined(_M_FP_CONTRACT)
#define HIFLOAT_OPAQUE(value) ((value) = static_cast<const volatile decltype(value)&>(value))
#else
#define HIFLOAT_OPAQUE(value) (void)(value)
#endif

// How a user's mistake is reported: an exception, or, where the includer compiles without exceptions, a message and
// abort().
#if HIFLOAT_HAS_EXCEPTIONS
#define HIFLOAT_THROW(Exception, message) throw Exception(message)
#else
#define HIFLOAT_THROW(Exception, message) ::hifloat::detail::fail(#Exception, message)
#endif
