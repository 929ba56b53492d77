// Steps with what x86 has not: shifts that round, shifts of bytes. Included after vector_steps.inl.

struct NeonSteps : GenericSteps {
  template <class R, class S, bool OwnThreshold>
  static HIFLOAT_ALWAYS_INLINE Ints ranks(const Quad& x, const Words& upper, const Quad& chance) {
    if constexpr (std::is_same_v<R, rounding::TiesAway>) {
      const Ints less_one = plane_of_words(rank_less_one16(upper.ab), rank_less_one16(upper.cd));
      return V::sub8(less_one, V::set8(-1));
    } else {
      return generic_ranks<R>(x, upper, chance);
    }
  }

  static HIFLOAT_ALWAYS_INLINE Ints codes(Ints ranks, const Words& upper) { return V::in_order(plane(ranks, upper)); }
  static HIFLOAT_ALWAYS_INLINE Quad values(Ints ranks, const Words& upper) {
    return values_of_codes(plane(ranks, upper));
  }

 private:
  static HIFLOAT_ALWAYS_INLINE Ints plane(Ints ranks, const Words& upper) {
    const Ints magnitude = V::bit_xor(ranks, V::lookup16(rank_xor_code_table, V::right8<3>(ranks)));
    const Ints nonzero = V::add8_saturating(ranks, V::set8(0x7F));  // bit 7
    return V::select(V::set8(0x7F), magnitude, V::bit_and(plane_of_upper_bytes(upper), nonzero));
  }

  /// Ranks under TiesAway, less one: 2^-23 and above, where the line is positive, are then at least 0, and what is
  /// below is at least -1, which are the two values of a comparison.
  static HIFLOAT_ALWAYS_INLINE Ints rank_less_one16(Ints word) {
    using Line = RankLine<7>;
    const Ints line = V::sub16(rank_line16(magnitude16(word)), V::set16(Line::one));
    return V::max16(V::right16_rounded<7>(line), V::greater16(V::set16(-Line::one), line));
  }
};
