// The array kernels' work, for host and device: nothing here needs CUDA.
//
// A job is what a kernel gets by value. It has
//  - `Table`: what a block keeps in shared memory; `fill(table, params, thread, threads)`: one thread's share of it;
//  - `params()`: what it computes with, read from device memory where the caller says so; `skipped()`;
//  - `spread()`: how its elements are spread over threads;
//  - `run(table, params, place)`: one thread's work; what that returns, a Tally or nothing, is summed up over a block
//  and
//    goes to `deliver`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <hifloat/config.hpp>
#include <hifloat/cuda/codec_tables.cuh>
#include <hifloat/cuda/memory.cuh>
#include <hifloat/cuda/meters.cuh>
#include <hifloat/cuda/options.cuh>
#include <hifloat/cuda/random_vector.cuh>
#include <hifloat/cuda/spread.cuh>
#include <hifloat/philox.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/simd/element.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE::gpu {

using cuda::DequantizeOptions;
using cuda::QuantizeOptions;

[[nodiscard]] HIFLOAT_HD inline bool is_set(const std::uint32_t* flag) noexcept {
  return flag != nullptr && *flag != 0;
}

/// The multiplication always takes place: it is what makes NaNs quiet.
[[nodiscard]] HIFLOAT_HD inline KernelParams params_of(const QuantizeOptions& options) noexcept {
  const float scale = options.device_scale != nullptr ? *options.device_scale : options.scale;
  KernelParams params({.scale = scale, .clamp = options.clamp}, options.philox);
  params.scaled = true;
  return params;
}

/// A vector is 16 bytes of the larger elements, and four are loaded at once; or eight elements that share random bits,
/// whose generator needs the registers of two.
template <class R, class T>
inline constexpr unsigned vector_width = R::uses_random ? 8 : vector_bytes / sizeof(T);
template <class R>
inline constexpr unsigned batch_of = R::uses_random ? loads_in_flight / 2 : loads_in_flight;

template <class R, class O, class T, class Sink>
struct QuantizeJob {
  using Coder = Encoder<R, O, T, Sink>;
  using Table = typename Coder::Table;
  using Element = T;
  using Random = RandomVector<R::uses_random>;
  static constexpr unsigned width = vector_width<R, T>, batch = batch_of<R>;
  static constexpr bool measures = !std::is_same_v<Sink, MeasureNothing>;
  static_assert(width * batch < 1u << counting_field_bits);

  const T* x;
  std::uint8_t* codes;
  std::uint64_t n;
  QuantizeOptions options;
  Sink sink;

  [[nodiscard]] HIFLOAT_HD bool skipped() const noexcept { return is_set(options.skip); }
  [[nodiscard]] HIFLOAT_HD KernelParams params() const noexcept { return params_of(options); }
  [[nodiscard]] HIFLOAT_HD Spread spread() const noexcept {
    return {reinterpret_cast<std::uintptr_t>(x), sizeof(T), width, n};
  }
  HIFLOAT_HD static void fill(Table& table, const KernelParams& params, unsigned thread, unsigned threads) noexcept {
    Coder::Codec::fill(table, params, thread, threads);
  }

  struct Thread {
    using Vector = Elements<T, width>;
    static constexpr unsigned batch = QuantizeJob::batch;
    const QuantizeJob& job;
    const PhiloxKey& key;
    Coder coder;
    bool aligned, whole_blocks;

