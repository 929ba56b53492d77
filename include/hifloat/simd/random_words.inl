// The random bits of a block, from Philox4x32-7 in 64-bit lanes. Included inside a target region and a namespace of one
// instruction set, after vector_memory.inl.
//
// A word lies in the lower half of a lane, and what is in the upper half doesn't matter to the multiplication. Three of
// the four counter words are the same throughout a block, so that most of the first two rounds is done once for all;
// and where counters grow by a constant, so do their products.

template <bool Needed>
class RandomWords {
 public:
  HIFLOAT_ALWAYS_INLINE void fill(const PhiloxKey& key, std::uint64_t first, std::size_t n) {
    const std::uint64_t index = key.first_index + first;
    const std::uint64_t counter = index / 8 / stride * stride;
    skipped_ = index - 8 * counter;
    const std::size_t counters = (skipped_ + n + 7) / 8;
    // The counters' upper word changes between multiples of the stride.
    const std::uint64_t until_carry = (std::uint64_t{1} << 32) - counter % (std::uint64_t{1} << 32);
    const std::size_t before = until_carry < counters ? until_carry : counters;
    fill_lanes(key, counter, before, words_);
    if (before < counters) fill_lanes(key, counter + before, counters - before, words_ + 8 * before);
  }
  HIFLOAT_ALWAYS_INLINE const std::uint16_t* at(std::size_t i) const { return words_ + skipped_ + i; }

 private:
  static constexpr std::size_t step = V::lanes / 2;  ///< counters of a vector
  static constexpr std::size_t stride = 2 * step;    ///< two vectors at a time hide each other's latencies

  struct Block {
    Ints w0, w1, w2, w3;
  };

  static constexpr std::uint32_t upper(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }
  static constexpr std::uint32_t lower(std::uint64_t x) { return static_cast<std::uint32_t>(x); }

  /// Numbers of counters that share their upper word, in whole strides.
  HIFLOAT_NOINLINE static void fill_lanes(const PhiloxKey& key, std::uint64_t counter, std::size_t counters,
                                          std::uint16_t* words) {
    static_assert(philox_rounds == 7);
    std::uint32_t key0[philox_rounds], key1[philox_rounds];
    for (std::uint32_t round = 0; round < philox_rounds; ++round) {
      key0[round] = lower(key.seed) + round * philox_weyl0;
      key1[round] = upper(key.seed) + round * philox_weyl1;
    }
    // First round: words 0 and 1 of what comes out. Second: words 2, but for one exclusive or, and 3.
    const std::uint64_t stream = std::uint64_t{lower(key.stream)} * philox_multiplier1;
    const std::uint64_t constant = std::uint64_t{upper(stream) ^ upper(counter) ^ key0[0]} * philox_multiplier0;
    const Ints after0 = V::set64(upper(key.stream) ^ key1[0]);
    const Ints after1_word0 = V::set64(lower(stream) ^ key0[1]), after1_word2 = V::set64(upper(constant) ^ key1[1]);
    const Ints after2_word2 = V::set64(lower(constant) ^ key1[2]);

    const Ints m0 = V::set64(philox_multiplier0), m1 = V::set64(philox_multiplier1);
    const auto begin = [&](Ints product) HIFLOAT_INLINE_LAMBDA {
      const Ints p1 = V::multiply32(V::bit_xor(V::swap_halves64(product), after0), m1);
      const Ints w0 = V::bit_xor(V::swap_halves64(p1), after1_word0), w2 = V::bit_xor(product, after1_word2);
      const Ints q0 = V::multiply32(w0, m0), q1 = V::multiply32(w2, m1);
      return Block{V::bit_xor3(V::swap_halves64(q1), p1, V::set64(key0[2])), q1,
                   V::bit_xor(V::swap_halves64(q0), after2_word2), q0};
    };
    const auto next = [&](const Block& b, std::size_t round) HIFLOAT_INLINE_LAMBDA {
      const Ints p0 = V::multiply32(b.w0, m0), p1 = V::multiply32(b.w2, m1);
      return Block{V::bit_xor3(V::swap_halves64(p1), b.w1, V::set64(key0[round])), p1,
                   V::bit_xor3(V::swap_halves64(p0), b.w3, V::set64(key1[round])), p0};
    };
    const auto store = [&](const Block& b, std::uint16_t* to) HIFLOAT_INLINE_LAMBDA {
      const Ints w01 = V::join_lower32(b.w0, b.w1), w23 = V::join_lower32(b.w2, b.w3);
      V::store(to, V::interleave_even64(w01, w23));
      V::store(to + 2 * V::lanes, V::interleave_odd64(w01, w23));
    };

    const auto product_of = [&](std::uint64_t c) HIFLOAT_INLINE_LAMBDA {
      return V::multiply32(V::add64(V::set64(lower(c)), V::philox_offsets()), m0);
    };
    const Ints growth = V::set64(std::uint64_t{philox_multiplier0} * stride);
    Ints product = product_of(counter), second = product_of(counter + step);
    for (std::size_t i = 0; i < counters; i += stride) {
      Block a = begin(product), b = begin(second);
      a = next(a, 3), b = next(b, 3);
      a = next(a, 4), b = next(b, 4);
      a = next(a, 5), b = next(b, 5);
      a = next(a, 6), b = next(b, 6);
      store(a, words + 8 * i);
      store(b, words + 8 * (i + step));
      product = V::add64(product, growth);
      second = V::add64(second, growth);
    }
  }

  std::size_t skipped_ = 0;
  alignas(64) std::uint16_t words_[random_block + 16 * stride + 2 * group];
};
template <>
class RandomWords<false> {
 public:
  HIFLOAT_ALWAYS_INLINE void fill(const PhiloxKey&, std::uint64_t, std::size_t) {}
  HIFLOAT_ALWAYS_INLINE const std::uint16_t* at(std::size_t) const { return nullptr; }
};
