// What is measured while numbers are quantized: nothing, the amax, or all of QuantizeStats.
#pragma once

#include <cstdint>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/codec.hpp>
#include <hifloat/config.hpp>
#include <hifloat/cuda/codec_tables.cuh>
#include <hifloat/cuda/memory.cuh>
#include <hifloat/cuda/options.cuh>
#include <hifloat/overflow.hpp>
#include <hifloat/simd/element.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE::gpu {

struct MeasureNothing {};
using cuda::MergeAmax;
using cuda::MergeStats;

/// A thread's tally, ready to be summed up.
template <class T>
[[nodiscard]] HIFLOAT_HD constexpr Tally<T, std::uint64_t> total_of(const Tally<T, std::uint32_t>& t) noexcept {
  return {t.overflowed, t.demoted, t.flushed_to_zero, t.non_finite, t.amax};
}
/// The sum of two threads' tallies.
template <class T>
[[nodiscard]] HIFLOAT_HD constexpr Tally<T, std::uint64_t> merged(Tally<T, std::uint64_t> a,
                                                                  const Tally<T, std::uint64_t>& b) noexcept {
  a.add_amax(b.amax);
  a.overflowed += b.overflowed;
  a.demoted += b.demoted;
  a.flushed_to_zero += b.flushed_to_zero;
  a.non_finite += b.non_finite;
  return a;
}

template <class T>
[[nodiscard]] HIFLOAT_HD std::uint32_t amax_bits(const Tally<T, std::uint64_t>& total) noexcept {
  return bit_cast<std::uint32_t>(amax_from_word<T>(total.amax));
}

/// Puts a block's total where the user wants it; `elements` are those of the call for one block, none for the others.
template <class T>
HIFLOAT_HD void deliver(const MergeAmax& sink, const Tally<T, std::uint64_t>& total, std::uint64_t) noexcept {
  merge_max(sink.amax_bits, amax_bits(total));
}
template <class T>
HIFLOAT_HD void deliver(const MergeStats& sink, const Tally<T, std::uint64_t>& total, std::uint64_t elements) noexcept {
  merge_max(reinterpret_cast<std::uint32_t*>(&sink.stats->amax), amax_bits(total));
  merge_sum(&sink.stats->count, elements);
  merge_sum(&sink.stats->overflowed, total.overflowed);
  merge_sum(&sink.stats->demoted, total.demoted);
  merge_sum(&sink.stats->flushed_to_zero, total.flushed_to_zero);
  merge_sum(&sink.stats->non_finite, total.non_finite);
  if (sink.amax_bits != nullptr) merge_max(sink.amax_bits, amax_bits(total));
}

/// Encodes one thread's elements, one after the other or a vector at a time (with where it was loaded from), and
/// measures them.
template <class R, class O, class T, class Sink>
class Encoder {
  static constexpr bool counts = std::is_same_v<Sink, MergeStats>;

 public:
  using Codec = TableCodec<R, std::conditional_t<counts, overflow::Infinity, O>>;
  using Table = typename Codec::Table;

  HIFLOAT_HD Encoder(const Table& table, const KernelParams& params) noexcept : table_(table), params_(params) {}

  [[nodiscard]] HIFLOAT_HD std::uint8_t encode(T x, std::uint16_t random) noexcept {
    const Source scaled = scaled_source(x, params_);
    const Source limited = Codec::clamps ? scaled : clamped<T>(scaled, params_);
    const std::uint8_t code = Codec::encode(table_, limited, random);
    if constexpr (!std::is_same_v<Sink, MeasureNothing>) tally_.add_amax(magnitude_word(x));
    if constexpr (counts) {
      tally_.add_counts(magnitude_word(x), scaled.bits & binary32::magnitude_mask, params_.clamp_bits,
                        hif8_demoted_from, format::is_infinite(code), apply_overflow<O>(code) == format::zero);
      return apply_overflow<O>(code);
    }
    return code;
  }
  template <unsigned Count, class Random>
  [[nodiscard]] HIFLOAT_HD Elements<std::uint8_t, Count> encode(const Elements<T, Count>& x, const T*,
                                                                const Random& random) noexcept {
    Elements<std::uint8_t, Count> codes;
    HIFLOAT_UNROLL
    for (unsigned j = 0; j < Count; ++j) codes.element[j] = encode(x.element[j], random[j]);
    return codes;
  }
  /// After at most `batch` vectors.
  HIFLOAT_HD void end_of_batch() noexcept {}
  [[nodiscard]] HIFLOAT_HD const Tally<T, std::uint32_t>& tally() const noexcept { return tally_; }

