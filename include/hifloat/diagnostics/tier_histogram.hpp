// Where a tensor's values fall in HiF8: in which exponent, and so in which tier of precision, and how many not at all.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <span>
#include <string>

#include <hifloat/array.hpp>
#include <hifloat/bits.hpp>
#include <hifloat/codec.hpp>
#include <hifloat/config.hpp>
#include <hifloat/format.hpp>
#include <hifloat/number_text.hpp>
#include <hifloat/simd/dispatch.hpp>
#include <hifloat/simd/element.hpp>
#include <hifloat/simd/exponent_classes.hpp>

namespace HIFLOAT_NAMESPACE::diagnostics {

/// Counts over the elements x of tensors. Each element counts once: as zero, flushed, overflowed or non-finite, or
/// under the exponent of the HiF8 value that x * scale becomes.
class TierHistogram {
 public:
  static constexpr int min_exponent = format::min_exponent,  ///< -22
      max_exponent = format::max_exponent;                   ///< 15
  static constexpr int tiers = 4;                            ///< 0 to 3 mantissa bits

  /// Nothing counted.
  HIFLOAT_KEYED TierHistogram() = default;

  /// Adds the elements of x under a scale and the policies of `Code`, in one pass; on several cores where x is
  /// on(executor, ...). Errors are those of quantize, before anything is counted.
  template <class Code = hif8_t, FloatRange X>
    requires(detail::is_hif8<Code>&& DeterministicCode<Code>)
  HIFLOAT_KEYED void add(const X& x, ScaleParams params);
  /// The same without a clamp.
  template <class Code = hif8_t, FloatRange X>
    requires(detail::is_hif8<Code>&& DeterministicCode<Code>)
  HIFLOAT_KEYED void add(const X& x, float scale = 1.0f) { add<Code>(x, ScaleParams{.scale = scale}); }

  HIFLOAT_KEYED [[nodiscard]] std::uint64_t count() const noexcept { return count_; }  ///< elements
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t zero() const noexcept { return zero_; }    ///< x is 0
  /// Finite nonzero x that became 0.
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t flushed() const noexcept { return flushed_; }
  /// Finite x whose |x * scale| exceeds the clamp or rounds past 2^15.
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t overflowed() const noexcept { return overflowed_; }
  /// x is infinite or NaN.
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t non_finite() const noexcept { return non_finite_; }
  /// Values in [2^exponent, 2^(exponent+1)); 0 for an exponent that HiF8 does not have.
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t at_exponent(int exponent) const noexcept {
    return exponent < min_exponent || exponent > max_exponent ? 0 : exponents_[index(exponent)];
  }
  /// Values that keep so many mantissa bits: 3 where |E| <= 3, 2 up to 7, 1 up to 15, 0 below 2^-15.
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t in_tier(int mantissa_bits) const noexcept {
    std::uint64_t sum = 0;
    for (int e = min_exponent; e <= max_exponent; ++e) {
      if (format::mantissa_width(e) == mantissa_bits) sum += exponents_[index(e)];
    }
    return sum;
  }

  /// Merges, in any order with the same result.
  HIFLOAT_KEYED TierHistogram& operator+=(const TierHistogram& other) noexcept {
    count_ += other.count_;
    zero_ += other.zero_;
    flushed_ += other.flushed_;
    overflowed_ += other.overflowed_;
    non_finite_ += other.non_finite_;
    for (std::size_t i = 0; i < exponents_.size(); ++i) exponents_[i] += other.exponents_[i];
    return *this;
  }
  /// Both merged.
  HIFLOAT_KEYED [[nodiscard]] friend TierHistogram merged(TierHistogram a, const TierHistogram& b) noexcept {
    return a += b;
  }
  /// Count by count.
  HIFLOAT_KEYED [[nodiscard]] friend bool operator==(const TierHistogram&, const TierHistogram&) = default;

 private:
  HIFLOAT_KEYED [[nodiscard]] static constexpr std::size_t index(int exponent) noexcept {
    return static_cast<std::size_t>(exponent - min_exponent);
  }
  template <class Rounding, class T>
  HIFLOAT_KEYED void add_part(std::span<const T> x, const ScaleParams& params);
  /// What a clamp made of the elements that it stopped: this code, of so many finite ones.
  struct Clamped {
    std::uint8_t code;
    std::uint64_t finite;
  };
  template <class Code, class T>
  HIFLOAT_KEYED void add_block(std::span<const T> x, std::span<const Code> codes,
                               const std::optional<Clamped>& clamped);