    [[nodiscard]] HIFLOAT_HD bool is_regular() const noexcept { return aligned && whole_blocks; }
    template <bool>
    [[nodiscard]] HIFLOAT_HD Vector load(std::uint64_t i) const noexcept {
      return gpu::load<Vector>(job.x + i);
    }
    template <bool Regular>
    HIFLOAT_HD void vector(std::uint64_t i, const Vector& loaded) noexcept {
      store_any(job.codes + i, coder.encode(loaded, job.x + i, Random(key, i, Regular || whole_blocks)),
                Regular || aligned);
    }
    HIFLOAT_HD void single(std::uint64_t i) noexcept {
      job.codes[i] = coder.encode(job.x[i], R::uses_random ? random_bits(key, i) : std::uint16_t{0});
    }
    HIFLOAT_HD void end_of_batch() noexcept { coder.end_of_batch(); }
  };
  HIFLOAT_HD Tally<T, std::uint32_t> run(const Table& table, const KernelParams& params,
                                         const Place& place) const noexcept {
    const Spread all = spread();
    Thread thread{*this, params.key, Coder(table, params), is_aligned<std::uint8_t, width>(codes, all.prefix),
                  Random::are_whole_blocks(params.key, all.prefix)};
    visit(all, place, thread);
    return thread.coder.tally();
  }
};

/// x and y may be the same. `options` have the scale by which x is multiplied; y is multiplied by its inverse.
template <class R, class O, class T>
struct FakeQuantizeJob {
  using Coder = Encoder<R, O, T, MeasureNothing>;
  using Element = T;
  using Random = RandomVector<R::uses_random>;
  static constexpr unsigned width = vector_width<R, T>, batch = batch_of<R>;
  static constexpr bool measures = false;
  struct Table {
    typename Coder::Table encode;
    ValueTable<T> decode;
  };

  const T* x;
  T* y;
  std::uint64_t n;
  QuantizeOptions options;

  [[nodiscard]] HIFLOAT_HD bool skipped() const noexcept { return is_set(options.skip); }
  [[nodiscard]] HIFLOAT_HD KernelParams params() const noexcept { return params_of(options); }
  [[nodiscard]] HIFLOAT_HD Spread spread() const noexcept {
    return {reinterpret_cast<std::uintptr_t>(x), sizeof(T), width, n};
  }
  HIFLOAT_HD static void fill(Table& table, const KernelParams& params, unsigned thread, unsigned threads) noexcept {
    Coder::Codec::fill(table.encode, params, thread, threads);
    table.decode.fill(reciprocal(params.scale), thread, threads);
  }

  struct Thread {
    using Vector = Elements<T, width>;
    static constexpr unsigned batch = FakeQuantizeJob::batch;
    const FakeQuantizeJob& job;
    const PhiloxKey& key;
    const ValueTable<T>& values;
    Coder coder;
    bool aligned, whole_blocks;

    [[nodiscard]] HIFLOAT_HD bool is_regular() const noexcept { return aligned && whole_blocks; }
    template <bool>
    [[nodiscard]] HIFLOAT_HD Vector load(std::uint64_t i) const noexcept {
      return gpu::load<Vector>(job.x + i);
    }
    template <bool Regular>
    HIFLOAT_HD void vector(std::uint64_t i, const Vector& loaded) noexcept {
      const auto rounded = coder.encode(loaded, job.x + i, Random(key, i, Regular || whole_blocks));
      Vector result;
      HIFLOAT_UNROLL
      for (unsigned j = 0; j < width; ++j) result.element[j] = values[rounded.element[j]];
      store_any(job.y + i, result, Regular || aligned);
    }
    HIFLOAT_HD void single(std::uint64_t i) noexcept {
      job.y[i] = values[coder.encode(job.x[i], R::uses_random ? random_bits(key, i) : std::uint16_t{0})];
    }
    HIFLOAT_HD void end_of_batch() const noexcept {}
  };
  HIFLOAT_HD void run(const Table& table, const KernelParams& params, const Place& place) const noexcept {
    const Spread all = spread();
    Thread thread{*this,
                  params.key,
                  table.decode,
                  Coder(table.encode, params),
                  is_aligned<T, width>(y, all.prefix),
                  Random::are_whole_blocks(params.key, all.prefix)};
    visit(all, place, thread);
  }
};

template <class T>
struct DequantizeJob {
  using Table = ValueTable<T>;
  using Element = T;
  static constexpr unsigned width = vector_bytes / sizeof(T), batch = loads_in_flight;
  static constexpr bool measures = false;

  const std::uint8_t* codes;
  T* x;
  std::uint64_t n;
  DequantizeOptions options;

