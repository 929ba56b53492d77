// The array kernels, over `Steps` of one instruction set. Included inside a target region and a namespace of that
// instruction set. Work goes block by block: where a block holds NaN or infinity, the scalar kernel does it again.

inline constexpr std::size_t block = 4096;

/// What rounding compares with: T, as a fraction of RankLine<23>, or random bits, as numbers. `x` is the
/// group before scaling, `y` after it.
template <class R, class S, bool Full>
HIFLOAT_ALWAYS_INLINE Quad chances(const S* x, std::size_t count, const Quad& y, const std::uint16_t* random,
                                   bool power_of_two) {
  if constexpr (R::uses_random) {
    return Steps<R>::random_bits(random);
  } else if constexpr (compares_source_bits<R>) {
    if (sizeof(S) == 2 && power_of_two) {  // T = {lowest stored bit, 1}
      const Ints lowest = V::set32(1u << 22), one = V::set32(1u << 21);
      const auto threshold = [&](std::size_t vector) {
        return V::or_and(one, V::left32<22>(load_words_of<S, Full>(x, count, vector)), lowest);
      };
      return {threshold(0), threshold(1), threshold(2), threshold(3)};
    }
    const Ints low = V::set32(0x3FFF << 9);
    return {V::bit_and(V::left32<9>(y.a), low), V::bit_and(V::left32<9>(y.b), low), V::bit_and(V::left32<9>(y.c), low),
            V::bit_and(V::left32<9>(y.d), low)};
  } else {
    return y;  // not looked at
  }
}

/// Random bits of a block, from Philox in 64-bit lanes.
template <bool Needed>
class RandomWords {
 public:
  HIFLOAT_ALWAYS_INLINE void fill(const PhiloxKey& key, std::uint64_t first, std::size_t n) {
    const std::uint64_t index = key.first_index + first;
    skipped_ = index % 8;
    const std::size_t blocks = (skipped_ + n + 7) / 8;
    constexpr std::size_t step = V::lanes / 2;
    Ints key0[7], key1[7];
    for (std::uint32_t round = 0; round < 7; ++round) {
      key0[round] = V::set64(static_cast<std::uint32_t>(key.seed) + round * 0x9E3779B9u);
      key1[round] = V::set64(static_cast<std::uint32_t>(key.seed >> 32) + round * 0xBB67AE85u);
    }
    // Words are lower halves; what is in the upper ones doesn't matter to the multiplication.
    for (std::size_t i = 0; i < blocks; i += step) {
      Ints w0 = V::add64(V::set64(index / 8 + i), V::philox_offsets()), w1 = V::swap_halves64(w0);
      Ints w2 = V::set64(key.stream), w3 = V::set64(key.stream >> 32);
      for (int round = 0; round < 7; ++round) {
        const Ints p0 = V::multiply32(w0, V::set64(0xD2511F53)), p1 = V::multiply32(w2, V::set64(0xCD9E8D57));
        w0 = V::bit_xor3(V::swap_halves64(p1), w1, key0[round]);
        w2 = V::bit_xor3(V::swap_halves64(p0), w3, key1[round]);
        w1 = p1;
        w3 = p0;
      }
      const Ints upper = V::set64(0xFFFFFFFF00000000);
      const Ints w01 = V::select(upper, V::left64<32>(w1), w0), w23 = V::select(upper, V::left64<32>(w3), w2);
      V::store(words_ + 8 * i, V::interleave_even64(w01, w23));
      V::store(words_ + 8 * i + 2 * V::lanes, V::interleave_odd64(w01, w23));
    }
  }
  HIFLOAT_ALWAYS_INLINE const std::uint16_t* at(std::size_t i) const { return words_ + skipped_ + i; }

 private:
  std::size_t skipped_ = 0;
  alignas(64) std::uint16_t words_[block + 8 + 2 * group];
};
template <>
class RandomWords<false> {
 public:
  HIFLOAT_ALWAYS_INLINE void fill(const PhiloxKey&, std::uint64_t, std::size_t) {}
  HIFLOAT_ALWAYS_INLINE const std::uint16_t* at(std::size_t) const { return nullptr; }
};

/// The rank of the clamp, or of the largest value that the policies know. Rounding is monotone and keeps the clamp
/// itself: limiting ranks is limiting numbers.
template <class R, class O>
HIFLOAT_ALWAYS_INLINE int largest_rank(const KernelParams& params) {
  constexpr bool to_infinity = R::passes_largest && O::past_largest == format::infinity;
  const int rank = to_infinity ? format::infinity_rank : format::infinity_rank - 1;
  if (params.clamp_bits == binary32::infinity) return rank;
  const int clamp = rank_of(hifloat::encode(bit_cast<float>(params.clamp_bits))) - rank_of_zero;
  return clamp < rank ? clamp : rank;
}

template <class R>
inline constexpr bool known_rounding = decided_by_upper_half<R> || compares_source_bits<R> ||
                                       std::is_same_v<R, rounding::TiesEven> || std::is_same_v<R, rounding::Stochastic>;

/// Kernels that there are; the rest is scalar.
template <class R, class O, class T>
inline constexpr bool vectorised = known_rounding<R> && sizeof(T) <= 4 &&
                                   (O::past_largest == format::max || O::past_largest == format::infinity);

/// Calls that are left to the scalar kernel: where rounding an exact clamp may change it, where the index of random
/// bits wraps around, and with fewer elements than a vector pays for.
template <class R>
HIFLOAT_ALWAYS_INLINE bool is_for_scalar(const KernelParams& params, std::size_t n) {
  if (n < 6) return true;
  if constexpr (compares_source_bits<R>) return params.clamp_bits != binary32::infinity;
  if constexpr (R::uses_random) return params.key.first_index > ~std::uint64_t{0} - n - block;
  return false;
}

HIFLOAT_ALWAYS_INLINE KernelParams behind(const KernelParams& params, std::size_t first) {
  KernelParams moved = params;
  moved.key.first_index += first;
  return moved;
}

HIFLOAT_ALWAYS_INLINE std::uint32_t largest_lane(Ints x) {
  std::uint32_t lanes[V::lanes];
  V::store(lanes, x);
  std::uint32_t largest = 0;
  for (const std::uint32_t lane : lanes) largest = lane > largest ? lane : largest;
  return largest;
}

/// How many binary32 numbers of a group are not zero.
template <class P = V>
HIFLOAT_ALWAYS_INLINE std::uint64_t count_nonzero(const Quad& x) {
  if constexpr (requires { P::count_nonzero32(x.a, x.b, x.c, x.d); }) {
    return P::count_nonzero32(x.a, x.b, x.c, x.d);
  } else {
    return V::count_greater32(magnitude32(x.a), V::zero()) + V::count_greater32(magnitude32(x.b), V::zero()) +
           V::count_greater32(magnitude32(x.c), V::zero()) + V::count_greater32(magnitude32(x.d), V::zero());
  }
}
