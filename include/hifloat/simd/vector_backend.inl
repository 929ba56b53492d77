// The backend: array kernels over the steps and loads of one instruction set. Included inside a target region and a
// namespace of that instruction set, last.

/// Elements of a user's type as those of the storage type that it maps to.
template <class S>
HIFLOAT_ALWAYS_INLINE const S* stored(const void* x) {
  return static_cast<const S*>(x);
}
template <class S>
HIFLOAT_ALWAYS_INLINE S* stored(void* x) {
  return static_cast<S*>(x);
}

struct Kernels : scalar {
  template <class R, class O, class T>
  HIFLOAT_NOINLINE static void encode(const T* x, std::uint8_t* codes, std::size_t n,
                                      const KernelParams& params) noexcept {
    if constexpr (vectorised<R, O, T>) {
      if (!is_for_scalar<R>(params, n)) {
        return with_steps<R, storage_t<T>>(
            params, n, [&]<class St, bool Scaled>() { encode_blocks<St, R, O, Scaled>(x, codes, n, params); });
      }
    }
    scalar::encode<R, O>(x, codes, n, params);
  }

  template <class T>
  HIFLOAT_NOINLINE static void decode(const std::uint8_t* codes, T* x, std::size_t n,
                                      const KernelParams& params) noexcept {
    if constexpr (sizeof(T) <= 4) {
      params.scaled ? decode_blocks<true>(codes, x, n, params) : decode_blocks<false>(codes, x, n, params);
    } else {
      scalar::decode(codes, x, n, params);
    }
  }

  template <class R, class O, class T, class U>
  HIFLOAT_NOINLINE static void fake_quantize(const T* x, U* y, std::size_t n, const KernelParams& params) noexcept {
    if constexpr (vectorised<R, O, T> && sizeof(U) <= 4) {
      if (!is_for_scalar<R>(params, n)) {
        return params.scaled ? fake_quantize_blocks<R, O, true>(x, y, n, params)
                             : fake_quantize_blocks<R, O, false>(x, y, n, params);
      }
    }
    scalar::fake_quantize<R, O>(x, y, n, params);
  }

  template <class R, class O, class T>
  HIFLOAT_NOINLINE static QuantizeStats quantize(const T* x, std::uint8_t* codes, std::size_t n,
                                                 const KernelParams& params) noexcept {
    if constexpr (vectorised<R, O, T>) {
      if (!is_for_scalar<R>(params, n)) {
        return with_steps<R, storage_t<T>>(
            params, n, [&]<class St, bool Scaled>() { return quantize_blocks<St, R, O, Scaled>(x, codes, n, params); });
      }
    }
    return scalar::quantize<R, O>(x, codes, n, params);
  }

  template <bool FiniteOnly, class T>
  [[nodiscard]] HIFLOAT_NOINLINE static float abs_max(const T* x, std::size_t n) noexcept {
    if constexpr (sizeof(T) <= 4) {
      return abs_max_blocks<FiniteOnly>(x, n);
    } else {
      return scalar::abs_max<FiniteOnly>(x, n);
    }
  }

  HIFLOAT_NOINLINE static void count_exponents(const std::uint8_t* codes, std::size_t n,
                                               std::uint64_t* counts) noexcept {
    const std::size_t done = count_classes(codes, n, counts);
    scalar::count_exponents(codes + done, n - done, counts);
  }

 private:
  /// Blocks of a call: [first, first + size), size 0 at the end. Where the output is streamed, the first block ends
  /// where a cache line does.
  class Blocks {
   public:
    template <class Out>
    HIFLOAT_ALWAYS_INLINE Blocks(const Out* out, std::size_t bytes_per_element, std::size_t n, std::size_t block,
                                 const KernelParams& params)
        : n_(n), block_(block) {
      const std::size_t misaligned = reinterpret_cast<std::uintptr_t>(out) % 64;
      const std::size_t call = n < params.call_elements ? params.call_elements : n;
      if (n <= random_block || call < streaming_threshold() / bytes_per_element || misaligned % sizeof(Out) != 0)
        return;
      head_ = misaligned != 0 ? (64 - misaligned) / sizeof(Out) : 0;
      streamed_from_ = head_;
    }
    Blocks(const Blocks&) = delete;
    Blocks& operator=(const Blocks&) = delete;
    HIFLOAT_ALWAYS_INLINE ~Blocks() {
      if (streamed_from_ != never) V::finish_streams();
    }
    HIFLOAT_ALWAYS_INLINE std::size_t size_at(std::size_t first) const {
      if (first < head_) return head_;
      return n_ - first < block_ ? n_ - first : block_;
    }
    HIFLOAT_ALWAYS_INLINE bool streams_at(std::size_t first) const { return first >= streamed_from_; }

