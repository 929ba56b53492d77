// Steps by byte permutes of 128 entries, for the roundings that the upper bytes decide, and decoding in the same way.
// Bytes are in the order of elements throughout. Included after vector_steps.inl.

HIFLOAT_ALWAYS_INLINE Ints gather(const ByteTable64& index, Ints a, Ints b) {
  return _mm512_permutex2var_epi8(a, V::load(index.byte), b);
}

/// The binary32 numbers, in order, that have these bytes for upper halves, and zeros below.
HIFLOAT_ALWAYS_INLINE Quad quad_of_bytes(Ints high, Ints low) {
  const Ints ab = gather(word_pairs_of_bytes<0>, low, high), cd = gather(word_pairs_of_bytes<1>, low, high);
  const Ints upper = V::set32(0xFFFF0000u);
  return {V::left32<16>(ab), V::bit_and(ab, upper), V::left32<16>(cd), V::bit_and(cd, upper)};
}

/// Sign, exponent; and exponent's lowest bit, mantissa.
struct TopBytes {
  Ints high, low;
};

inline constexpr std::size_t word_lanes = 2 * V::lanes;

struct TableSteps : GenericSteps {
  static constexpr bool works_ahead = true;
  using Upper = TopBytes;

  /// Whether a group is spread to even and odd elements, which masks and shifts can do.
  template <class S>
  static constexpr bool spread = std::is_same_v<S, bfloat16>;

  template <class S, bool Full>
  static HIFLOAT_ALWAYS_INLINE Quad load(const S* x, std::size_t count) {
    if constexpr (spread<S>) {
      const Ints a = load_words<Full>(x, count, 0), b = load_words<Full>(x, count, 1), odd = V::set32(0xFFFF0000u);
      return {V::left32<16>(a), V::bit_and(a, odd), V::left32<16>(b), V::bit_and(b, odd)};
    } else {
      return load_group<S, Full>(x, count);
    }
  }

  template <class S>
  static HIFLOAT_ALWAYS_INLINE Upper upper(const Quad& x) {
    constexpr const PlaneIndices& index = plane_indices<spread<S>>;
    return halves(gather(index.high_low, x.a, x.b), gather(index.low_high, x.c, x.d));
  }

  /// bfloat16 that isn't scaled is taken as it is stored: its lower bits are zero.
  template <class S, bool Scaled, bool Full>
  static HIFLOAT_ALWAYS_INLINE Upper numbers(const S* x, std::size_t count, Ints scale, Quad& y) {
    if constexpr (std::is_same_v<S, bfloat16> && !Scaled) {
      y = no_numbers();
      const Ints a = load_words<Full>(x, count, 0), b = load_words<Full>(x, count, 1);
      return {gather(upper_bytes_of_words, a, b), gather(lower_bytes_of_words, a, b)};
    } else {
      y = scaled_group<Scaled>(load<S, Full>(x, count), scale);
      return upper<S>(y);
    }
  }

  static HIFLOAT_ALWAYS_INLINE void pin(const Upper& upper) { __asm__ volatile("" ::"v"(upper.high), "v"(upper.low)); }

  template <class R, class S, bool OwnThreshold>
  static HIFLOAT_ALWAYS_INLINE Ints ranks(const Quad&, const Upper& upper, const Quad&) {
    constexpr const PairTables& tables = pair_tables<R>;
    const Ints shape = V::lookup128(tables.shape, upper.high);
    const Ints base = V::lookup128(tables.base, upper.high);  // here, where the index of the steps is waited for
    return V::add8(base, steps<R>(upper, shape));
  }

  static HIFLOAT_ALWAYS_INLINE Ints codes(Ints ranks, const Upper& upper) {
    return V::and_or(V::lookup128(flagged_code, ranks), upper.high, V::set8(0x7F));
  }
  static HIFLOAT_ALWAYS_INLINE Quad values(Ints ranks, const Upper& upper) {
    const Ints high = V::and_or(V::lookup128(rank_values.flagged_high, ranks), upper.high, V::set8(0x7F));
    return quad_of_bytes(high, V::lookup128(rank_values.low, ranks));
  }

  static HIFLOAT_ALWAYS_INLINE Ints note(Ints special, const Upper&, Ints ranks) { return V::max8(special, ranks); }
  static HIFLOAT_ALWAYS_INLINE bool any_special(Ints special) { return V::any_equal8(special, V::set8(pair_special)); }

  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_sixteen_and_above(const Upper& upper) {
    return V::count_above8(exponents(upper), V::set8(binary32::bias + 3));
  }
  /// Biased.
  static HIFLOAT_ALWAYS_INLINE Ints exponents(const Upper& upper) {
    const Ints even = V::add8(upper.high, upper.high);
    return _mm512_mask_sub_epi8(even, _mm512_movepi8_mask(upper.low), even, V::set8(-1));
  }

 protected:
  template <class R>
  static HIFLOAT_ALWAYS_INLINE Ints steps(const Upper& upper, Ints shape) {
    constexpr const PairTables& tables = pair_tables<R>;
    static_assert(tables.shapes <= 8, "three bits of the index");
    const Ints index = V::or_and(shape, upper.low, V::set8(0x78));
    return _mm512_mask_mov_epi8(V::lookup128(tables.even_step, index), _mm512_movepi8_mask(upper.low),
                                V::lookup128(tables.odd_step, index));
  }

