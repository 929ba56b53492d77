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
        return params.scaled ? encode_blocks<R, O, true>(x, codes, n, params)
                             : encode_blocks<R, O, false>(x, codes, n, params);
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
        return params.scaled ? quantize_blocks<R, O, true>(x, codes, n, params)
                             : quantize_blocks<R, O, false>(x, codes, n, params);
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

 private:
  /// Blocks of a call: [first, first + size), size 0 at the end. Where the output is streamed, the first block ends
  /// where a cache line does.
  class Blocks {
   public:
    template <class Out>
    HIFLOAT_ALWAYS_INLINE Blocks(const Out* out, std::size_t bytes_per_element, std::size_t n) : n_(n) {
      const std::size_t misaligned = reinterpret_cast<std::uintptr_t>(out) % 64;
      if (n <= block || n < streaming_threshold() / bytes_per_element || misaligned % sizeof(Out) != 0) return;
      streams_ = true;
      head_ = misaligned != 0 ? (64 - misaligned) / sizeof(Out) : 0;
    }
    Blocks(const Blocks&) = delete;
    Blocks& operator=(const Blocks&) = delete;
    HIFLOAT_ALWAYS_INLINE ~Blocks() {
      if (streams_) V::finish_streams();
    }
    HIFLOAT_ALWAYS_INLINE std::size_t size_at(std::size_t first) const {
      if (first < head_) return head_;
      return n_ - first < block ? n_ - first : block;
    }
    HIFLOAT_ALWAYS_INLINE bool streams_at(std::size_t first) const { return streams_ && first >= head_; }

   private:
    std::size_t n_;
    std::size_t head_ = 0;
    bool streams_ = false;
  };

  /// All of a block: run(first) goes as far as the vector kernel does, redo(first, count) is the scalar one.
  template <class Run, class Redo>
  static HIFLOAT_ALWAYS_INLINE void complete(std::size_t n, Run run, Redo redo) {
    for (std::size_t i = 0; i < n;) {
      const Progress progress = run(i);
      if (!progress.exact) redo(i, progress.done - i);
      i = progress.done;
      if (i == n) return;
      const std::size_t rest = n - i < group ? n - i : group;
      redo(i, rest);
      i += rest;
    }
  }

  template <class R, class O, bool Scaled, class T>
  static HIFLOAT_ALWAYS_INLINE void encode_blocks(const T* x, std::uint8_t* codes, std::size_t n,
                                                  const KernelParams& params) {
    using S = storage_t<T>;
    const int largest = largest_rank<R, O>(params);
    const Blocks blocks(codes, sizeof(T) + 1, n);
    RandomWords<R::uses_random> random;
    for (std::size_t i = 0, m = 0; i < n; i += m) {
      m = blocks.size_at(i);
      random.fill(params.key, i, m);
      complete(
          m,
          [&](std::size_t first) {
            return Encoder<R, S, Scaled>::run(params, largest, blocks.streams_at(i), stored<S>(x + i), codes + i, first,
                                              m, random);
          },
          [&](std::size_t first, std::size_t count) {
            scalar::encode<R, O>(x + i + first, codes + i + first, count, behind(params, i + first));
          });
    }
  }

  template <class R, class O, bool Scaled, class T>
  static HIFLOAT_ALWAYS_INLINE QuantizeStats quantize_blocks(const T* x, std::uint8_t* codes, std::size_t n,
                                                             const KernelParams& params) {
    using S = storage_t<T>;
    const int largest = largest_rank<R, O>(params);
    const Blocks blocks(codes, sizeof(T) + 1, n);
    RandomWords<R::uses_random> random;
    QuantizeStats stats;
    int amax_rank = 0;
    for (std::size_t i = 0, m = 0; i < n; i += m) {
      m = blocks.size_at(i);
      random.fill(params.key, i, m);
      complete(
          m,
          [&](std::size_t first) {
            QuantizeStats part;
            const Progress progress = Quantizer<R, S, Scaled>::run(
                params, largest, blocks.streams_at(i), stored<S>(x + i), codes + i, first, m, random, part, amax_rank);
            if (progress.exact) stats += part;
            return progress;
          },
          [&](std::size_t first, std::size_t count) {
            stats += scalar::quantize<R, O>(x + i + first, codes + i + first, count, behind(params, i + first));
          });
    }
    return stats;
  }

  template <class R, class O, bool Scaled, class T, class U>
  static HIFLOAT_ALWAYS_INLINE void fake_quantize_blocks(const T* x, U* y, std::size_t n, const KernelParams& params) {
    using S = storage_t<T>;
    const bool in_place = static_cast<const void*>(x) == static_cast<const void*>(y);
    const int largest = largest_rank<R, O>(params);
    const Blocks blocks(y, sizeof(T) + sizeof(U), n);
    RandomWords<R::uses_random> random;
    for (std::size_t i = 0, m = 0; i < n; i += m) {
      m = blocks.size_at(i);
      random.fill(params.key, i, m);
      complete(
          m,
          [&](std::size_t first) {
            return FakeQuantizer<R, S, storage_t<U>, Scaled>::run(params, largest, blocks.streams_at(i) && !in_place,
                                                                  stored<S>(x + i), stored<storage_t<U>>(y + i), first,
                                                                  m, random);
          },
          [&](std::size_t first, std::size_t count) {
            scalar::fake_quantize<R, O>(x + i + first, y + i + first, count, behind(params, i + first));
          });
    }
  }

  template <bool Scaled, class T>
  static HIFLOAT_ALWAYS_INLINE void decode_blocks(const std::uint8_t* codes, T* x, std::size_t n,
                                                  const KernelParams& params) {
    const Blocks blocks(x, sizeof(T) + 1, n);
    for (std::size_t i = 0, m = 0; i < n; i += m) {
      m = blocks.size_at(i);
      const Decoder<storage_t<T>, Scaled> decoder{params, blocks.streams_at(i)};
      if (!decoder.run(codes + i, stored<storage_t<T>>(x + i), m)) scalar::decode(codes + i, x + i, m, params);
    }
  }

  template <bool FiniteOnly, class T>
  static HIFLOAT_ALWAYS_INLINE float abs_max_blocks(const T* x, std::size_t n) {
    using S = storage_t<T>;
    Ints amax = V::zero();
    std::uint32_t rest = 0;
    for (std::size_t first = 0; first < n; first += block) {
      const std::size_t m = n - first < block ? n - first : block;
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