   private:
    static constexpr std::size_t never = ~std::size_t{0};
    std::size_t n_, block_;
    std::size_t head_ = 0;
    std::size_t streamed_from_ = never;  // no bool: g++ 12 stores one as a byte and loads four, which stalls
  };

  /// call<St, Scaled>() with the steps for this call.
  template <class R, class S, class Call>
  static HIFLOAT_ALWAYS_INLINE auto with_steps(const KernelParams& params, std::size_t n, Call call) {
    if (!params.scaled) return call.template operator()<Steps<R>, false>();
    if constexpr (!std::is_void_v<StepsOfScale<R, S>>) {
      if (StepsOfScale<R, S>::suit(params, n)) return call.template operator()<StepsOfScale<R, S>, true>();
    }
    return call.template operator()<Steps<R>, true>();
  }

  template <class R>
  static constexpr std::size_t block_of = R::uses_random ? random_block : large_block;

  /// All of a block: run(first, last) goes as far as the vector kernel does, redo(first, last) is the scalar one.
  template <class Run, class Redo>
  static HIFLOAT_ALWAYS_INLINE void complete(std::size_t n, Run run, Redo redo) {
    const auto at_most = [](std::size_t i, std::size_t end) { return i < end ? i : end; };
    for (std::size_t i = 0; i < n;) {
      const Progress progress = run(i, n);
      if (!progress.exact) {
        for (std::size_t end = i; i < progress.done; i = end) {
          end = at_most(i + piece, progress.done);
          if (!run(i, end).exact) redo(i, end);
        }
      }
      i = at_most(progress.done + group, n);
      if (progress.done < i) redo(progress.done, i);
    }
  }

  template <class St, class R, class O, bool Scaled, class T>
  static HIFLOAT_ALWAYS_INLINE void encode_blocks(const T* x, std::uint8_t* codes, std::size_t n,
                                                  const KernelParams& params) {
    using S = storage_t<T>;
    const int largest = largest_rank<R, O>(params);
    const Blocks blocks(codes, sizeof(T) + 1, n, block_of<R>, params);
    RandomWords<R::uses_random> random;
    for (std::size_t i = 0, m = 0; i < n; i += m) {
      m = blocks.size_at(i);
      random.fill(params.key, i, m);
      complete(
          m,
          [&](std::size_t first, std::size_t last) {
            return Encoder<St, R, S, Scaled>::run(params, largest, blocks.streams_at(i), stored<S>(x + i), codes + i,
                                                  first, last, random);
          },
          [&](std::size_t first, std::size_t last) {
            scalar::encode<R, O>(x + i + first, codes + i + first, last - first, params.starting_at(i + first));
          });
    }
  }

  template <class St, class R, class O, bool Scaled, class T>
  static HIFLOAT_ALWAYS_INLINE QuantizeStats quantize_blocks(const T* x, std::uint8_t* codes, std::size_t n,
                                                             const KernelParams& params) {
    using S = storage_t<T>;
    const int largest = largest_rank<R, O>(params);
    const Blocks blocks(codes, sizeof(T) + 1, n, block_of<R>, params);
    RandomWords<R::uses_random> random;
    QuantizeStats stats{};
    int amax_rank = 0;
    for (std::size_t i = 0, m = 0; i < n; i += m) {
      m = blocks.size_at(i);
      random.fill(params.key, i, m);
      complete(
          m,
          [&](std::size_t first, std::size_t last) {
            QuantizeStats part{};
            const Progress progress =
                Quantizer<St, R, S, Scaled>::run(params, largest, blocks.streams_at(i), stored<S>(x + i), codes + i,
                                                 first, last, random, part, amax_rank);
            if (progress.exact) stats += part;
            return progress;
          },
          [&](std::size_t first, std::size_t last) {
            stats +=
                scalar::quantize<R, O>(x + i + first, codes + i + first, last - first, params.starting_at(i + first));
          });
    }
    return stats;
  }

