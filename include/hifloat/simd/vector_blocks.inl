// The kernels over one block, templated on what changes their code: the overflow policy does not. Included inside a
// target region and a namespace of one instruction set.

/// What a kernel's steps need, copied: bytes that are written might otherwise change it for all that the compiler
/// knows.
struct Constants {
  HIFLOAT_ALWAYS_INLINE Constants(const KernelParams& params, int largest_rank, int rank_flag, bool streamed)
      : scale(V::set32(bit_cast<std::uint32_t>(params.scale))),
        clamp_bits(params.clamp_bits),
        power_of_two(params.power_of_two),
        stream(streamed),
        infinite(largest_rank == format::infinity_rank),
        largest(V::set8(largest_rank | rank_flag)) {}

  Ints scale;  ///< in every lane
  std::uint32_t clamp_bits;
  bool power_of_two;
  bool stream;    ///< past the caches; what is written is then aligned to 64 bytes
  bool infinite;  ///< there may be infinite codes
  Ints largest;
};

/// Most steps are the same for all calls; others keep tables of their own for the call's parameters.
template <class St>
HIFLOAT_ALWAYS_INLINE St steps_for(const KernelParams& params) {
  if constexpr (std::is_empty_v<St>) {
    return {};
  } else {
    return St(params);
  }
}

/// What a call of a block's kernel did: elements up to `done`; what of it is not exact is worth nothing. The group
/// after them, if any, is not for the kernel.
struct Progress {
  std::size_t done;
  bool exact;
};

/// Calls kernel.group_done<Full>(i, numbers, upper, count) for the groups of [first, n), until it returns false;
/// returns where that was, or n. Where an instruction set has the registers, the next group is loaded and scaled
/// before: schedulers then hold fewer operations that wait for memory.
template <class S, bool Scaled, class Kernel, class St = typename Kernel::Steps>
HIFLOAT_ALWAYS_INLINE std::size_t for_groups(Kernel& kernel, const S* x, std::size_t first, std::size_t n, Ints scale) {
  std::size_t i = first;
  Quad y;
  if constexpr (!St::works_ahead) {
    for (; i + group <= n; i += group) {
      const auto upper = kernel.steps.template numbers<S, Scaled, true>(x + i, group, scale, y);
      if (!kernel.template group_done<true>(i, y, upper, group)) return i;
    }
  } else if (i + group <= n) {
    const std::size_t last = i + (n - i) / group * group - group;
    auto upper = kernel.steps.template numbers<S, Scaled, true>(x + i, group, scale, y);
    for (;; i += group) {
      Quad next_y;
      const std::size_t next = i < last ? i + group : last;  // the last one again: a branch would need a second copy
      const auto next_upper = kernel.steps.template numbers<S, Scaled, true>(x + next, group, scale, next_y);
      St::pin(next_upper);
      if (!kernel.template group_done<true>(i, y, upper, group)) return i;
      if (i == last) break;
      y = next_y;
      upper = next_upper;
    }
    i += group;
  }
  if (i == n) return n;
  const auto upper = kernel.steps.template numbers<S, Scaled, false>(x + i, n - i, scale, y);
  return kernel.template group_done<false>(i, y, upper, n - i) ? n : i;
}

/// encode of a block.
template <class St, class R, class S, bool Scaled>
struct Encoder {
  using Steps = St;
  using Upper = typename St::Upper;

  const St steps;
  const Constants k;
  const S* x;
  std::uint8_t* codes;
  const RandomWords<R::uses_random>& random;
  Ints special = V::zero();

  template <bool Full>
  HIFLOAT_ALWAYS_INLINE bool group_done(std::size_t i, const Quad& y, const Upper& upper, std::size_t count) {
    const Quad chance = chances<R, S, Full>(x + i, count, y, random.at(i), k.power_of_two);
    const Ints ranks = steps.template ranks<R, S, sizeof(S) == 4>(y, upper, chance);
    if (steps.template beyond_tables<R>(ranks)) return false;
    special = steps.note(special, upper, ranks);
    store_codes<Full>(codes + i, steps.codes(V::min8(ranks, k.largest), upper), count, k.stream, x + i);
    return true;
  }

