// Groups of elements in registers, and how they get there and back. Included inside a target region and a namespace of
// one instruction set, after its `Primitives`.

using V = Primitives;
using Ints = V::Ints;

inline constexpr std::size_t group = 4 * V::lanes;

/// The binary32 bits of a group, in order.
struct Quad {
  Ints a, b, c, d;
};
HIFLOAT_ALWAYS_INLINE Quad no_numbers() { return {V::zero(), V::zero(), V::zero(), V::zero()}; }

/// Elements of a vector of the group, of which `count` are there.
HIFLOAT_ALWAYS_INLINE std::size_t part_of(std::size_t count, std::size_t vector, std::size_t lanes = V::lanes) {
  const std::size_t before = vector * lanes;
  return count <= before ? 0 : count - before < lanes ? count - before : lanes;
}

/// The words of a 16-bit type, or the bits of a binary32. A group that is not full is filled up with zeros.
template <class S, bool Full>
HIFLOAT_ALWAYS_INLINE Ints load_words_of(const S* x, std::size_t count, std::size_t vector) {
  const std::size_t part = Full ? V::lanes : part_of(count, vector);
  const S* from = part != 0 ? x + vector * V::lanes : x;
  if constexpr (sizeof(S) == 4) {
    if constexpr (Full) return V::load(from);
    return V::load32(from, part);
  } else {
    if constexpr (Full) return V::load_words(from);
    return V::load_words(from, part);
  }
}

template <class S, bool Full>
HIFLOAT_ALWAYS_INLINE Ints load_binary32(const S* x, std::size_t count, std::size_t vector) {
  if constexpr (std::is_same_v<S, binary16>) {
    const std::size_t part = part_of(count, vector);
    if constexpr (Full) return V::load_binary16(x + vector * V::lanes);
    return V::load_binary16(part != 0 ? x + vector * V::lanes : x, part);
  } else {
    const Ints words = load_words_of<S, Full>(x, count, vector);
    return sizeof(S) == 4 ? words : V::left32<16>(words);
  }
}

template <class S, bool Full>
HIFLOAT_ALWAYS_INLINE Quad load_group(const S* x, std::size_t count) {
  return {load_binary32<S, Full>(x, count, 0), load_binary32<S, Full>(x, count, 1), load_binary32<S, Full>(x, count, 2),
          load_binary32<S, Full>(x, count, 3)};
}

/// A vector of binary32 bits, none of them NaN, as elements of type S, rounded to nearest even.
template <class S, bool Full>
HIFLOAT_ALWAYS_INLINE void store_binary32(S* y, Ints x, std::size_t count, std::size_t vector) {
  const std::size_t part = Full ? V::lanes : part_of(count, vector);
  S* to = part != 0 ? y + vector * V::lanes : y;
  if constexpr (std::is_same_v<S, float>) {
    if constexpr (Full) return V::store(to, x);
    return V::store32(to, x, part);
  } else if constexpr (std::is_same_v<S, binary16>) {
    V::store_words(to, V::to_binary16(x), part);
  } else {
    const Ints odd = V::bit_and(V::right32<16>(x), V::set32(1));
    V::store_words(to, V::right32<16>(V::add32(V::add32(x, V::set32(0x7FFF)), odd)), part);
  }
}

/// `stream`: past the caches, where there is such a store: for a full group of binary32, aligned to 64 bytes.
template <class S, bool Full>
HIFLOAT_ALWAYS_INLINE void store_group(S* y, const Quad& x, std::size_t count, bool stream) {
  if constexpr (Full && std::is_same_v<S, float>) {
    if (stream) {
      V::stream(y, x.a);
      V::stream(y + V::lanes, x.b);
      V::stream(y + 2 * V::lanes, x.c);
      V::stream(y + 3 * V::lanes, x.d);
      return;
    }
  }
  store_binary32<S, Full>(y, x.a, count, 0);
  store_binary32<S, Full>(y, x.b, count, 1);
  store_binary32<S, Full>(y, x.c, count, 2);
  store_binary32<S, Full>(y, x.d, count, 3);
}

/// Asks for the lines of a group that lies `Ahead` bytes after p, to be read or to be written. Nothing is touched
/// where there is no memory.
template <std::uintptr_t Ahead, bool Write, class S>
HIFLOAT_ALWAYS_INLINE void prefetch_group(const S* p) {
  constexpr std::uintptr_t line = 64;
  const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(p) + Ahead;
  for (std::uintptr_t at = 0; at < group * sizeof(S); at += line) {
    // An integer, as the address may lie past the array. NOLINTNEXTLINE(performance-no-int-to-ptr)
    __builtin_prefetch(reinterpret_cast<const void*>(begin + at), Write ? 1 : 0);
  }
}
/// From memory: the hardware prefetches within a page only, and too late for kernels that compute much.
inline constexpr std::uintptr_t ahead_in_memory = 12288;
/// In the caches, where a kernel writes more than it reads: a store waits for its line.
inline constexpr std::uintptr_t ahead_in_caches = 512;

/// The codes of the group at x.
template <bool Full, class S>
HIFLOAT_ALWAYS_INLINE void store_codes(std::uint8_t* codes, Ints ordered, std::size_t count, bool stream, const S* x) {
  if constexpr (!Full) return V::store8(codes, ordered, count);
  if (!stream) return V::store(codes, ordered);
  V::stream(codes, ordered);
  prefetch_group<ahead_in_memory, false>(x);
}
