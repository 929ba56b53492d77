// Steps for scaled bfloat16, without a multiplication: a word has 128 significands, so that a table of a call's own has
// what each becomes under the scale, rounded to binary32 as the product would be. Included after vbmi_steps.inl.

/// The rank of 2^exponent, by biased exponent, for roundings that look at no lower bits.
template <class R>
inline constexpr ByteTable64 whole_rank = make_exponent_table([](int exponent) {
  return exponent > format::max_exponent ? unsigned(format::infinity_rank)
                                         : top_rank<R>(unsigned(exponent + binary32::bias), 0).rank;
});
inline constexpr ByteTable64 every_byte = make_table64([](unsigned i) { return i; });

/// 1 + i / 128 for lanes i of eight vectors.
struct Significands {
  alignas(64) std::uint32_t bits[128];
};
inline constexpr Significands significands = [] {
  Significands table{};
  for (std::uint32_t i = 0; i < 128; ++i) table.bits[i] = bit_cast<std::uint32_t>(1.0f) + (i << 16);
  return table;
}();

template <class Rounding>
struct ScaledWordSteps : TableSteps {
  /// Whether making the tables pays, and the scale is far from where bfloat16 subnormals would come to matter.
  static HIFLOAT_ALWAYS_INLINE bool suit(const KernelParams& params, std::size_t n) {
    return n >= 512 && exponent_of(params.scale) < 100;
  }

  HIFLOAT_ALWAYS_INLINE explicit ScaledWordSteps(const KernelParams& params) {
    const int exponent = exponent_of(params.scale);
    const Ints scale = V::set32((bit_cast<std::uint32_t>(params.scale) & 0x7FFFFFu) | bit_cast<std::uint32_t>(1.0f));
    alignas(64) std::uint8_t bytes[128];
    for (std::size_t i = 0; i < 128; i += V::lanes) {
      // In [1, 4): the exponent's change, and the upper four mantissa bits where ranks want them.
      const Ints above_one =
          V::sub32(V::times(V::load(significands.bits + i), scale), V::set32(bit_cast<std::uint32_t>(1.0f)));
      const Ints mantissa = V::bit_and(V::right32<16>(above_one), V::set32(0x78));
      const Ints result = V::bit_or(mantissa, V::right32<23>(above_one));
      _mm_store_si128(static_cast<__m128i*>(static_cast<void*>(bytes + i)),
                      _mm512_maskz_cvtepi32_epi8(V::every32, result));
    }
    product_low_ = V::load(bytes);
    product_high_ = V::load(bytes + 64);

    Ints index = V::load(every_byte.byte);  // exponents of the input in place of the product's
    index = V::add8(index, V::set8(exponent));
    rank_ = V::lookup64(whole_rank<Rounding>, index);
    shape_ = V::lookup64(mantissa_shape, index);
    const auto limited = [](int x) { return x < 0 ? 0 : x > 0xFF ? 0xFF : x; };
    least_ = V::set8(limited(lowest_exponent - exponent));
    most_ = V::set8(limited(highest_exponent - 1 - exponent));
    special_from_ = V::set8(limited(binary32::bias + 127 - exponent));  // the product may be infinite
    sixteen_ = V::set8(limited(binary32::bias + 3 - exponent));
  }

  template <class S, bool Scaled, bool Full>
  static HIFLOAT_ALWAYS_INLINE Upper numbers(const S* x, std::size_t count, Ints scale, Quad& y) {
    return TableSteps::numbers<S, false, Full>(x, count, scale, y);
  }

  template <class R, class S, bool OwnThreshold>
  HIFLOAT_ALWAYS_INLINE Ints ranks(const Quad&, const Upper& upper, const Quad&) const {
    const Ints exponent = scaled_exponents(upper);
    const Ints index = V::or_and(lookup(shape_, exponent), products(upper), V::set8(0x78));
    return V::add8(lookup(rank_, exponent), V::lookup128(rank_step<R>, index));
  }

  static HIFLOAT_ALWAYS_INLINE Ints note(Ints special, const Upper& upper, Ints) {
    return V::max8(special, exponents(upper));
  }
  HIFLOAT_ALWAYS_INLINE bool any_special(Ints special) const { return V::any_not_below8(special, special_from_); }

  HIFLOAT_ALWAYS_INLINE std::uint64_t count_sixteen_and_above(const Upper& upper) const {
    return V::count_above8(scaled_exponents(upper), sixteen_);
  }

 private:
  static HIFLOAT_ALWAYS_INLINE int exponent_of(float scale) {
    return static_cast<int>(bit_cast<std::uint32_t>(scale) >> 23) - binary32::bias;
  }
  HIFLOAT_ALWAYS_INLINE Ints products(const Upper& upper) const {
    return _mm512_permutex2var_epi8(product_low_, upper.low, product_high_);
  }
  /// Biased, and the scale's exponent less than they are.
  HIFLOAT_ALWAYS_INLINE Ints scaled_exponents(const Upper& upper) const {
    const Ints limited = V::min8(V::max8(exponents(upper), least_), most_);
    return V::add8(limited, V::bit_and(products(upper), V::set8(1)));
  }

  static HIFLOAT_ALWAYS_INLINE Ints lookup(Ints table, Ints index) {
    return _mm512_maskz_permutexvar_epi8(~__mmask64{0}, index, table);
  }

  Ints product_low_, product_high_, rank_, shape_, least_, most_, special_from_, sixteen_;
};
