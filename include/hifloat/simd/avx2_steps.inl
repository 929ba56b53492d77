// Steps by packs, for the roundings that the upper halves decide. Included after vector_steps.inl.

/// For roundings that the upper halves decide. Bytes are as a pack leaves them: in each 128-bit lane two times eight,
/// alternately of a and b, and of c and d.
struct PackedSteps : GenericSteps {
  static constexpr int rank_flag = 0x80;
  static constexpr bool works_ahead = true;

  static HIFLOAT_ALWAYS_INLINE void pin(const Upper& upper) { __asm__ volatile("" ::"x"(upper.ab), "x"(upper.cd)); }

  template <class R, class S, bool OwnThreshold>
  static HIFLOAT_ALWAYS_INLINE Ints ranks(const Quad&, const Upper& upper, const Quad&) {
    return _mm256_packus_epi16(flagged_rank16<R>(upper.ab), flagged_rank16<R>(upper.cd));
  }

  /// A plane of unflagged ranks as `ranks` gives them.
  static HIFLOAT_ALWAYS_INLINE Ints from_plane(Ints plane) {
    const Ints packed = _mm256_shuffle_epi8(
        plane, _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15)));
    const Ints nonzero = V::bit_and(V::add8_saturating(packed, V::set8(0x7F)), V::set8(rank_flag));
    return V::bit_or(V::min8(packed, V::set8(0x7F)), nonzero);
  }

  static HIFLOAT_ALWAYS_INLINE Ints codes(Ints ranks, const Upper& upper) {
    const Ints grouped = _mm256_shuffle_epi8(
        packed_codes(ranks, upper),
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15)));
    return _mm256_permutevar8x32_epi32(grouped, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
  }
  static HIFLOAT_ALWAYS_INLINE Quad values(Ints ranks, const Upper& upper) {
    return values_of_codes(_mm256_shuffle_epi8(
        packed_codes(ranks, upper),
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15))));
  }

 private:
  /// rank16, and the flag on what is not zero. The line with the flag goes past 0x7FFF: as an unsigned number.
  template <class R>
  static HIFLOAT_ALWAYS_INLINE Ints flagged_rank16(Ints word) {
    using Line = RankLine<7>;
    constexpr int flag = rank_flag << 7;
    const Ints magnitude = magnitude16(word);
    const Ints line = rank_line16(magnitude, std::is_same_v<R, rounding::TiesAway> ? flag + Line::half : flag);
    constexpr bool truncates = std::is_same_v<R, rounding::TowardZero>;
    constexpr int least = format::min_exponent - (truncates ? 0 : 1) + binary32::bias;  // below, all is zero
    const Ints nonzero = _mm256_cmpgt_epi16(magnitude, V::set16((least << 7) - 1));
    // 2^-23 and above is at least the first rank.
    const Ints rounded = truncates ? line : _mm256_max_epu16(line, V::set16(flag + Line::one));
    return V::right16<7>(V::bit_and(nonzero, rounded));
  }
  /// a & (b | 0x7F): the flag stays where there is a sign.
  static HIFLOAT_ALWAYS_INLINE Ints packed_codes(Ints ranks, const Upper& upper) {
    const Ints eighth = V::bit_and(V::right16<3>(ranks), V::set8(0x0F));
    const Ints magnitude = V::bit_xor(ranks, V::lookup16(rank_xor_code_table, eighth));
    const Ints sign = _mm256_packs_epi16(upper.ab, upper.cd);  // bit 7
    return V::bit_and(magnitude, V::bit_or(sign, V::set8(0x7F)));
  }
};
