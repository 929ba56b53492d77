// The kernels over one block, templated on what changes their code: the overflow policy does not. Included inside a
// target region and a namespace of one instruction set.

/// What a kernel's steps need, copied: bytes that are written might otherwise change it for all that the compiler
/// knows.
struct Constants {
  HIFLOAT_ALWAYS_INLINE Constants(const KernelParams& params, int largest_rank, bool streamed)
      : scale(params.scale),
        inverse(params.inverse),
        clamp_bits(params.clamp_bits),
        power_of_two(params.power_of_two),
        stream(streamed),
        infinite(largest_rank == format::infinity_rank),
        largest(V::set8(largest_rank)) {}

  float scale, inverse;
  std::uint32_t clamp_bits;
  bool power_of_two;
  bool stream;    ///< past the caches; what is written is then aligned to 64 bytes
  bool infinite;  ///< there may be infinite codes
  Ints largest;
};

/// Calls that run from memory ask for a group some way ahead: the hardware does so within a page only, and too late for
/// kernels that compute much. Nothing is read where there is no memory.
template <bool Full, class S>
HIFLOAT_ALWAYS_INLINE void prefetch_group(const S* x, bool stream) {
  if constexpr (Full) {
    if (!stream) return;
    constexpr std::uintptr_t ahead = 3072, line = 64;
    const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(x) + ahead;
    for (std::uintptr_t at = 0; at < group * sizeof(S); at += line) {
      // An integer, as the address may lie past the array. NOLINTNEXTLINE(performance-no-int-to-ptr)
      __builtin_prefetch(reinterpret_cast<const void*>(begin + at));
    }
  }
}

/// Calls finish(i, numbers, upper) for each full group of n elements, until it returns false; returns where it stopped.
/// Where an instruction set asks for it, the next group is loaded and scaled before: schedulers then hold fewer
/// operations that wait for memory.
template <class St, class S, bool Scaled, class Finish>
HIFLOAT_ALWAYS_INLINE std::size_t for_full_groups(const S* x, std::size_t n, float scale, Finish finish) {
  if (n < group) return 0;
  const std::size_t last = n / group * group - group;
  Quad y;
  auto upper = St::template numbers<S, Scaled, true>(x, group, scale, y);
  for (std::size_t i = 0;; i += group) {
    Quad next_y;
    const std::size_t next = i < last ? i + group : last;  // the last one again: a branch would need a second copy
    auto next_upper = St::template numbers<S, Scaled, true>(x + next, group, scale, next_y);
    St::pin(next_upper);
    if (!finish(i, y, upper)) return i;
    if (i == last) return i + group;
    y = next_y;
    upper = next_upper;
  }
}

/// encode of a block.
template <class R, class S, bool Scaled>
struct Encoder {
  using St = Steps<R>;
  using Upper = typename St::Upper;

  const KernelParams& params;
  int largest;
  bool stream;

  template <bool Full>
  static HIFLOAT_ALWAYS_INLINE void finish(const Constants& k, const S* x, const Quad& y, const Upper& upper,
                                           std::uint8_t* codes, std::size_t count, const std::uint16_t* random,
                                           Ints& special) {
    prefetch_group<Full>(x, k.stream);
    const Quad chance = chances<R, S, Full>(x, count, y, random, k.power_of_two);
    const Ints ranks = St::template ranks<R, S, sizeof(S) == 4>(y, upper, chance);
    special = St::note(special, upper, ranks);
    store_codes<Full>(codes, St::codes(V::min8(ranks, k.largest), upper), count, k.stream);
  }

  /// False where NaN or infinity turned up: the codes are then worth nothing.
  HIFLOAT_NOINLINE bool run(const S* x, std::uint8_t* codes, std::size_t n,
                            const RandomWords<R::uses_random>& random) const noexcept {
    const Constants k(params, largest, stream);
    Ints special = V::zero();
    const std::size_t i =
        for_full_groups<St, S, Scaled>(x, n, k.scale, [&](std::size_t at, const Quad& y, const Upper& upper) HIFLOAT_INLINE_LAMBDA {
          finish<true>(k, x + at, y, upper, codes + at, group, random.at(at), special);
          return true;
        });
    if (i < n) {
      Quad y;
      const Upper upper = St::template numbers<S, Scaled, false>(x + i, n - i, k.scale, y);
      finish<false>(k, x + i, y, upper, codes + i, n - i, random.at(i), special);
    }
    return !St::any_special(special);
  }
};

