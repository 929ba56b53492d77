// The steps from numbers to codes and back that all vector kernels share. Included inside a target region and a
// namespace of one instruction set, after vector_memory.inl.
//
// A group is four vectors of binary32 bits. Its bytes (ranks, codes) form a plane: byte 4j + k belongs to lane j of
// vector {a, c, b, d}[k]. That is where masks and shifts alone put them; one permute at the end restores the order.

template <bool Scaled>
HIFLOAT_ALWAYS_INLINE Quad scaled_group(const Quad& x, Ints scale) {
  if constexpr (!Scaled) return x;
  return {V::times(x.a, scale), V::times(x.b, scale), V::times(x.c, scale), V::times(x.d, scale)};
}

/// Upper halves: those of a and c in the even words, of b and d in the odd ones.
struct Words {
  Ints ab, cd;
};

// Transposes of two vectors: every other word or byte of a, and in the odd places b's. Where an instruction set has
// them, its `Primitives` do too.
template <class P = V>
HIFLOAT_ALWAYS_INLINE Ints even_words(Ints a, Ints b) {
  if constexpr (requires { P::even_words(a, b); }) return P::even_words(a, b);
  return V::select(V::set32(0x0000FFFFu), a, V::left32<16>(b));
}
template <class P = V>
HIFLOAT_ALWAYS_INLINE Ints odd_words(Ints a, Ints b) {
  if constexpr (requires { P::odd_words(a, b); }) return P::odd_words(a, b);
  return V::select(V::set32(0xFFFF0000u), b, V::right32<16>(a));
}
template <class P = V>
HIFLOAT_ALWAYS_INLINE Ints odd_bytes(Ints a, Ints b) {
  if constexpr (requires { P::odd_bytes(a, b); }) return P::odd_bytes(a, b);
  return V::select(V::set16(0xFF00), b, V::right16<8>(a));
}

HIFLOAT_ALWAYS_INLINE Words upper_halves(const Quad& x) { return {odd_words(x.a, x.b), odd_words(x.c, x.d)}; }
HIFLOAT_ALWAYS_INLINE Words lower_halves(const Quad& x) { return {even_words(x.a, x.b), even_words(x.c, x.d)}; }
HIFLOAT_ALWAYS_INLINE Ints plane_of_upper_bytes(const Words& w) { return odd_bytes(w.ab, w.cd); }

/// The words' values are below 256.
template <class P = V>
HIFLOAT_ALWAYS_INLINE Ints plane_of_words(Ints ab, Ints cd) {
  if constexpr (requires { P::even_bytes(ab, cd); }) return P::even_bytes(ab, cd);
  return V::bit_or(ab, V::left16<8>(cd));
}

HIFLOAT_ALWAYS_INLINE Ints magnitude32(Ints x) { return V::bit_and(x, V::set32(binary32::magnitude_mask)); }
HIFLOAT_ALWAYS_INLINE Ints magnitude16(Ints x) { return V::bit_and(x, V::set16(0x7FFF)); }

/// RankLine<7> of upper halves, and a constant more.
HIFLOAT_ALWAYS_INLINE Ints rank_line16(Ints magnitude, int more = 0) {
  using Line = RankLine<7>;
  const Ints t = V::sub16(magnitude, V::set16(Line::centre));
  Ints d = V::abs16(t);
  d = V::add16(d, V::min16(d, V::set16(Line::reach[0])));
  d = V::add16(d, V::min16(d, V::set16(Line::reach[1])));
  d = V::add16(d, V::min16(d, V::set16(Line::reach[2])));
  return V::add16(V::with_sign16(d, t), V::set16(Line::centre_rank + more));
}

/// Ranks under TiesAway or TowardZero, where the upper halves decide.
template <class R>
HIFLOAT_ALWAYS_INLINE Ints rank16(Ints word) {
  using Line = RankLine<7>;
  const Ints line = rank_line16(magnitude16(word));
  if constexpr (std::is_same_v<R, rounding::TowardZero>) {
    return V::right16<7>(V::max16(line, V::zero()));
  } else {
    // 2^-23 and above, where the line is positive, is at least the first rank; below, all is zero.
    const Ints rounded = V::max16(V::add16(line, V::set16(Line::half)), V::set16(Line::one));
    return V::right16<7>(V::zero_where_negative16(rounded, line));
  }
}

