// Steps for roundings that compare lower bits: tables by exponent for the upper bytes, words for the rest. Included
// after vbmi_steps.inl.

/// The upper bytes, and upper and lower words, all in the order of elements: those of a and b, and of c and d.
struct BytesAndWords : TopBytes {
  Ints upper_ab, upper_cd, lower_ab, lower_cd, exponent;
};

struct LateSteps : TableSteps {
  using Upper = BytesAndWords;

  template <class S, bool Scaled, bool Full>
  static HIFLOAT_ALWAYS_INLINE Upper numbers(const S* x, std::size_t count, Ints scale, Quad& y) {
    y = scaled_group<Scaled>(load_group<S, Full>(x, count), scale);
    Upper u;
    u.upper_ab = gather(upper_words_of_floats, y.a, y.b);
    u.upper_cd = gather(upper_words_of_floats, y.c, y.d);
    u.lower_ab = gather(lower_words_of_floats, y.a, y.b);
    u.lower_cd = gather(lower_words_of_floats, y.c, y.d);
    u.high = gather(upper_bytes_of_words, u.upper_ab, u.upper_cd);
    u.low = gather(lower_bytes_of_words, u.upper_ab, u.upper_cd);
    u.exponent = V::min8(V::max8(exponents(u), V::set8(lowest_exponent)), V::set8(highest_exponent));
    return u;
  }
  static HIFLOAT_ALWAYS_INLINE void pin(const Upper& u) {
    TableSteps::pin(u);
    __asm__ volatile("" ::"v"(u.upper_ab), "v"(u.upper_cd), "v"(u.lower_ab), "v"(u.lower_cd), "v"(u.exponent));
  }

  /// Words, in a and b.
  static HIFLOAT_ALWAYS_INLINE Quad random_bits(const std::uint16_t* random) {
    return {V::load(random), V::load(random + word_lanes), V::zero(), V::zero()};
  }

  template <class R, class S, bool OwnThreshold>
  static HIFLOAT_ALWAYS_INLINE Ints ranks(const Quad&, const Upper& u, const Quad& chance) {
    const Ints exponent = u.exponent;
    const Ints index = V::or_and(V::lookup64(mantissa_shape, exponent), u.low, V::set8(0x78));
    const Ints step = V::lookup128(rank_step<R>, index);
    const __mmask64 up = rounds_up<R, OwnThreshold>(u, chance, exponent);
    const Ints base = V::lookup64(rank_base<R>, exponent);
    return V::add8(_mm512_mask_permutexvar_epi8(base, up, exponent, V::load(rank_base_up<R>.byte)), step);
  }

  /// Random bits may lift what is far below the smallest value.
  template <class R>
  static HIFLOAT_ALWAYS_INLINE bool beyond_tables(Ints ranks) {
    if constexpr (R::uses_random) return V::any_not_below8(ranks, V::set8(may_be_lifted));
    return false;
  }

  static HIFLOAT_ALWAYS_INLINE Ints note(Ints special, const Upper& u, Ints) {
    return V::max8(special, V::bit_and(u.high, V::set8(0x7F)));
  }
  static HIFLOAT_ALWAYS_INLINE bool any_special(Ints special) { return V::any_equal8(special, V::set8(0x7F)); }

 private:
  /// Where the upper 16 discarded bits reach T, or carry when the random bits are added.
  template <class R, bool OwnThreshold>
  static HIFLOAT_ALWAYS_INLINE __mmask64 rounds_up(const Upper& u, const Quad& chance, Ints exponent) {
    const Ints shift = V::lookup64(late_shift, exponent);  // its lowest four bits count, in words
    const Ints ab = V::shift_in16(significand<R>(u.upper_ab), u.lower_ab, V::permute8(word_of_byte<0>, shift));
    const Ints cd = V::shift_in16(significand<R>(u.upper_cd), u.lower_cd, V::permute8(word_of_byte<1>, shift));
    if constexpr (R::uses_random) {
      const Ints all = V::set8(0xFF);
      return both(_mm512_cmpgt_epu16_mask(ab, V::bit_xor(chance.a, all)),
                  _mm512_cmpgt_epu16_mask(cd, V::bit_xor(chance.b, all)));
    } else if constexpr (OwnThreshold) {
      return both(_mm512_cmpge_epu16_mask(ab, V::left16<2>(u.lower_ab)),
                  _mm512_cmpge_epu16_mask(cd, V::left16<2>(u.lower_cd)));
    } else {
      const Ints t_ab = gather(upper_words_of_floats, V::left32<9>(chance.a), V::left32<9>(chance.b));
      const Ints t_cd = gather(upper_words_of_floats, V::left32<9>(chance.c), V::left32<9>(chance.d));
      return both(_mm512_cmpge_epu16_mask(ab, t_ab), _mm512_cmpge_epu16_mask(cd, t_cd));
    }
  }
  /// The leading one counts only below the smallest value, where it isn't shifted out. Just below, it can take the
  /// place of the exponent's lowest bit, a zero.
  template <class R>
  static HIFLOAT_ALWAYS_INLINE Ints significand(Ints upper) {
    const Ints leading = V::set16(0x0080);
    if constexpr (R::uses_random) return V::or_and(leading, upper, V::set16(0x007F));
    return V::bit_xor(upper, leading);
  }
  static HIFLOAT_ALWAYS_INLINE __mmask64 both(__mmask32 ab, __mmask32 cd) { return _mm512_kunpackd(cd, ab); }
};
