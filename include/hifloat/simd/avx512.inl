// AVX-512 primitives of the vector kernels, for any tier that has BW and VL. Included inside a target region and a
// namespace of that tier. The AVX2 ones have the same names and meanings.
//
// Costs on Intel (512-bit work has ports 0 and 5): shifts, minimum, maximum, multiplies of integers p0; permutes,
// packs, compares into masks p5; add, logic, ternary logic, blends, float multiplies either. On Zen 4: shuffles,
// shifts, multiplies, compares 1 a cycle, the rest 2.

struct Avx512Primitives {
  using Ints = __m512i;
  static constexpr std::size_t lanes = 16;  // of 32 bits

  // All lanes. Where g++ 12 builds an intrinsic on an undefined vector, and warns of it in the includer's program, the
  // zeroing form takes its place; the mask costs nothing.
  static constexpr __mmask16 every32 = 0xFFFF;
  static constexpr __mmask8 every64 = 0xFF;

  static HIFLOAT_ALWAYS_INLINE Ints zero() { return _mm512_setzero_si512(); }
  static HIFLOAT_ALWAYS_INLINE Ints set8(int x) { return _mm512_set1_epi8(static_cast<char>(x)); }
  static HIFLOAT_ALWAYS_INLINE Ints set16(int x) { return _mm512_set1_epi16(static_cast<short>(x)); }
  static HIFLOAT_ALWAYS_INLINE Ints set32(std::uint32_t x) { return _mm512_set1_epi32(static_cast<int>(x)); }
  static HIFLOAT_ALWAYS_INLINE Ints set64(std::uint64_t x) { return _mm512_set1_epi64(static_cast<long long>(x)); }