/// Ranks under TiesEven.
HIFLOAT_ALWAYS_INLINE Ints rank16_ties_even(Ints upper, Ints lower) {
  using Line = RankLine<7>;
  const Ints line = rank_line16(magnitude16(upper)), one = V::set16(1);
  const Ints sticky = V::min16_unsigned(lower, one);
  // Just below a half, and the rest for lower bits, for odd ranks, and below 2^-15, whose significand is 1.
  const Ints normal = V::set16(format::first_rank(format::min_normal_exponent) * Line::one);
  const Ints odd = V::bit_or(V::bit_and(V::right16<7>(line), one), V::right16<15>(V::sub16(line, normal)));
  const Ints rounded = V::add16(V::add16(line, V::set16(Line::half - 1)), V::bit_or(odd, sticky));
  // Above 2^-23, where the line is positive, is at least the first rank.
  const Ints above = V::add16(V::bit_or(line, sticky), V::set16(Line::one - 1));
  const Ints least = V::max16(V::min16(above, V::set16(Line::one)), V::zero());
  return V::right16<7>(V::max16(rounded, least));
}

template <class R>
inline constexpr bool decided_by_upper_half =
    std::is_same_v<R, rounding::TiesAway> || std::is_same_v<R, rounding::TowardZero>;

template <class R>
inline constexpr bool compares_source_bits =
    std::is_same_v<R, rounding::Hybrid> || std::is_same_v<R, rounding::SimplifiedStochastic>;

/// RankLine<23> of magnitudes, with the grid of 2^-22 going on below 2^-22. `t` is the distance from 1.5.
HIFLOAT_ALWAYS_INLINE Ints rank_line32(Ints magnitude, Ints t) {
  using Line = RankLine<23>;
  Ints d = V::abs32(t);
  d = V::add32(d, V::min32(d, V::set32(Line::reach[0])));
  d = V::add32(d, V::min32(d, V::set32(Line::reach[1])));
  d = V::add32(d, V::min32(d, V::set32(Line::reach[2])));
  const Ints line = V::add32(V::with_sign32(d, t), V::set32(Line::centre_rank));
  // Below, the significand shifts out.
  const Ints significand =
      V::bit_or(V::bit_and(magnitude, V::set32(Line::one - 1)), V::set32(static_cast<std::uint32_t>(Line::one)));
  const Ints distance = V::sub32(V::set32(format::min_exponent + binary32::bias), V::right32<23>(magnitude));
  const Ints low = V::right32(significand, distance);
  return V::select_greater32(V::set32(Line::below_smallest), magnitude, low, line);
}

/// What rounding adds to RankLine<23>: the rank goes up where the sum carries. `chance` is T as a
/// fraction, or the random bits as numbers.
template <class R>
HIFLOAT_ALWAYS_INLINE Ints rounding_addend(Ints line, Ints t, Ints chance) {
  using Line = RankLine<23>;
  if constexpr (R::uses_random) {
    return V::left32<7>(chance);
  } else {
    Ints addend = V::sub32(V::set32(Line::one), chance);
    addend = V::select_greater32(V::set32(Line::half), line, V::zero(), addend);  // below 2^-23: 0 whatever T is
    if constexpr (std::is_same_v<R, rounding::Hybrid>) {
      const Ints above = V::select_greater32(V::set32(Line::full_precision), t, V::set32(Line::half), addend);
      addend = V::select_greater32(V::set32(static_cast<std::uint32_t>(-Line::full_precision)), t, addend, above);
    }
    return addend;
  }
}

template <class R>
HIFLOAT_ALWAYS_INLINE Ints rank32(Ints x, Ints chance) {
  const Ints magnitude = magnitude32(x);
  const Ints t = V::sub32(magnitude, V::set32(RankLine<23>::centre));
  const Ints line = rank_line32(magnitude, t);
  return V::right32<23>(V::add32(line, rounding_addend<R>(line, t, chance)));
}