  std::uint64_t count_ = 0, zero_ = 0, flushed_ = 0, overflowed_ = 0, non_finite_ = 0;
  std::array<std::uint64_t, max_exponent - min_exponent + 1> exponents_{};
};

template <class Rounding, class T>
void TierHistogram::add_part(std::span<const T> x, const ScaleParams& params) {
  constexpr std::size_t block = 32768;
  using Code = hif8<Rounding, overflow::Infinity>;  // what overflows has a code of its own
  Code codes[block];
  const bool is_clamped = detail::bit_cast<std::uint32_t>(params.clamp) != detail::binary32::infinity;
  // Of an infinite x; as bits, since clang takes for granted that -ffast-math sees none.
  const detail::Source stopped = detail::clamped<T>({detail::binary32::infinity, 0}, detail::KernelParams(params));
  const std::uint8_t clamp = detail::encode_source<Rounding, overflow::Infinity>(stopped, 0);
  for (std::size_t first = 0; first < x.size(); first += block) {
    const auto part = x.subspan(first, (std::min)(block, x.size() - first));
    const std::span<Code> out(codes, part.size());
    std::optional<Clamped> clamped;
    if (is_clamped) {
      clamped = {clamp, quantize(part, out, params).overflowed};
    } else {
      encode(part, out, params);
    }
    add_block<Code, T>(part, out, clamped);
  }
}

template <class Code, class T>
void TierHistogram::add_block(std::span<const T> x, std::span<const Code> codes,
                              const std::optional<Clamped>& clamped) {
  using Word = detail::Word<storage_t<T>>;
  std::uint64_t counts[detail::exponent_classes] = {};
  detail::kernel<detail::CountExponentsKernel>()(detail::raw(codes.data()), codes.size(), counts);
  std::uint32_t infinite = 0, nan = 0, zero = 0;  // of x: codes alone don't tell them from what became like them
  if (clamped || counts[detail::infinity_class] + counts[detail::zero_class] != 0) {
    for (const T& element : x) {
      const auto magnitude = detail::magnitude_word(element);
      infinite += magnitude == Word::infinity;
      nan += magnitude > Word::infinity;
      zero += magnitude == 0;
    }
  }
  if (clamped) {  // under the clamp's exponent, or infinity's, are those that it stopped
    counts[detail::exponent_class.of_code[clamped->code]] -= clamped->finite + infinite;
    overflowed_ += clamped->finite;
  } else {
    overflowed_ += counts[detail::infinity_class] - infinite;
  }
  for (unsigned i = 0; i < detail::zero_class; ++i) {
    if (i != detail::infinity_class) exponents_[index(detail::exponent_class.exponent[i])] += counts[i];
  }
  count_ += x.size();
  zero_ += zero;
  flushed_ += counts[detail::zero_class] - zero - nan;
  non_finite_ += infinite + nan;
}

template <class Code, FloatRange X>
  requires(detail::is_hif8<Code>&& DeterministicCode<Code>)
void TierHistogram::add(const X& x, ScaleParams params) {
  detail::check(params);
  const std::span<const detail::code_t<const X>> all = detail::span_of(x);
  *this += detail::in_pieces(detail::executor_of(x), all.size(), all.data(), sizeof(all[0]),
                             [&](std::size_t first, std::size_t n) {
                               TierHistogram part;
                               part.add_part<typename Code::rounding_policy>(all.subspan(first, n), params);
                               return part;
                             });
}

/// A table: tiers, exponents that occur, and what is outside, in percent.
HIFLOAT_KEYED inline std::ostream& operator<<(std::ostream& out, const TierHistogram& h) {
  const auto line = [&](std::string label, std::uint64_t n) {
    const double share = h.count() == 0 ? 0 : static_cast<double>(n) / static_cast<double>(h.count());
    const std::string number = detail::number_text(n), percent = detail::fixed_text(100 * share, 3);
    label.resize(std::max<std::size_t>(label.size(), 22), ' ');
    label.append(number.size() < 14 ? 14 - number.size() : 0, ' ').append(number);
    label.append(percent.size() < 9 ? 9 - percent.size() : 0, ' ').append(percent).append(" %");
    if (share >= 0.0125) label.append("  ").append(static_cast<std::size_t>(std::lround(40 * share)), '#');
    label += '\n';
    out.write(label.data(), static_cast<std::streamsize>(label.size()));  // whatever the stream's flags are
  };
  for (int bits = TierHistogram::tiers; bits-- != 0;) {
    line(std::to_string(bits) + (bits == 1 ? " mantissa bit" : " mantissa bits"), h.in_tier(bits));
    for (int e = TierHistogram::max_exponent; e >= TierHistogram::min_exponent; --e) {
      if (format::mantissa_width(e) == bits && h.at_exponent(e) != 0)
        line("  2^" + std::to_string(e), h.at_exponent(e));
    }
  }
  line("zero", h.zero());
  line("flushed to zero", h.flushed());
  line("overflowed", h.overflowed());
  line("not finite", h.non_finite());
  return out;
}

}  // namespace HIFLOAT_NAMESPACE::diagnostics