  static HIFLOAT_ALWAYS_INLINE Ints bit_and(Ints a, Ints b) { return _mm512_and_si512(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints bit_or(Ints a, Ints b) { return _mm512_or_si512(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints bit_xor(Ints a, Ints b) { return _mm512_xor_si512(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints bit_xor3(Ints a, Ints b, Ints c) {
    return _mm512_ternarylogic_epi32(a, b, c, 0x96);
  }
  static HIFLOAT_ALWAYS_INLINE Ints majority(Ints a, Ints b, Ints c) {
    return _mm512_ternarylogic_epi32(a, b, c, 0xE8);
  }
  static HIFLOAT_ALWAYS_INLINE Ints and_not(Ints mask, Ints b) { return _mm512_maskz_andnot_epi32(every32, mask, b); }
  static HIFLOAT_ALWAYS_INLINE Ints select(Ints mask, Ints yes, Ints no) {
    return _mm512_ternarylogic_epi32(no, mask, yes, 0xB8);  // `no` is most often a temporary to write over
  }
  static HIFLOAT_ALWAYS_INLINE Ints or_and(Ints a, Ints b, Ints c) {  // a | (b & c)
    return _mm512_ternarylogic_epi32(a, b, c, 0xF8);
  }

  static HIFLOAT_ALWAYS_INLINE Ints add8_saturating(Ints a, Ints b) { return _mm512_adds_epu8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints add16(Ints a, Ints b) { return _mm512_add_epi16(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints add32(Ints a, Ints b) { return _mm512_add_epi32(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints sub16(Ints a, Ints b) { return _mm512_sub_epi16(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints sub32(Ints a, Ints b) { return _mm512_sub_epi32(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints abs16(Ints a) { return _mm512_abs_epi16(a); }
  static HIFLOAT_ALWAYS_INLINE Ints abs32(Ints a) { return _mm512_maskz_abs_epi32(every32, a); }
  static HIFLOAT_ALWAYS_INLINE Ints min8(Ints a, Ints b) { return _mm512_min_epu8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints max8(Ints a, Ints b) { return _mm512_max_epu8(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints min16(Ints a, Ints b) { return _mm512_min_epi16(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints min16_unsigned(Ints a, Ints b) { return _mm512_min_epu16(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints max16(Ints a, Ints b) { return _mm512_max_epi16(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints min32(Ints a, Ints b) { return _mm512_maskz_min_epi32(every32, a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints max32_unsigned(Ints a, Ints b) { return _mm512_maskz_max_epu32(every32, a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints max32(Ints a, Ints b) { return _mm512_maskz_max_epi32(every32, a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints multiply_add_pairs(Ints unsigned8, Ints signed8) {
    return _mm512_maddubs_epi16(unsigned8, signed8);
  }
  template <int Count>
  static HIFLOAT_ALWAYS_INLINE Ints left16(Ints a) {
    return _mm512_slli_epi16(a, Count);
  }
  template <int Count>
  static HIFLOAT_ALWAYS_INLINE Ints right16(Ints a) {
    return _mm512_srli_epi16(a, Count);
  }
  template <int Count>
  static HIFLOAT_ALWAYS_INLINE Ints left32(Ints a) {
    return _mm512_maskz_slli_epi32(every32, a, Count);
  }
  template <int Count>
  static HIFLOAT_ALWAYS_INLINE Ints right32(Ints a) {
    return _mm512_maskz_srli_epi32(every32, a, Count);
  }
  static HIFLOAT_ALWAYS_INLINE Ints right32(Ints a, Ints counts) { return _mm512_maskz_srlv_epi32(every32, a, counts); }

  static HIFLOAT_ALWAYS_INLINE Ints add64(Ints a, Ints b) { return _mm512_add_epi64(a, b); }
  static HIFLOAT_ALWAYS_INLINE Ints swap_halves64(Ints a) {
    return _mm512_maskz_shuffle_epi32(every32, a, _MM_PERM_CDAB);
  }
  /// Products of the lower halves of 64-bit lanes.
  static HIFLOAT_ALWAYS_INLINE Ints multiply32(Ints a, Ints b) { return _mm512_maskz_mul_epu32(every64, a, b); }
  /// The lower halves of 64-bit lanes: of a, and of b into the upper ones.
  static HIFLOAT_ALWAYS_INLINE Ints join_lower32(Ints a, Ints b) {
    return _mm512_mask_shuffle_epi32(a, 0xAAAA, b, _MM_PERM_CCAA);
  }
  static HIFLOAT_ALWAYS_INLINE Ints interleave_even64(Ints a, Ints b) {
    return _mm512_maskz_unpacklo_epi64(every64, a, b);
  }
  static HIFLOAT_ALWAYS_INLINE Ints interleave_odd64(Ints a, Ints b) {
    return _mm512_maskz_unpackhi_epi64(every64, a, b);
  }
  /// Counters in the order in which the two interleavings put them in a row.
  static HIFLOAT_ALWAYS_INLINE Ints philox_offsets() { return _mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7); }

  /// value where sign is positive or zero, -value where it is negative.
  static HIFLOAT_ALWAYS_INLINE Ints with_sign16(Ints value, Ints sign) {
    const Ints s = _mm512_srai_epi16(sign, 15);
    return sub16(bit_xor(value, s), s);
  }
  static HIFLOAT_ALWAYS_INLINE Ints with_sign32(Ints value, Ints sign) {
    const Ints s = _mm512_maskz_srai_epi32(every32, sign, 31);
    return sub32(bit_xor(value, s), s);
  }
  static HIFLOAT_ALWAYS_INLINE Ints zero_where_negative16(Ints value, Ints sign) {
    return _mm512_maskz_andnot_epi32(every32, _mm512_srai_epi16(sign, 15), value);
  }
  static HIFLOAT_ALWAYS_INLINE Ints zero_where_zero8(Ints value, Ints test) {
    return _mm512_maskz_mov_epi8(_mm512_test_epi8_mask(test, test), value);
  }
  /// yes where a > b (as signed numbers), else no.
  static HIFLOAT_ALWAYS_INLINE Ints select_greater32(Ints a, Ints b, Ints yes, Ints no) {
    return _mm512_mask_mov_epi32(no, _mm512_cmpgt_epi32_mask(a, b), yes);
  }

  static HIFLOAT_ALWAYS_INLINE Ints equal8(Ints a, Ints b) { return _mm512_movm_epi8(_mm512_cmpeq_epi8_mask(a, b)); }
  static HIFLOAT_ALWAYS_INLINE bool any_nonzero(Ints a) { return _mm512_test_epi32_mask(a, a) != 0; }
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_equal8(Ints a, Ints b) {
    return static_cast<std::uint64_t>(__builtin_popcountll(_mm512_cmpeq_epi8_mask(a, b)));
  }
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_greater16(Ints a, Ints b) {
    return static_cast<std::uint64_t>(__builtin_popcount(_mm512_cmpgt_epi16_mask(a, b)));
  }
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_greater32(Ints a, Ints b) {
    return static_cast<std::uint64_t>(__builtin_popcount(_mm512_cmpgt_epi32_mask(a, b)));
  }
  static HIFLOAT_ALWAYS_INLINE bool any_equal8(Ints a, Ints b) { return _mm512_cmpeq_epi8_mask(a, b) != 0; }
  static HIFLOAT_ALWAYS_INLINE bool any_not_below8(Ints a, Ints b) { return _mm512_cmpge_epu8_mask(a, b) != 0; }
  static HIFLOAT_ALWAYS_INLINE int largest8(Ints a) {
    const __m256i half =
        _mm256_max_epu8(_mm512_maskz_extracti64x4_epi64(0xF, a, 0), _mm512_maskz_extracti64x4_epi64(0xF, a, 1));
    __m128i x = _mm_max_epu8(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    x = _mm_max_epu8(x, _mm_srli_epi16(x, 8));  // even bytes
    const __m128i even = _mm_set1_epi16(0xFF);
    return 0xFF - (_mm_cvtsi128_si32(_mm_minpos_epu16(_mm_andnot_si128(x, even))) & 0xFF);
  }
  /// The signs don't count.
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_nonzero32(Ints a, Ints b, Ints c, Ints d) {
    const Ints mask = set32(0x7FFFFFFF);
    const __mmask32 ab = _mm512_kunpackw(_mm512_test_epi32_mask(b, mask), _mm512_test_epi32_mask(a, mask));
    const __mmask32 cd = _mm512_kunpackw(_mm512_test_epi32_mask(d, mask), _mm512_test_epi32_mask(c, mask));
    return static_cast<std::uint64_t>(__builtin_popcountll(_mm512_kunpackd(cd, ab)));
  }
  static HIFLOAT_ALWAYS_INLINE bool any_not_below8_or_zero8(Ints a, Ints b) {
    return (_mm512_cmpge_epu8_mask(a, b) | _mm512_testn_epi8_mask(a, a)) != 0;
  }
  static HIFLOAT_ALWAYS_INLINE std::uint64_t count_not_below8(Ints a, Ints b) {
    return static_cast<std::uint64_t>(__builtin_popcountll(_mm512_cmpge_epu8_mask(a, b)));
  }
  static HIFLOAT_ALWAYS_INLINE bool any_zero16(Ints a) { return _mm512_testn_epi16_mask(a, a) != 0; }
  static HIFLOAT_ALWAYS_INLINE bool any_greater16(Ints a, Ints b) { return _mm512_cmpgt_epi16_mask(a, b) != 0; }
  static HIFLOAT_ALWAYS_INLINE bool any_greater32(Ints a, Ints b) { return _mm512_cmpgt_epi32_mask(a, b) != 0; }

  static HIFLOAT_ALWAYS_INLINE Ints times(Ints binary32, Ints scale) {
    __m512 product = _mm512_mul_ps(_mm512_castsi512_ps(binary32), _mm512_castsi512_ps(scale));
    __asm__("" : "+v"(product));  // keeps -ffast-math out, as HIFLOAT_OPAQUE does
    return _mm512_castps_si512(product);
  }

  // Memory. The variants with a count touch nothing beyond it; what they load is filled up with zeros.
  static HIFLOAT_ALWAYS_INLINE __mmask16 first16(std::size_t count) {
    return static_cast<__mmask16>((std::uint32_t{1} << count) - 1);
  }
  static HIFLOAT_ALWAYS_INLINE __mmask64 first64(std::size_t count) {
    return count == 64 ? ~__mmask64{0} : (__mmask64{1} << count) - 1;
  }
  static HIFLOAT_ALWAYS_INLINE Ints load(const void* p) { return _mm512_loadu_si512(p); }
  static HIFLOAT_ALWAYS_INLINE Ints load32(const void* p, std::size_t count) {
    return _mm512_maskz_loadu_epi32(first16(count), p);
  }
  static HIFLOAT_ALWAYS_INLINE __m256i load_half(const void* p) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(p));
  }
  static HIFLOAT_ALWAYS_INLINE __m256i load_half(const void* p, std::size_t count) {
    return _mm256_maskz_loadu_epi16(first16(count), p);
  }
  template <class... Count>
  static HIFLOAT_ALWAYS_INLINE Ints load_words(const void* p, Count... count) {
    return _mm512_maskz_cvtepu16_epi32(every32, load_half(p, count...));
  }
  template <class... Count>
  static HIFLOAT_ALWAYS_INLINE Ints load_binary16(const void* p, Count... count) {
    return _mm512_castps_si512(_mm512_maskz_cvtph_ps(every32, load_half(p, count...)));
  }
  static HIFLOAT_ALWAYS_INLINE Ints load8(const void* p, std::size_t count) {
    return _mm512_maskz_loadu_epi8(first64(count), p);
  }
  static HIFLOAT_ALWAYS_INLINE void store(void* p, Ints a) { _mm512_storeu_si512(p, a); }
  static HIFLOAT_ALWAYS_INLINE void stream(void* p, Ints a) { _mm512_stream_si512(static_cast<__m512i*>(p), a); }
  static HIFLOAT_ALWAYS_INLINE void finish_streams() { _mm_sfence(); }
  static HIFLOAT_ALWAYS_INLINE void store8(void* p, Ints a, std::size_t count) {
    _mm512_mask_storeu_epi8(p, first64(count), a);
  }
  static HIFLOAT_ALWAYS_INLINE void store32(void* p, Ints a, std::size_t count) {
    _mm512_mask_storeu_epi32(p, first16(count), a);
  }
  /// The lower halves of the lanes.
  static HIFLOAT_ALWAYS_INLINE void store_words(void* p, Ints a, std::size_t count) {
    _mm256_mask_storeu_epi16(p, first16(count), _mm512_maskz_cvtepi32_epi16(every32, a));
  }
  static HIFLOAT_ALWAYS_INLINE Ints to_binary16(Ints binary32) {
    return _mm512_maskz_cvtepu16_epi32(
        every32, _mm512_maskz_cvtps_ph(every32, _mm512_castsi512_ps(binary32), _MM_FROUND_TO_NEAREST_INT));
  }

  /// table[index % 16], for indices below 128.
  static HIFLOAT_ALWAYS_INLINE Ints lookup16(const ByteTable64& table, Ints index) {
    return _mm512_shuffle_epi8(load(table.byte), index);
  }

  /// Byte 4j + k of a plane belongs to lane j of vector {a, c, b, d}[k]; in order, to byte 16 * {0, 2, 1, 3}[k] + j.
  static HIFLOAT_ALWAYS_INLINE Ints in_order(Ints plane) {
    const Ints grouped = _mm512_shuffle_epi8(plane, regroup());
    return _mm512_maskz_permutexvar_epi32(every32, spread(), grouped);
  }
  static HIFLOAT_ALWAYS_INLINE Ints in_planes(Ints ordered) {
    const Ints grouped = _mm512_maskz_permutexvar_epi32(every32, spread(), ordered);  // a 4 x 4 transpose undoes itself
    return _mm512_shuffle_epi8(grouped, ungroup());
  }

 private:
  static HIFLOAT_ALWAYS_INLINE Ints regroup() {
    return _mm512_maskz_broadcast_i32x4(every32, _mm_setr_epi8(0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15));
  }
  static HIFLOAT_ALWAYS_INLINE Ints ungroup() {
    return _mm512_maskz_broadcast_i32x4(every32, _mm_setr_epi8(0, 8, 4, 12, 1, 9, 5, 13, 2, 10, 6, 14, 3, 11, 7, 15));
  }
  static HIFLOAT_ALWAYS_INLINE Ints spread() {
    return _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  }
};