  /// Not exact where NaN or infinity turned up.
  HIFLOAT_NOINLINE static Progress run(const KernelParams& params, int largest, bool stream, const S* x,
                                       std::uint8_t* codes, std::size_t first, std::size_t n,
                                       const RandomWords<R::uses_random>& random) noexcept {
    Encoder encoder{steps_for<St>(params), Constants(params, largest, St::rank_flag, stream), x, codes, random};
    const std::size_t done = for_groups<S, Scaled>(encoder, x, first, n, encoder.k.scale);
    return {done, !encoder.steps.any_special(encoder.special)};
  }
};

/// fake_quantize of a block.
template <class St, class R, class S, class U, bool Scaled>
struct FakeQuantizer {
  using Steps = St;
  using Upper = typename St::Upper;

  const St steps;
  const Constants k;
  const S* x;
  U* y;
  const Ints inverse;  ///< 1 / scale in every lane
  const RandomWords<R::uses_random>& random;

  /// False, and nothing written, also where NaN or infinity goes in or comes out: y may be x.
  template <bool Full>
  HIFLOAT_ALWAYS_INLINE bool group_done(std::size_t i, const Quad& scaled, const Upper& upper, std::size_t count) {
    const Quad chance = chances<R, S, Full>(x + i, count, scaled, random.at(i), k.power_of_two);
    const Ints unlimited = steps.template ranks<R, S, sizeof(S) == 4>(scaled, upper, chance);
    if (steps.template beyond_tables<R>(unlimited)) return false;
    if (steps.any_special(steps.note(V::zero(), upper, unlimited))) return false;
    const Ints ranks = V::min8(unlimited, k.largest);
    if (k.infinite && V::any_equal8(ranks, V::set8(format::infinity_rank | St::rank_flag))) return false;
    const Quad values = steps.values(ranks, upper);
    store_group<U, Full>(y + i, scaled_group<Scaled>(values, inverse), count, k.stream);
    return true;
  }

  HIFLOAT_NOINLINE static Progress run(const KernelParams& params, int largest, bool stream, const S* x, U* y,
                                       std::size_t first, std::size_t n,
                                       const RandomWords<R::uses_random>& random) noexcept {
    const Ints inverse = V::set32(bit_cast<std::uint32_t>(reciprocal(params.scale)));
    FakeQuantizer quantizer{
        steps_for<St>(params), Constants(params, largest, St::rank_flag, stream), x, y, inverse, random};
    return {for_groups<S, Scaled>(quantizer, x, first, n, quantizer.k.scale), true};
  }
};

/// Whether larger numbers never have smaller ranks.
template <class R>
inline constexpr bool is_monotone = decided_by_top_bits<R>;

/// quantize of a block.
template <class St, class R, class S, bool Scaled>
struct Quantizer {
  using Steps = St;
  using Upper = typename St::Upper;

  const St steps;
  const Constants k;
  const S* x;
  std::uint8_t* codes;
  const RandomWords<R::uses_random>& random;
  Ints amax_rank;  ///< in every byte: the largest rank so far, infinity's at most
  Ints amax = V::zero();
  Ints special = V::zero();
  QuantizeStats stats{};

  template <bool Full>
  HIFLOAT_ALWAYS_INLINE bool group_done(std::size_t i, const Quad& y, const Upper& upper, std::size_t count) {
    const Quad chance = chances<R, S, Full>(x + i, count, y, random.at(i), k.power_of_two);
    const Ints ranks = steps.template ranks<R, S, sizeof(S) == 4>(y, upper, chance);
    if (steps.template beyond_tables<R>(ranks)) return false;
    stats.demoted += steps.count_sixteen_and_above(upper);
    if (k.clamp_bits != binary32::infinity) {
      const Quad size = magnitudes(scaled_group<Scaled>(load_group<S, Full>(x + i, count), k.scale));
      const Ints limit = V::set32(k.clamp_bits);
      stats.overflowed += V::count_greater32(size.a, limit) + V::count_greater32(size.b, limit) +
                          V::count_greater32(size.c, limit) + V::count_greater32(size.d, limit);
    }
    // A group holds the amax, or what overflows, only where a rank is at least as large as all before: seldom, once
    // some are seen.
    if (!is_monotone<R>) {
      large_ones<Full>(i, upper, ranks, count);
      if (V::any_equal8(ranks, V::zero())) small_ones<Full>(i, ranks, count);
    } else if (V::any_not_below8_or_zero8(ranks, amax_rank)) {
      if (V::any_not_below8(ranks, amax_rank)) large_ones<Full>(i, upper, ranks, count);
      if (V::any_equal8(ranks, V::zero())) small_ones<Full>(i, ranks, count);
    }
    store_codes<Full>(codes + i, steps.codes(V::min8(ranks, k.largest), upper), count, k.stream, x + i);
    return true;
  }

