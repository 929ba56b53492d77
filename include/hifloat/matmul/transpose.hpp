// Matrices of small units, transposed: what packs an operand whose summed dimension lies the other way round.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <hifloat/config.hpp>

#if HIFLOAT_SIMD_X86
#include <emmintrin.h>
#elif HIFLOAT_SIMD_NEON
#include <arm_neon.h>
#endif

namespace HIFLOAT_DETAIL_NAMESPACE {

// Sixteen bytes, and their interleaving with sixteen others: unit by unit, first those of the lower halves. Every
// x86-64 and AArch64 has them.
#if HIFLOAT_SIMD_X86
using Bytes16 = __m128i;
[[nodiscard]] HIFLOAT_ALWAYS_INLINE Bytes16 load_bytes(const void* p) {
  return _mm_loadu_si128(static_cast<const __m128i*>(p));
}
HIFLOAT_ALWAYS_INLINE void store_bytes(void* p, Bytes16 x) { _mm_storeu_si128(static_cast<__m128i*>(p), x); }
template <std::size_t UnitSize>
[[nodiscard]] HIFLOAT_ALWAYS_INLINE Bytes16 interleave_low(Bytes16 a, Bytes16 b) {
  return UnitSize == 1 ? _mm_unpacklo_epi8(a, b) : _mm_unpacklo_epi16(a, b);
}
template <std::size_t UnitSize>
[[nodiscard]] HIFLOAT_ALWAYS_INLINE Bytes16 interleave_high(Bytes16 a, Bytes16 b) {
  return UnitSize == 1 ? _mm_unpackhi_epi8(a, b) : _mm_unpackhi_epi16(a, b);
}
#elif HIFLOAT_SIMD_NEON
using Bytes16 = uint8x16_t;
[[nodiscard]] HIFLOAT_ALWAYS_INLINE Bytes16 load_bytes(const void* p) {
  return vld1q_u8(static_cast<const std::uint8_t*>(p));
}
HIFLOAT_ALWAYS_INLINE void store_bytes(void* p, Bytes16 x) { vst1q_u8(static_cast<std::uint8_t*>(p), x); }
template <std::size_t UnitSize>
[[nodiscard]] HIFLOAT_ALWAYS_INLINE Bytes16 interleave_low(Bytes16 a, Bytes16 b) {
  return UnitSize == 1 ? vzip1q_u8(a, b)
                       : vreinterpretq_u8_u16(vzip1q_u16(vreinterpretq_u16_u8(a), vreinterpretq_u16_u8(b)));
}
template <std::size_t UnitSize>
[[nodiscard]] HIFLOAT_ALWAYS_INLINE Bytes16 interleave_high(Bytes16 a, Bytes16 b) {
  return UnitSize == 1 ? vzip2q_u8(a, b)
                       : vreinterpretq_u8_u16(vzip2q_u16(vreinterpretq_u16_u8(a), vreinterpretq_u16_u8(b)));
}
#endif

/// How many units of this size a block has in each direction; 1 where it is moved unit by unit.
template <std::size_t UnitSize>
inline constexpr std::size_t transposed_block = HIFLOAT_SIMD_X86 || HIFLOAT_SIMD_NEON ? 16 / UnitSize : 1;

/// One block. Interleaving row i with row i + n / 2 moves the row's highest bit into the column's lowest: after log2(n)
/// times rows have become columns.
template <std::size_t UnitSize>
HIFLOAT_ALWAYS_INLINE void transpose_block(const std::uint8_t* in, std::size_t in_stride, std::uint8_t* out,
                                           std::size_t out_stride) noexcept {
#if HIFLOAT_SIMD_X86 || HIFLOAT_SIMD_NEON
  constexpr std::size_t n = transposed_block<UnitSize>;
  Bytes16 x[n], y[n];
  for (std::size_t i = 0; i < n; ++i) x[i] = load_bytes(in + i * in_stride);
  for (std::size_t round = 1; round < n; round *= 2) {
    for (std::size_t i = 0; i < n / 2; ++i) {
      y[2 * i] = interleave_low<UnitSize>(x[i], x[i + n / 2]);
      y[2 * i + 1] = interleave_high<UnitSize>(x[i], x[i + n / 2]);
    }
    for (std::size_t i = 0; i < n; ++i) x[i] = y[i];
  }
  for (std::size_t i = 0; i < n; ++i) store_bytes(out + i * out_stride, x[i]);
#else
  (void)in_stride, (void)out_stride;
  std::memcpy(out, in, UnitSize);
#endif
}

/// out[j][i] = in[i][j] for rows x columns units of UnitSize bytes. Strides are in bytes from row to row.
template <std::size_t UnitSize>
HIFLOAT_NOINLINE void transpose(const std::uint8_t* in, std::size_t in_stride, std::uint8_t* out,
                                std::size_t out_stride, std::size_t rows, std::size_t columns) noexcept {
  constexpr std::size_t n = transposed_block<UnitSize>;
  const std::size_t whole_rows = rows - rows % n, whole_columns = columns - columns % n;
  for (std::size_t i = 0; i < whole_rows; i += n) {
    for (std::size_t j = 0; j < whole_columns; j += n) {
      transpose_block<UnitSize>(in + i * in_stride + j * UnitSize, in_stride, out + j * out_stride + i * UnitSize,
                                out_stride);
    }
  }
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = i < whole_rows ? whole_columns : 0; j < columns; ++j) {
      std::memcpy(out + j * out_stride + i * UnitSize, in + i * in_stride + j * UnitSize, UnitSize);
    }
  }
}

/// out[i][j] = in[i][j] for lines of so many bytes: short ones, for which calls of memcpy take longer than the bytes
/// do.
HIFLOAT_NOINLINE inline void copy_lines(const std::uint8_t* in, std::size_t in_stride, std::uint8_t* out,
                                        std::size_t out_stride, std::size_t lines, std::size_t bytes) noexcept {
  for (std::size_t i = 0; i < lines; ++i) {
    const std::uint8_t* const from = in + i * in_stride;
    std::uint8_t* const to = out + i * out_stride;
    std::size_t j = 0;
#if HIFLOAT_SIMD_X86 || HIFLOAT_SIMD_NEON
    for (; j + 16 <= bytes; j += 16) store_bytes(to + j, load_bytes(from + j));
#endif
    for (; j < bytes; ++j) to[j] = from[j];
  }
}

/// out[2 j] = a[j], out[2 j + 1] = b[j].
HIFLOAT_NOINLINE inline void interleave(const std::uint8_t* a, const std::uint8_t* b, std::uint8_t* out,
                                        std::size_t n) noexcept {
  std::size_t j = 0;
#if HIFLOAT_SIMD_X86 || HIFLOAT_SIMD_NEON
  for (; j + 16 <= n; j += 16) {
    const Bytes16 x = load_bytes(a + j), y = load_bytes(b + j);
    store_bytes(out + 2 * j, interleave_low<1>(x, y));
    store_bytes(out + 2 * j + 16, interleave_high<1>(x, y));
  }
#endif
  for (; j < n; ++j) {
    out[2 * j] = a[j];
    out[2 * j + 1] = b[j];
  }
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