/// fake_quantize of a block.
template <class R, class S, class U, bool Scaled>
struct FakeQuantizer {
  using St = Steps<R>;
  using Upper = typename St::Upper;

  const KernelParams& params;
  int largest;
  bool stream;

  /// False, and nothing written, where NaN or infinity goes in or comes out.
  template <bool Full>
  static HIFLOAT_ALWAYS_INLINE bool finish(const Constants& k, const S* x, const Quad& scaled, const Upper& upper, U* y,
                                           std::size_t count, const std::uint16_t* random) {
    const Quad chance = chances<R, S, Full>(x, count, scaled, random, k.power_of_two);
    const Ints unlimited = St::template ranks<R, S, sizeof(S) == 4>(scaled, upper, chance);
    if (St::any_special(St::note(V::zero(), upper, unlimited))) return false;
    const Ints ranks = V::min8(unlimited, k.largest);
    if (k.infinite && V::any_equal8(ranks, V::set8(format::infinity_rank))) return false;
    const Quad values = St::values(ranks, upper);
    store_group<U, Full>(y, scaled_group<Scaled>(values, k.inverse), count, k.stream);
    return true;
  }

  /// How many elements are done, from `first` on; the group behind them is not for this kernel. y may be x.
  HIFLOAT_NOINLINE std::size_t run(const S* x, U* y, std::size_t first, std::size_t n,
                                   const RandomWords<R::uses_random>& random) const noexcept {
    const Constants k(params, largest, stream);
    const std::size_t i = first + for_full_groups<St, S, Scaled>(
                                      x + first, n - first, k.scale,
                                      [&](std::size_t at, const Quad& scaled, const Upper& upper) HIFLOAT_INLINE_LAMBDA {
                                        const std::size_t j = first + at;
                                        return finish<true>(k, x + j, scaled, upper, y + j, group, random.at(j));
                                      });
    if (i == n || n - i >= group) return i;
    Quad scaled;
    const Upper upper = St::template numbers<S, Scaled, false>(x + i, n - i, k.scale, scaled);
    return finish<false>(k, x + i, scaled, upper, y + i, n - i, random.at(i)) ? n : i;
  }
};

/// Whether larger numbers never have smaller ranks.
template <class R>
inline constexpr bool is_monotone = decided_by_top_bits<R>;

/// quantize of a block.
template <class R, class S, bool Scaled>
struct Quantizer {
  using St = Steps<R>;
  using Upper = typename St::Upper;

  const KernelParams& params;
  int largest;
  bool stream;

  struct Tally {
    HIFLOAT_ALWAYS_INLINE explicit Tally(int rank) : amax(V::zero()), amax_rank(V::set8(rank)), special(V::zero()) {}
    QuantizeStats stats;
    Ints amax;
    Ints amax_rank;  ///< in every byte: the largest rank so far
    Ints special;
  };