  [[nodiscard]] HIFLOAT_HD bool skipped() const noexcept { return is_set(options.skip); }
  [[nodiscard]] HIFLOAT_HD float params() const noexcept {
    return options.device_inverse_scale != nullptr ? *options.device_inverse_scale : options.inverse_scale;
  }
  [[nodiscard]] HIFLOAT_HD Spread spread() const noexcept {
    return {reinterpret_cast<std::uintptr_t>(x), sizeof(T), width, n};
  }
  HIFLOAT_HD static void fill(Table& table, float scale, unsigned thread, unsigned threads) noexcept {
    table.fill(scale, thread, threads);
  }

  struct Thread {
    using Vector = Elements<std::uint8_t, width>;
    static constexpr unsigned batch = DequantizeJob::batch;
    const DequantizeJob& job;
    const Table& table;
    bool aligned;

    [[nodiscard]] HIFLOAT_HD bool is_regular() const noexcept { return aligned; }
    template <bool Regular>
    [[nodiscard]] HIFLOAT_HD Vector load(std::uint64_t i) const noexcept {
      return load_any<std::uint8_t, width>(job.codes + i, Regular || aligned);
    }
    template <bool>
    HIFLOAT_HD void vector(std::uint64_t i, const Vector& loaded) const noexcept {
      Elements<T, width> result;
      HIFLOAT_UNROLL
      for (unsigned j = 0; j < width; ++j) result.element[j] = table[loaded.element[j]];
      store(job.x + i, result);
    }
    HIFLOAT_HD void single(std::uint64_t i) const noexcept { job.x[i] = table[job.codes[i]]; }
    HIFLOAT_HD void end_of_batch() const noexcept {}
  };
  HIFLOAT_HD void run(const Table& table, float, const Place& place) const noexcept {
    const Spread all = spread();
    Thread thread{*this, table, is_aligned<std::uint8_t, width>(codes, all.prefix)};
    visit(all, place, thread);
  }
};

template <class T>
struct AbsMaxJob {
  struct Table {};
  using Element = T;
  static constexpr unsigned width = vector_bytes / sizeof(T), batch = loads_in_flight;
  static constexpr bool measures = true;

  const T* x;
  std::uint64_t n;
  MergeAmax sink;
  const std::uint32_t* skip;

  [[nodiscard]] HIFLOAT_HD bool skipped() const noexcept { return is_set(skip); }
  [[nodiscard]] HIFLOAT_HD static int params() noexcept { return 0; }
  [[nodiscard]] HIFLOAT_HD Spread spread() const noexcept {
    return {reinterpret_cast<std::uintptr_t>(x), sizeof(T), width, n};
  }
  HIFLOAT_HD static void fill(Table&, int, unsigned, unsigned) noexcept {}

  struct Thread {
    using Vector = Elements<T, width>;
    static constexpr unsigned batch = AbsMaxJob::batch;
    const AbsMaxJob& job;
    Tally<T, std::uint32_t> tally;

    [[nodiscard]] HIFLOAT_HD static bool is_regular() noexcept { return true; }
    template <bool>
    [[nodiscard]] HIFLOAT_HD Vector load(std::uint64_t i) const noexcept {
      return gpu::load<Vector>(job.x + i);
    }
    template <bool>
    HIFLOAT_HD void vector(std::uint64_t, const Vector& loaded) noexcept {
      HIFLOAT_UNROLL
      for (unsigned j = 0; j < width; ++j) tally.add_amax(magnitude_word(loaded.element[j]));
    }
    HIFLOAT_HD void single(std::uint64_t i) noexcept { tally.add_amax(magnitude_word(job.x[i])); }
    HIFLOAT_HD void end_of_batch() const noexcept {}
  };
  HIFLOAT_HD Tally<T, std::uint32_t> run(const Table&, int, const Place& place) const noexcept {
    Thread thread{*this, {}};
    visit(spread(), place, thread);
    return thread.tally;
  }
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE::gpu