  template <class R, class O, bool Scaled, class T, class U>
  static HIFLOAT_ALWAYS_INLINE void fake_quantize_blocks(const T* x, U* y, std::size_t n, const KernelParams& params) {
    using S = storage_t<T>;
    const bool in_place = static_cast<const void*>(x) == static_cast<const void*>(y);
    const int largest = largest_rank<R, O>(params);
    const Blocks blocks(y, sizeof(T) + sizeof(U), n, block_of<R>, params);
    RandomWords<R::uses_random> random;
    for (std::size_t i = 0, m = 0; i < n; i += m) {
      m = blocks.size_at(i);
      random.fill(params.key, i, m);
      complete(
          m,
          [&](std::size_t first, std::size_t last) {
            return FakeQuantizer<Steps<R>, R, S, storage_t<U>, Scaled>::run(
                params, largest, blocks.streams_at(i) && !in_place, stored<S>(x + i), stored<storage_t<U>>(y + i),
                first, last, random);
          },
          [&](std::size_t first, std::size_t last) {
            scalar::fake_quantize<R, O>(x + i + first, y + i + first, last - first, params.starting_at(i + first));
          });
    }
  }

  template <bool Scaled, class T>
  static HIFLOAT_ALWAYS_INLINE void decode_blocks(const std::uint8_t* codes, T* x, std::size_t n,
                                                  const KernelParams& params) {
    const Blocks blocks(x, sizeof(T) + 1, n, large_block, params);
    for (std::size_t i = 0, m = 0; i < n; i += m) {
      m = blocks.size_at(i);
      complete(
          m,
          [&](std::size_t first, std::size_t last) {
            return Decoder<storage_t<T>, Scaled>::run(params, blocks.streams_at(i), codes + i,
                                                      stored<storage_t<T>>(x + i), first, last);
          },
          [&](std::size_t first, std::size_t last) {
            scalar::decode(codes + i + first, x + i + first, last - first, params);
          });
    }
  }

  template <bool FiniteOnly, class T>
  static HIFLOAT_ALWAYS_INLINE float abs_max_blocks(const T* x, std::size_t n) {
    using S = storage_t<T>;
    constexpr std::size_t abs_max_block = 4096;
    Ints amax = V::zero();
    std::uint32_t rest = 0;
    for (std::size_t first = 0; first < n; first += abs_max_block) {
      const std::size_t m = n - first < abs_max_block ? n - first : abs_max_block;
      const auto* from = stored<S>(x + first);
      Quad size = {V::zero(), V::zero(), V::zero(), V::zero()};
      std::size_t i = 0;
      for (; i + group <= m; i += group) size = larger(size, load_group<S, true>(from + i, group));
      if (i < m) size = larger(size, load_group<S, false>(from + i, m - i));
      const Ints largest = V::max32(V::max32(size.a, size.b), V::max32(size.c, size.d));
      if (V::any_greater32(largest, V::set32(binary32::infinity - 1))) {
        const float exact = scalar::abs_max<FiniteOnly>(x + first, m);
        const auto bits = bit_cast<std::uint32_t>(exact);
        rest = bits > rest ? bits : rest;
      } else {
        amax = V::max32(amax, largest);
      }
    }
    const std::uint32_t lanes = largest_lane(amax);
    return bit_cast<float>(lanes > rest ? lanes : rest);
  }

  static HIFLOAT_ALWAYS_INLINE Quad larger(const Quad& size, const Quad& x) {
    return {V::max32(size.a, magnitude32(x.a)), V::max32(size.b, magnitude32(x.b)), V::max32(size.c, magnitude32(x.c)),
            V::max32(size.d, magnitude32(x.d))};
  }
};