/// A plane of ranks 0..255; 127 and above is past the largest value.
template <class R>
HIFLOAT_ALWAYS_INLINE Ints generic_ranks(const Quad& x, const Words& upper, const Quad& chance) {
  if constexpr (decided_by_upper_half<R>) {
    return plane_of_words(rank16<R>(upper.ab), rank16<R>(upper.cd));
  } else if constexpr (std::is_same_v<R, rounding::TiesEven>) {
    const Words lower = lower_halves(x);
    return plane_of_words(rank16_ties_even(upper.ab, lower.ab), rank16_ties_even(upper.cd, lower.cd));
  } else {
    const Ints ab = V::bit_or(rank32<R>(x.a, chance.a), V::left32<16>(rank32<R>(x.b, chance.b)));
    const Ints cd = V::bit_or(rank32<R>(x.c, chance.c), V::left32<16>(rank32<R>(x.d, chance.d)));
    return plane_of_words(ab, cd);
  }
}

/// The codes of ranks 0..127, with the signs of the group's upper halves; there is no -0.
HIFLOAT_ALWAYS_INLINE Ints codes_of_ranks(Ints ranks, const Words& upper) {
  const Ints eighth = V::bit_and(V::right16<3>(ranks), V::set8(0x0F));
  const Ints magnitude = V::bit_xor(ranks, V::lookup16(rank_xor_code_table, eighth));
  const Ints nonzero = V::add8_saturating(ranks, V::set8(0x7F));  // bit 7
  const Ints sign = V::bit_and(plane_of_upper_bytes(upper), V::set8(format::sign_bit));
  return V::or_and(magnitude, sign, nonzero);
}

/// The values of a plane of finite codes.
HIFLOAT_ALWAYS_INLINE Quad values_of_codes(Ints codes) {
  const Ints magnitude = V::bit_and(codes, V::set8(0x7F));
  const Ints eighth = V::bit_and(V::right16<3>(codes), V::set8(0x0F));
  const Ints low = V::bit_and(codes, V::set8(0x07));
  const Ints exponent = V::zero_where_zero8(V::lookup16(decode_fields.exponent, eighth), magnitude);
  const Ints steps = V::bit_xor(low, V::lookup16(decode_fields.flip, eighth));
  const Ints step = V::lookup16(decode_fields.step, eighth);

  const Ints even = V::set16(0x00FF);
  const Ints half_ab =
      V::add16(V::multiply_add_pairs(exponent, V::set16(64)), V::multiply_add_pairs(steps, V::bit_and(even, step)));
  const Ints half_cd = V::add16(V::multiply_add_pairs(exponent, V::set16(64 << 8)),
                                V::multiply_add_pairs(steps, V::and_not(even, step)));
  const Ints sign = V::set16(0x8000);
  const Ints ab = V::or_and(V::add16(half_ab, half_ab), V::left16<8>(codes), sign);
  const Ints cd = V::or_and(V::add16(half_cd, half_cd), codes, sign);
  const Ints odd = V::set32(0xFFFF0000u);
  return {V::left32<16>(ab), V::bit_and(ab, odd), V::left32<16>(cd), V::bit_and(cd, odd)};
}

/// What the kernels take from an instruction set; one with a better way for a step hides it.
struct GenericSteps {
  static constexpr int rank_flag = 0;         ///< what nonzero ranks carry besides
  static constexpr bool works_ahead = false;  ///< whether to take the next group in hand before; it then has a `pin`
  using Upper = Words;                        ///< what of a group decides ranks and signs

  template <class S, bool Full>
  static HIFLOAT_ALWAYS_INLINE Quad load(const S* x, std::size_t count) {
    return load_group<S, Full>(x, count);
  }
  /// S: the group was loaded from elements of this type.
  template <class S>
  static HIFLOAT_ALWAYS_INLINE Upper upper(const Quad& x) {
    return upper_halves(x);
  }
  /// Loads and scales a group into y and returns its `upper`. Two results in one aggregate would go through the stack.
  template <class S, bool Scaled, bool Full>
  static HIFLOAT_ALWAYS_INLINE Upper numbers(const S* x, std::size_t count, Ints scale, Quad& y) {
    y = scaled_group<Scaled>(load<S, Full>(x, count), scale);
    return upper<S>(y);
  }

  static HIFLOAT_ALWAYS_INLINE Quad random_bits(const std::uint16_t* random) {
    return {V::load_words(random), V::load_words(random + V::lanes), V::load_words(random + 2 * V::lanes),
            V::load_words(random + 3 * V::lanes)};
  }

