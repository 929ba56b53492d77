// The array kernels, over `Steps` of one instruction set. Included inside a target region and a namespace of that
// instruction set. Work goes block by block, and where a block holds NaN or infinity piece by piece: pieces that do are
// for the scalar kernel.

inline constexpr std::size_t large_block = std::size_t{1} << 15;  ///< loading a kernel's constants costs 150 cycles
inline constexpr std::size_t random_block = 4096;                 ///< the random bits stay in the first-level cache
inline constexpr std::size_t piece = 512;

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

/// The rank of the clamp, or of the largest value that the policies know. Rounding is monotone and keeps the clamp
/// itself: limiting ranks is limiting numbers.
template <class R, class O>
HIFLOAT_ALWAYS_INLINE int largest_rank(const KernelParams& params) {
  constexpr bool to_infinity = R::passes_largest && O::past_largest == format::infinity;
  const int rank = to_infinity ? format::infinity_rank : format::infinity_rank - 1;
  if (params.clamp_bits == binary32::infinity) return rank;
  const int clamp = place_of(hifloat::encode(bit_cast<float>(params.clamp_bits))) - place_of_zero;
  return clamp < rank ? clamp : rank;
}

template <class R>
inline constexpr bool known_rounding = decided_by_upper_half<R> || compares_source_bits<R> ||
                                       std::is_same_v<R, rounding::TiesEven> || std::is_same_v<R, rounding::Stochastic>;

/// Kernels that there are; the rest is scalar.
template <class R, class O, class T>
inline constexpr bool vectorised = known_rounding<R> && sizeof(T) <= 4 &&
                                   (O::past_largest == format::max || O::past_largest == format::infinity);

/// Calls that are left to the scalar kernel: where rounding an exact clamp may change it, and where the index of random
/// bits wraps around.
template <class R>
HIFLOAT_ALWAYS_INLINE bool is_for_scalar(const KernelParams& params, std::size_t n) {
  if constexpr (compares_source_bits<R>) return params.clamp_bits != binary32::infinity;
  if constexpr (R::uses_random) return params.key.first_index > ~std::uint64_t{0} - n - random_block;
  return false;
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
