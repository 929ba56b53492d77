// Memory as kernels read and write it: 16 bytes in one piece, past the caches. On the host plain copies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <hifloat/config.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE::gpu {

/// Neighbouring elements, aligned as one piece.
template <class T, unsigned Count>
struct alignas(sizeof(T) * Count < 16 ? sizeof(T) * Count : 16) Elements {
  T element[Count];
};

#if HIFLOAT_DEVICE_CODE
template <std::size_t Bytes>
struct Piece;
template <>
struct Piece<2> {
  using type = unsigned short;
};
template <>
struct Piece<4> {
  using type = unsigned int;
};
template <>
struct Piece<8> {
  using type = uint2;
};
template <>
struct Piece<16> {
  using type = uint4;
};
#endif

/// The elements at an address that is aligned for all of them, in pieces of at most 16 bytes; past the caches, or
/// `Cached` for other blocks to read them too.
template <class E, bool Cached = false, class T>
[[nodiscard]] HIFLOAT_HD inline E load(const T* address) noexcept {
#if HIFLOAT_DEVICE_CODE
  using P = typename Piece<(sizeof(E) < 16 ? sizeof(E) : 16)>::type;
  struct Pieces {
    P piece[sizeof(E) / sizeof(P)];
  } pieces;
  for (unsigned i = 0; i < sizeof(E) / sizeof(P); ++i) {
    const P* const piece = reinterpret_cast<const P*>(address) + i;
    pieces.piece[i] = Cached ? __ldg(piece) : __ldcs(piece);
  }
  return __builtin_bit_cast(E, pieces);
#else
  E elements;
  std::memcpy(static_cast<void*>(&elements), address, sizeof(E));
  return elements;
#endif
}

template <class E, class T>
HIFLOAT_HD inline void store(T* address, const E& elements) noexcept {
#if HIFLOAT_DEVICE_CODE
  using P = typename Piece<(sizeof(E) < 16 ? sizeof(E) : 16)>::type;
  struct Pieces {
    P piece[sizeof(E) / sizeof(P)];
  };
  const auto pieces = __builtin_bit_cast(Pieces, elements);
  for (unsigned i = 0; i < sizeof(E) / sizeof(P); ++i) __stcs(reinterpret_cast<P*>(address) + i, pieces.piece[i]);
#else
  std::memcpy(static_cast<void*>(address), &elements, sizeof(E));
#endif
}

/// The same where only the elements themselves are sure to be aligned. `aligned` is the same for a whole kernel.
template <class T, unsigned Count>
[[nodiscard]] HIFLOAT_HD inline Elements<T, Count> load_any(const T* address, bool aligned) noexcept {
  if (aligned) return load<Elements<T, Count>>(address);
  Elements<T, Count> elements;
  HIFLOAT_UNROLL
  for (unsigned j = 0; j < Count; ++j) elements.element[j] = address[j];
  return elements;
}
template <class T, unsigned Count>
HIFLOAT_HD inline void store_any(T* address, const Elements<T, Count>& elements, bool aligned) noexcept {
  if (aligned) {
    store(address, elements);
    return;
  }
  HIFLOAT_UNROLL
  for (unsigned j = 0; j < Count; ++j) address[j] = elements.element[j];
}

/// Whether such elements are aligned when they follow each other from `first` on.
template <class T, unsigned Count>
[[nodiscard]] HIFLOAT_HD inline bool is_aligned(const T* address, std::uint64_t first) noexcept {
  return reinterpret_cast<std::uintptr_t>(address + first) % alignof(Elements<T, Count>) == 0;
}

HIFLOAT_HD inline void merge_max(std::uint32_t* address, std::uint32_t value) noexcept {
#if HIFLOAT_DEVICE_CODE
  atomicMax(address, value);
#else
  if (*address < value) *address = value;
#endif
}
HIFLOAT_HD inline void merge_sum(std::uint64_t* address, std::uint64_t value) noexcept {
#if HIFLOAT_DEVICE_CODE
  if (value != 0) atomicAdd(reinterpret_cast<unsigned long long*>(address), static_cast<unsigned long long>(value));
#else
  *address += value;
#endif
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE::gpu