  /// OwnThreshold: T is the lowest bits of x, not in `chance`.
  template <class R, class S, bool OwnThreshold>
  static HIFLOAT_ALWAYS_INLINE Ints ranks(const Quad& x, const Upper& upper, const Quad& chance) {
    return generic_ranks<R>(x, upper, chance);
  }
  /// Whether the group is for the scalar kernel.
  template <class R>
  static HIFLOAT_ALWAYS_INLINE bool beyond_tables(Ints) {
    return false;
  }
  /// Codes in the order of elements.
  static HIFLOAT_ALWAYS_INLINE Ints codes(Ints ranks, const Upper& upper) {
    return V::in_order(codes_of_ranks(ranks, upper));
  }
  /// The values of finite ranks as binary32, in the order of elements.
  static HIFLOAT_ALWAYS_INLINE Quad values(Ints ranks, const Upper& upper) {
    return values_of_codes(codes_of_ranks(ranks, upper));
  }

  /// Remembers whether a NaN or an infinity has passed.
  static HIFLOAT_ALWAYS_INLINE Ints note(Ints special, const Upper& upper, Ints) {
    return V::max16(V::max16(magnitude16(upper.ab), magnitude16(upper.cd)), special);
  }
  static HIFLOAT_ALWAYS_INLINE bool any_special(Ints special) {
    return V::any_greater16(special, V::set16((binary32::infinity >> 16) - 1));
  }

  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_sixteen_and_above(const Upper& upper) {
    const Ints below = V::set16((bit_cast<std::uint32_t>(16.0f) >> 16) - 1);
    return V::count_greater16(magnitude16(upper.ab), below) + V::count_greater16(magnitude16(upper.cd), below);
  }
};

HIFLOAT_ALWAYS_INLINE bool any_lower_half_is_zero(const Quad& y) {
  const Ints smallest = V::min16_unsigned(V::min16_unsigned(y.a, y.b), V::min16_unsigned(y.c, y.d));
  return V::any_zero16(V::bit_or(smallest, V::set32(0xFFFF0000u)));
}

/// Where the lower half of a number is zero, and the number isn't, there may be ties. Elsewhere ties to even are ties
/// away.
HIFLOAT_ALWAYS_INLINE bool may_hold_ties(const Quad& y) {
  if (!any_lower_half_is_zero(y)) return false;
  const Ints one = V::set32(1);  // in the place of zeros
  return any_lower_half_is_zero({V::max32_unsigned(y.a, one), V::max32_unsigned(y.b, one), V::max32_unsigned(y.c, one),
                                 V::max32_unsigned(y.d, one)});
}

/// Ties to even by the steps for ties away, but for groups that may hold ties.
template <class Fast>
struct EvenSteps : Fast {
  template <class R, class S, bool OwnThreshold>
  static HIFLOAT_ALWAYS_INLINE Ints ranks(const Quad& y, const Words& upper, const Quad& chance) {
    if (!may_hold_ties(y)) return Fast::template ranks<rounding::TiesAway, S, OwnThreshold>(y, upper, chance);
    return Fast::from_plane(generic_ranks<R>(y, upper_halves(y), chance));
  }
};

/// The steps of decoding, in the same way.
struct GenericDecoding {
  /// Finite codes as elements of type S.
  template <class S, bool Scaled, bool Full>
  static HIFLOAT_ALWAYS_INLINE void store(S* x, Ints codes, Ints scale, std::size_t count, bool stream) {
    store_group<S, Full>(x, scaled_group<Scaled>(values(codes), scale), count, stream);
  }
  static HIFLOAT_ALWAYS_INLINE Quad values(Ints codes) { return values_of_codes(V::in_planes(codes)); }

  /// Remembers whether a code has passed whose value is not a finite number: NaN's 0x80 and infinity's.
  static HIFLOAT_ALWAYS_INLINE Ints note(Ints special, Ints codes) {
    return V::bit_or(special, V::bit_or(V::equal8(codes, V::set8(format::nan)),
                                        V::equal8(V::bit_and(codes, V::set8(0x7F)), V::set8(format::infinity))));
  }
  static HIFLOAT_ALWAYS_INLINE bool any_special(Ints special) { return V::any_nonzero(special); }
};