 private:
  const Table& table_;
  const KernelParams& params_;
  Tally<T, std::uint32_t> tally_;
};

/// All counts by the sum of the table's entries. What an entry can't know are numbers that aren't zero in the cell of
/// zero, those above the clamp in the clamp's cell, and finite ones whose product is infinite: the first two are
/// counted beside it, and a vector with one of the last kind is counted again, element by element.
template <class R, class O, class T>
  requires(decided_by_top_bits<R>)
class Encoder<R, O, T, MergeStats> {
 public:
  using Codec = CountingCodec<R, O>;
  using Table = typename Codec::Table;

  HIFLOAT_HD Encoder(const Table& table, const KernelParams& params) noexcept : table_(table), params_(params) {}

  [[nodiscard]] HIFLOAT_HD std::uint8_t encode(T x, std::uint16_t) noexcept {
    tally_.add_amax(magnitude_word(x));
    count(x);
    return Codec::code_of(Codec::entry(table_, scaled_source(x, params_).bits));
  }
  template <unsigned Count, class Random>
  [[nodiscard]] HIFLOAT_HD Elements<std::uint8_t, Count> encode(const Elements<T, Count>& x, const T* memory,
                                                                const Random&) noexcept {
    Elements<std::uint8_t, Count> codes;
    std::uint32_t sum = 0, zeros = 0;
    HIFLOAT_UNROLL
    for (unsigned j = 0; j < Count; ++j) {
      const std::uint32_t entry = Codec::entry(table_, scaled_source(x.element[j], params_).bits);
      sum += entry;
      zeros += magnitude_word(x.element[j]) == 0;
      tally_.add_amax(magnitude_word(x.element[j]));
      codes.element[j] = Codec::code_of(entry);
    }
    if (Codec::count_of(sum, Codec::non_finite) != 0) {
      HIFLOAT_KEEP_ROLLED
      for (unsigned j = 0; j < Count; ++j) count(memory[j]);
      return codes;
    }
    sum_ += sum;
    zeros_ += zeros;
    if (params_.clamp_bits != binary32::infinity) {
      HIFLOAT_UNROLL
      for (unsigned j = 0; j < Count; ++j) tally_.overflowed += scaled_magnitude(x.element[j]) > params_.clamp_bits;
    }
    return codes;
  }
  HIFLOAT_HD void end_of_batch() noexcept {
    tally_.overflowed += Codec::count_of(sum_, Codec::past_largest);
    tally_.demoted += Codec::count_of(sum_, Codec::demoted);
    tally_.flushed_to_zero += Codec::count_of(sum_, Codec::zero) - zeros_;
    sum_ = zeros_ = 0;
  }
  [[nodiscard]] HIFLOAT_HD const Tally<T, std::uint32_t>& tally() const noexcept { return tally_; }

 private:
  [[nodiscard]] HIFLOAT_HD std::uint32_t scaled_magnitude(T x) const noexcept {
    return scaled_source(x, params_).bits & binary32::magnitude_mask;
  }
  HIFLOAT_HD void count(T x) noexcept {
    const std::uint32_t entry = Codec::entry(table_, scaled_source(x, params_).bits);
    tally_.add_counts(magnitude_word(x), scaled_magnitude(x), params_.clamp_bits, hif8_demoted_from,
                      Codec::count_of(entry, Codec::past_largest) != 0, Codec::code_of(entry) == format::zero);
  }

  const Table& table_;
  const KernelParams& params_;
  Tally<T, std::uint32_t> tally_;
  std::uint32_t sum_ = 0, zeros_ = 0;
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE::gpu