  /// Not exact where NaN or infinity turned up. amax_rank: the largest rank of all blocks.
  HIFLOAT_NOINLINE static Progress run(const KernelParams& params, int largest, bool stream, const S* x,
                                       std::uint8_t* codes, std::size_t first, std::size_t n,
                                       const RandomWords<R::uses_random>& random, QuantizeStats& stats,
                                       int& amax_rank) noexcept {
    Quantizer quantizer{steps_for<St>(params), Constants(params, largest, St::rank_flag, stream), x, codes, random,
                        V::set8(amax_rank)};
    const std::size_t done = for_groups<S, Scaled>(quantizer, x, first, n, quantizer.k.scale);
    stats = quantizer.stats;
    stats.count = done - first;
    stats.amax = bit_cast<float>(largest_lane(quantizer.amax));
    amax_rank = V::largest8(quantizer.amax_rank);
    return {done, !quantizer.steps.any_special(quantizer.special)};
  }

 private:
  template <bool Full>
  HIFLOAT_ALWAYS_INLINE void large_ones(std::size_t i, const Upper& upper, Ints ranks, std::size_t count) {
    const Ints past = V::set8(format::infinity_rank | St::rank_flag);
    special = steps.note(special, upper, ranks);
    if (R::passes_largest && k.clamp_bits == binary32::infinity) stats.overflowed += V::count_not_below8(ranks, past);
    const Quad size = magnitudes(load_group<S, Full>(x + i, count));
    amax = V::max32(V::max32(V::max32(size.a, size.b), V::max32(size.c, size.d)), amax);
    if (is_monotone<R>) {
      const Ints larger = V::min8(V::max8(ranks, amax_rank), past);
      if (V::any_nonzero(V::bit_xor(larger, amax_rank))) amax_rank = V::set8(V::largest8(larger));
    }
  }

  /// Zeros that were none. Elements that fill up a group are zero on both sides.
  template <bool Full>
  HIFLOAT_ALWAYS_INLINE void small_ones(std::size_t i, Ints ranks, std::size_t count) {
    stats.flushed_to_zero +=
        V::count_equal8(ranks, V::zero()) - (group - count_nonzero(load_group<S, Full>(x + i, count)));
  }

  static HIFLOAT_ALWAYS_INLINE Quad magnitudes(const Quad& x) {
    return {magnitude32(x.a), magnitude32(x.b), magnitude32(x.c), magnitude32(x.d)};
  }
};

/// decode of a block.
template <class S, bool Scaled>
struct Decoder {
  template <bool Full>
  static HIFLOAT_ALWAYS_INLINE void step(const Constants& k, const std::uint8_t* codes, S* x, std::size_t count,
                                         Ints& special) {
    const Ints loaded = Full ? V::load(codes) : V::load8(codes, count);
    if (Full && sizeof(S) == 4 && !k.stream) prefetch_group<ahead_in_caches, true>(x);
    special = Decoding::note(special, loaded);
    Decoding::template store<S, Scaled, Full>(x, loaded, k.scale, count, k.stream);
  }

  /// Not exact where NaN or infinity turned up.
  HIFLOAT_NOINLINE static Progress run(const KernelParams& params, bool stream, const std::uint8_t* codes, S* x,
                                       std::size_t first, std::size_t n) noexcept {
    const Constants k(params, 0, 0, stream);
    Ints special = V::zero();
    std::size_t i = first;
    for (; i + group <= n; i += group) step<true>(k, codes + i, x + i, group, special);
    if (i < n) step<false>(k, codes + i, x + i, n - i, special);
    return {n, !Decoding::any_special(special)};
  }
};