  template <bool Full>
  static HIFLOAT_ALWAYS_INLINE void finish(const Constants& k, const S* x, const Quad& y, const Upper& upper,
                                           std::uint8_t* codes, std::size_t count, const std::uint16_t* random,
                                           Tally& tally) {
    prefetch_group<Full>(x, k.stream);
    tally.stats.demoted += St::count_sixteen_and_above(upper);
    const Quad chance = chances<R, S, Full>(x, count, y, random, k.power_of_two);
    const Ints ranks = St::template ranks<R, S, sizeof(S) == 4>(y, upper, chance);
    tally.special = St::note(tally.special, upper, ranks);
    // A group holds the amax only where a rank is at least as large as all before: seldom, once some are seen.
    if (!is_monotone<R> || V::any_not_below8(ranks, tally.amax_rank)) {
      const Quad size = magnitudes(load_group<S, Full>(x, count));
      tally.amax = V::max32(V::max32(V::max32(size.a, size.b), V::max32(size.c, size.d)), tally.amax);
      if (is_monotone<R>) raise(tally.amax_rank, ranks);
    }
    if (k.clamp_bits != binary32::infinity) {
      const Quad size = magnitudes(scaled_group<Scaled>(load_group<S, Full>(x, count), k.scale));
      const Ints limit = V::set32(k.clamp_bits);
      tally.stats.overflowed += V::count_greater32(size.a, limit) + V::count_greater32(size.b, limit) +
                                V::count_greater32(size.c, limit) + V::count_greater32(size.d, limit);
    } else if constexpr (R::passes_largest) {
      const Ints past = V::set8(format::infinity_rank);
      tally.stats.overflowed += V::count_equal8(V::max8(ranks, past), ranks);
    }
    // Zeros that were none. Elements that fill up a group are zero on both sides.
    if (V::any_equal8(ranks, V::zero())) {
      tally.stats.flushed_to_zero +=
          V::count_equal8(ranks, V::zero()) - (group - count_nonzero(load_group<S, Full>(x, count)));
    }
    store_codes<Full>(codes, St::codes(V::min8(ranks, k.largest), upper), count, k.stream);
  }

  /// False where NaN or infinity turned up: codes and stats are then worth nothing. amax_rank: the largest rank of all
  /// blocks.
  HIFLOAT_NOINLINE bool run(const S* x, std::uint8_t* codes, std::size_t n, const RandomWords<R::uses_random>& random,
                            QuantizeStats& stats, int& amax_rank) const noexcept {
    const Constants k(params, largest, stream);
    Tally tally(amax_rank);
    const std::size_t i =
        for_full_groups<St, S, Scaled>(x, n, k.scale, [&](std::size_t at, const Quad& y, const Upper& upper) HIFLOAT_INLINE_LAMBDA {
          finish<true>(k, x + at, y, upper, codes + at, group, random.at(at), tally);
          return true;
        });
    if (i < n) {
      Quad y;
      const Upper upper = St::template numbers<S, Scaled, false>(x + i, n - i, k.scale, y);
      finish<false>(k, x + i, y, upper, codes + i, n - i, random.at(i), tally);
    }
    stats = tally.stats;
    stats.count = n;
    stats.amax = bit_cast<float>(largest_lane(tally.amax));
    amax_rank = V::largest8(tally.amax_rank);
    return !St::any_special(tally.special);
  }

 private:
  static HIFLOAT_ALWAYS_INLINE Quad magnitudes(const Quad& x) {
    return {magnitude32(x.a), magnitude32(x.b), magnitude32(x.c), magnitude32(x.d)};
  }
  static HIFLOAT_ALWAYS_INLINE void raise(Ints& amax_rank, Ints ranks) {
    const Ints larger = V::max8(ranks, amax_rank);
    if (V::any_nonzero(V::bit_xor(larger, amax_rank))) amax_rank = V::set8(V::largest8(larger));
  }
};

/// decode of a block.
template <class S, bool Scaled>
struct Decoder {
  const KernelParams& params;
  bool stream;

  template <bool Full>
  static HIFLOAT_ALWAYS_INLINE void step(const Constants& k, const std::uint8_t* codes, S* x, std::size_t count,
                                         Ints& special) {
    const Ints loaded = Full ? V::load(codes) : V::load8(codes, count);
    special = Decoding::note(special, loaded);
    Decoding::template store<S, Scaled, Full>(x, loaded, k.scale, count, k.stream);
  }

  /// False where NaN or infinity turned up.
  HIFLOAT_NOINLINE bool run(const std::uint8_t* codes, S* x, std::size_t n) const noexcept {
    const Constants k(params, 0, stream);
    Ints special = V::zero();
    std::size_t i = 0;
    for (; i + group <= n; i += group) step<true>(k, codes + i, x + i, group, special);
    if (i < n) step<false>(k, codes + i, x + i, n - i, special);
    return !Decoding::any_special(special);
  }
};