 private:
  /// {first, second} and {second, first}, 32 bytes each: all of the first and all of the second.
  static HIFLOAT_ALWAYS_INLINE Upper halves(Ints p, Ints q) {
    return {_mm512_mask_blend_epi64(0xF0, p, q), _mm512_maskz_alignr_epi64(V::every64, q, p, 4)};
  }
  template <bool Full, class S>
  static HIFLOAT_ALWAYS_INLINE Ints load_words(const S* x, std::size_t count, std::size_t vector) {
    if constexpr (Full) return V::load(x + vector * word_lanes);
    const std::size_t part = part_of(count, vector, word_lanes);
    return V::load16(part != 0 ? x + vector * word_lanes : x, part);
  }
};

/// For ties to even: a step that rounds a tie up carries a mark where it should have gone down.
struct TieSteps : TableSteps {
  template <class S>
  static constexpr bool spread = false;

  template <class S, bool Scaled, bool Full>
  static HIFLOAT_ALWAYS_INLINE Upper numbers(const S* x, std::size_t count, Ints scale, Quad& y) {
    y = scaled_group<Scaled>(load_group<S, Full>(x, count), scale);
    return upper<float>(y);
  }

  template <class R, class S, bool OwnThreshold>
  static HIFLOAT_ALWAYS_INLINE Ints ranks(const Quad& y, const Upper& upper, const Quad& chance) {
    if (!may_hold_ties(y)) {
      return TableSteps::ranks<rounding::TiesAway, S, OwnThreshold>(y, upper, chance);
    }
    const Ints shape = V::lookup128(pair_tables<R>.shape, upper.high);
    const Ints base = V::lookup128(pair_tables<R>.base, upper.high);
    const Ints step = steps<R>(upper, shape), mark = V::set8(tie_to_even);
    const Ints rank = V::add8(base, V::and_not(mark, step));
    return _mm512_mask_add_epi8(rank, _mm512_mask_test_epi8_mask(exact(y), step, mark), rank, V::set8(-1));
  }

 private:
  /// Where all bits below those that the tables look at are zero.
  static HIFLOAT_ALWAYS_INLINE __mmask64 exact(const Quad& y) {
    const Ints rest = V::set32((std::uint32_t{1} << top_bits_shift) - 1);
    const __mmask32 ab = _mm512_kunpackw(_mm512_testn_epi32_mask(y.b, rest), _mm512_testn_epi32_mask(y.a, rest));
    const __mmask32 cd = _mm512_kunpackw(_mm512_testn_epi32_mask(y.d, rest), _mm512_testn_epi32_mask(y.c, rest));
    return _mm512_kunpackd(cd, ab);
  }
};

struct TableDecoding : GenericDecoding {
  template <class S, bool Scaled, bool Full>
  static HIFLOAT_ALWAYS_INLINE void store(S* x, Ints codes, Ints scale, std::size_t count, bool stream) {
    if constexpr (sizeof(S) == 2 && !Scaled) {
      store_words<S, Full>(x, codes, count, stream);
    } else {
      store_group<S, Full>(x, scaled_group<Scaled>(values(codes), scale), count, stream);
    }
  }
  static HIFLOAT_ALWAYS_INLINE Quad values(Ints codes) {
    return quad_of_bytes(with_sign(V::lookup128(word_bytes<bfloat16>.high, codes), codes),
                         V::lookup128(word_bytes<bfloat16>.low, codes));
  }

  /// Infinity is in the tables; NaN is the smallest of the signed numbers.
  static HIFLOAT_ALWAYS_INLINE Ints note(Ints special, Ints codes) { return V::min8_signed(special, codes); }
  static HIFLOAT_ALWAYS_INLINE bool any_special(Ints special) { return V::any_equal8(special, V::set8(format::nan)); }

 private:
  template <class S, bool Full>
  static HIFLOAT_ALWAYS_INLINE void store_words(S* x, Ints codes, std::size_t count, bool stream) {
    // Eight codes for the lower and eight for the upper half of each 128-bit lane: interleaving restores the order.
    const Ints eights = _mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7);
    const Ints spread = _mm512_maskz_permutexvar_epi64(V::every64, eights, codes);
    const Ints high = with_sign(V::lookup128(word_bytes<S>.high, spread), spread);
    const Ints low = V::lookup128(word_bytes<S>.low, spread);
    const Ints a = _mm512_unpacklo_epi8(low, high), b = _mm512_unpackhi_epi8(low, high);
    if constexpr (!Full) {
      V::store16(x, a, part_of(count, 0, word_lanes));
      if (count > word_lanes) V::store16(x + word_lanes, b, part_of(count, 1, word_lanes));
    } else if (stream) {
      V::stream(x, a);
      V::stream(x + word_lanes, b);
    } else {
      V::store(x, a);
      V::store(x + word_lanes, b);
    }
  }
  static HIFLOAT_ALWAYS_INLINE Ints with_sign(Ints high, Ints codes) {
    return V::or_and(high, codes, V::set8(format::sign_bit));
  }
};
