// The kernels over one block, templated on what changes their code: the overflow policy does not. Included inside a
// target region and a namespace of one instruction set.

/// What a kernel's steps need, copied: bytes that are written might otherwise change it for all that the compiler
/// knows.
struct Constants {
  HIFLOAT_ALWAYS_INLINE Constants(const KernelParams& params, int largest_rank, int rank_flag, bool streamed)
      : scale(params.scale),
        inverse(params.inverse),
        clamp_bits(params.clamp_bits),
        power_of_two(params.power_of_two),
        stream(streamed),
        infinite(largest_rank == format::infinity_rank),
        largest(V::set8(largest_rank | rank_flag)) {}

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

/// encode of a block.
template <class R, class S, bool Scaled>
struct Encoder {
  const KernelParams& params;
  int largest;
  bool stream;

  template <bool Full>
  static HIFLOAT_ALWAYS_INLINE void step(const Constants& k, const S* x, std::uint8_t* codes, std::size_t count,
                                         const std::uint16_t* random, Ints& special) {
    prefetch_group<Full>(x, k.stream);
    using St = Steps<R>;
    Quad y;
    const auto upper = St::template numbers<S, Scaled, Full>(x, count, k.scale, y);
    const Quad chance = chances<R, S, Full>(x, count, y, random, k.power_of_two);
    const Ints ranks = St::template ranks<R, S, sizeof(S) == 4>(y, upper, chance);
    special = St::note(special, upper, ranks);
    store_codes<Full>(codes, St::codes(V::min8(ranks, k.largest), upper), count, k.stream);
  }

  /// False where NaN or infinity turned up: the codes are then worth nothing.
  HIFLOAT_NOINLINE bool run(const S* x, std::uint8_t* codes, std::size_t n,
                            const RandomWords<R::uses_random>& random) const noexcept {
    const Constants k(params, largest, Steps<R>::rank_flag, stream);
    Ints special = V::zero();
    std::size_t i = 0;
    for (; i + group <= n; i += group) step<true>(k, x + i, codes + i, group, random.at(i), special);
    if (i < n) step<false>(k, x + i, codes + i, n - i, random.at(i), special);
    return !Steps<R>::any_special(special);
  }
};

/// fake_quantize of a block.
template <class R, class S, class U, bool Scaled>
struct FakeQuantizer {
  const KernelParams& params;
  int largest;
  bool stream;

  /// False, and nothing written, where NaN or infinity goes in or comes out.
  template <bool Full>
  static HIFLOAT_ALWAYS_INLINE bool step(const Constants& k, const S* x, U* y, std::size_t count,
                                         const std::uint16_t* random) {
    using St = Steps<R>;
    Quad source;
    const auto upper = St::template numbers<S, Scaled, Full>(x, count, k.scale, source);
    const Quad chance = chances<R, S, Full>(x, count, source, random, k.power_of_two);
    const Ints unlimited = St::template ranks<R, S, sizeof(S) == 4>(source, upper, chance);
    if (St::any_special(St::note(V::zero(), upper, unlimited))) return false;
    const Ints ranks = V::min8(unlimited, k.largest);
    if (k.infinite && V::any_equal8(ranks, V::set8(format::infinity_rank | St::rank_flag))) return false;
    const Quad values = St::values(ranks, upper);
    store_group<U, Full>(y, scaled_group<Scaled>(values, k.inverse), count, k.stream);
    return true;
  }

  /// How many elements are done, from `first` on; the group behind them is not for this kernel. y may be x.
  HIFLOAT_NOINLINE std::size_t run(const S* x, U* y, std::size_t first, std::size_t n,
                                   const RandomWords<R::uses_random>& random) const noexcept {
    const Constants k(params, largest, Steps<R>::rank_flag, stream);
    std::size_t i = first;
    for (; i + group <= n; i += group) {
      if (!step<true>(k, x + i, y + i, group, random.at(i))) return i;
    }
    return i < n && !step<false>(k, x + i, y + i, n - i, random.at(i)) ? i : n;
  }
};

/// quantize of a block.
template <class R, class S, bool Scaled>
struct Quantizer {
  const KernelParams& params;
  int largest;
  bool stream;

  struct Tally {
    HIFLOAT_ALWAYS_INLINE Tally() : amax(V::zero()), special(V::zero()) {}  // an implicit one lies outside the region
    QuantizeStats stats;
    Ints amax;
    Ints special;
  };

  template <bool Full>
  static HIFLOAT_ALWAYS_INLINE void step(const Constants& k, const S* x, std::uint8_t* codes, std::size_t count,
                                         const std::uint16_t* random, Tally& tally) {
    prefetch_group<Full>(x, k.stream);
    using St = Steps<R>;
    const Quad source = St::template load<S, Full>(x, count);
    const Quad size = {magnitude32(source.a), magnitude32(source.b), magnitude32(source.c), magnitude32(source.d)};
    tally.amax = V::max32(V::max32(V::max32(size.a, size.b), V::max32(size.c, size.d)), tally.amax);

    const Quad y = scaled_group<Scaled>(source, k.scale);
    const auto upper = St::template upper<S>(y);
    tally.stats.demoted += St::count_sixteen_and_above(upper);
    const Quad chance = chances<R, S, Full>(x, count, y, random, k.power_of_two);
    const Ints ranks = St::template ranks<R, S, sizeof(S) == 4>(y, upper, chance);
    tally.special = St::note(tally.special, upper, ranks);
    if (k.clamp_bits != binary32::infinity) {
      tally.stats.overflowed += count_above(y, V::set32(k.clamp_bits));
    } else if constexpr (R::passes_largest) {
      const Ints past = V::set8(format::infinity_rank | St::rank_flag);
      tally.stats.overflowed += V::count_equal8(V::max8(ranks, past), ranks);
    }
    // Zeros that were none. Elements that fill up a group are zero on both sides.
    if (V::any_equal8(ranks, V::zero())) {
      tally.stats.flushed_to_zero += V::count_equal8(ranks, V::zero()) - (group - count_above(size, V::zero()));
    }
    store_codes<Full>(codes, St::codes(V::min8(ranks, k.largest), upper), count, k.stream);
  }

  /// False where NaN or infinity turned up: codes and stats are then worth nothing.
  HIFLOAT_NOINLINE bool run(const S* x, std::uint8_t* codes, std::size_t n, const RandomWords<R::uses_random>& random,
                            QuantizeStats& stats) const noexcept {
    const Constants k(params, largest, Steps<R>::rank_flag, stream);
    Tally tally;
    std::size_t i = 0;
    for (; i + group <= n; i += group) step<true>(k, x + i, codes + i, group, random.at(i), tally);
    if (i < n) step<false>(k, x + i, codes + i, n - i, random.at(i), tally);
    stats = tally.stats;
    stats.count = n;
    stats.amax = bit_cast<float>(largest_lane(tally.amax));
    return !Steps<R>::any_special(tally.special);
  }

 private:
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_above(const Quad& x, Ints limit) {
    return V::count_greater32(magnitude32(x.a), limit) + V::count_greater32(magnitude32(x.b), limit) +
           V::count_greater32(magnitude32(x.c), limit) + V::count_greater32(magnitude32(x.d), limit);
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
    const Constants k(params, 0, 0, stream);
    Ints special = V::zero();
    std::size_t i = 0;
    for (; i + group <= n; i += group) step<true>(k, codes + i, x + i, group, special);
    if (i < n) step<false>(k, codes + i, x + i, n - i, special);
    return !Decoding::any_special(special);
  }
};
