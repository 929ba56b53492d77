// Which backend runs: chosen once, at the first array call, by what the CPU has and what HIFLOAT_ISA asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/simd/avx2.hpp>
#include <hifloat/simd/avx512bw.hpp>
#include <hifloat/simd/avx512vbmi.hpp>
#include <hifloat/simd/neon.hpp>
#include <hifloat/simd/scalar.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// Instruction sets, the best last. For a kernel, given as a template `Kernel::of<Backend>`, it holds one table of
/// function pointers.
template <class... Backends>
struct BackendList {
  static constexpr std::size_t size = sizeof...(Backends);
  static constexpr const char* names[] = {Backends::name...};

  [[nodiscard]] static bool is_usable(std::size_t backend) noexcept {
    constexpr bool (*usable[])() noexcept = {&Backends::is_usable...};
    return usable[backend]();
  }

  template <class Kernel>
  static constexpr typename Kernel::Function* table[] = {Kernel::template of<Backends>...};
};

#if HIFLOAT_SIMD_X86
using AllBackends = BackendList<scalar, avx2, avx512bw, avx512vbmi>;
#elif HIFLOAT_SIMD_NEON
using AllBackends = BackendList<scalar, neon>;
#else
using AllBackends = BackendList<scalar>;
#endif

/// The backend that HIFLOAT_ISA names, or the best one that this CPU can run.
[[nodiscard]] inline std::size_t choose_backend() {
  const char* wanted = std::getenv("HIFLOAT_ISA");  // NOLINT(concurrency-mt-unsafe): read once
  const bool forced = wanted != nullptr && *wanted != '\0';
  for (std::size_t backend = AllBackends::size; backend-- != 0;) {
    if (forced && std::string_view(wanted) != AllBackends::names[backend]) continue;
    if (AllBackends::is_usable(backend)) return backend;
    if (forced)
      HIFLOAT_THROW(std::runtime_error, (std::string("hifloat: this CPU can't run HIFLOAT_ISA=") + wanted).c_str());
  }
  std::string known;
  for (const char* name : AllBackends::names) known += std::string(" ") + name;
  HIFLOAT_THROW(std::runtime_error,
                (std::string("hifloat: unknown HIFLOAT_ISA=") + wanted + "; this build knows" + known).c_str());
}

[[nodiscard]] inline std::size_t active_backend() {
  static const std::size_t backend = choose_backend();
  return backend;
}

/// The active backend's function for a kernel. (Its type is named: for `auto`, each mention would compile the kernel.)
template <class Kernel>
[[nodiscard]] typename Kernel::Function* kernel() {
  return AllBackends::table<Kernel>[active_backend()];
}

/// So many are done before a vector kernel has loaded its constants.
inline constexpr std::size_t few_elements = 12;

/// The same for n elements.
template <class Kernel>
[[nodiscard]] HIFLOAT_ALWAYS_INLINE typename Kernel::Function* kernel_for(std::size_t n) {
  const std::size_t backend = active_backend();
  return n < few_elements ? Kernel::template of<scalar> : AllBackends::table<Kernel>[backend];
}

// The kernels of a code type: HiF8's have a form for each backend, those of other formats are the same for all.

template <class Code, class T>
struct EncodeKernel {
  using Function = void(const T*, Code*, std::size_t, const KernelParams&) noexcept;
  template <class Backend>
  static constexpr Function* of = &FormatKernels<Code>::template encode<T>;
};
template <class R, class O, class T>
struct EncodeKernel<hif8<R, O>, T> {
  using Function = void(const T*, std::uint8_t*, std::size_t, const KernelParams&) noexcept;
  template <class Backend>
  static constexpr Function* of = &Backend::template encode<R, O, T>;
};

template <class Code, class T>
struct DecodeKernel {
  using Function = void(const Code*, T*, std::size_t, const KernelParams&) noexcept;
  template <class Backend>
  static constexpr Function* of = &FormatKernels<Code>::template decode<T>;
};
template <class R, class O, class T>
struct DecodeKernel<hif8<R, O>, T> {
  using Function = void(const std::uint8_t*, T*, std::size_t, const KernelParams&) noexcept;
  template <class Backend>
  static constexpr Function* of = &Backend::template decode<T>;
};

template <class Code, class T, class U>
struct FakeQuantizeKernel {
  using Function = void(const T*, U*, std::size_t, const KernelParams&) noexcept;
  template <class Backend>
  static constexpr Function* of = &FormatKernels<Code>::template fake_quantize<T, U>;
};
template <class R, class O, class T, class U>
struct FakeQuantizeKernel<hif8<R, O>, T, U> {
  using Function = void(const T*, U*, std::size_t, const KernelParams&) noexcept;
  template <class Backend>
  static constexpr Function* of = &Backend::template fake_quantize<R, O, T, U>;
};

template <class Code, class T>
struct QuantizeKernel {
  using Function = QuantizeStats(const T*, Code*, std::size_t, const KernelParams&) noexcept;
  template <class Backend>
  static constexpr Function* of = &FormatKernels<Code>::template quantize<T>;
};
template <class R, class O, class T>
struct QuantizeKernel<hif8<R, O>, T> {
  using Function = QuantizeStats(const T*, std::uint8_t*, std::size_t, const KernelParams&) noexcept;
  template <class Backend>
  static constexpr Function* of = &Backend::template quantize<R, O, T>;
};

struct CountExponentsKernel {
  using Function = void(const std::uint8_t*, std::size_t, std::uint64_t*) noexcept;
  template <class Backend>
  static constexpr Function* of = &Backend::count_exponents;
};

template <bool FiniteOnly, class T>
struct AbsMaxKernel {
  using Function = float(const T*, std::size_t) noexcept;
  template <class Backend>
  static constexpr Function* of = &Backend::template abs_max<FiniteOnly, T>;
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE
