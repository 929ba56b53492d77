// How a gradient passes a rounding, whose own derivative is zero almost everywhere.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <vector>

#include <hifloat/array.hpp>
#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/philox.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_NAMESPACE::qat {

/// One bit for each element of a tensor: set where the gradient passes.
class PassMask {
 public:
  /// All of `size` elements pass.
  HIFLOAT_KEYED void assign(std::size_t size) {
    size_ = size;
    words_.assign(size / 64 + (size % 64 != 0), ~std::uint64_t{0});
  }
  /// Element i, which must be there, doesn't pass.
  HIFLOAT_KEYED void block(std::size_t i) noexcept { words_[i / 64] &= ~(std::uint64_t{1} << i % 64); }

  /// In elements; 0 of a mask that was moved from.
  HIFLOAT_KEYED [[nodiscard]] std::size_t size() const noexcept { return words_.empty() ? 0 : size_; }
  /// Whether element i, which must be there, passes.
  HIFLOAT_KEYED [[nodiscard]] bool passes(std::size_t i) const noexcept { return (words_[i / 64] >> i % 64 & 1) != 0; }
  /// Calls f(i) for each element that doesn't pass.
  template <class F>
  HIFLOAT_KEYED void for_each_blocked(const F& f) const {
    for (std::size_t first = 0; first < size(); first += 64) {
      if (words_[first / 64] == ~std::uint64_t{0}) continue;
      const std::size_t end = (std::min)(size(), first + 64);
      for (std::size_t i = first; i < end; ++i) {
        if (!passes(i)) f(i);
      }
    }
  }

 private:
  std::vector<std::uint64_t> words_{};
  std::size_t size_ = 0;
};

}  // namespace HIFLOAT_NAMESPACE::qat

namespace HIFLOAT_DETAIL_NAMESPACE {

inline void check_gradient_size(std::size_t gradient, std::size_t quantized) {
  if (gradient == quantized) return;
  refuse_sizes("hifloat: a gradient of ", gradient, " elements for ", quantized, " that were quantized");
}

/// Blocks in `mask` what quantizing counts as overflowed or not finite, among `count` elements from `first` on. Parts
/// of 4096 elements are asked; of those that have any, parts of 64, and of those each element.
template <class Code, std::size_t Part = 4096, class T, class... Key>
void block_overflow(qat::PassMask& mask, std::span<const T> x, std::size_t first, std::size_t count,
                    const ScaleParams& params, const Key&... key) {
  std::array<Code, Part> codes;
  for (std::size_t begin = first; begin < first + count; begin += Part) {
    const std::size_t n = (std::min)(Part, first + count - begin);
    const QuantizeStats stats =
        quantize(x.subspan(begin, n), std::span<Code>(codes.data(), n), params, starting_at(key, begin)...);
    if (stats.overflowed + stats.non_finite == 0) continue;
    if constexpr (Part == 1) {
      mask.block(begin);
    } else {
      block_overflow<Code, Part == 64 ? 1 : 64>(mask, x, begin, n, params, key...);
    }
  }
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

/// Gradient policies: what backward makes of a rounding.
namespace HIFLOAT_NAMESPACE::qat::gradient {

/// The contract of a gradient policy, of which each FakeQuantizer has one:
///  - `keep<Code>(scaler, x, key...)`: x is about to be quantized by this scaler (with these random bits);
///  - `keep_all(n)`: n elements are about to pass unquantized;
///  - `backward(output_gradient, input_gradient)`, const: of those elements. The ranges have one size, and may be one
///    range.
template <class P>
concept GradientPolicy = std::default_initializable<P> &&
    requires(P& policy, const P& kept, std::size_t n, std::span<const float> output, std::span<float> input) {
  policy.keep_all(n);
  kept.backward(output, input);
};

/// The gradient as it is: rounding counts as the identity. Source: Bengio, Leonard, Courville, "Estimating or
/// propagating gradients through stochastic neurons" (2013).
struct StraightThrough {
  /// Nothing is kept.
  /// @{
  template <class Code, class Scaler, class X, class... Key>
  HIFLOAT_KEYED void keep(const Scaler&, const X&, const Key&...) noexcept {}
  HIFLOAT_KEYED void keep_all(std::size_t) noexcept {}
  /// @}
  /// A copy; none where both ranges are one. Sizes that differ, or an overlap in part, are std::invalid_argument.
  template <class G, class D>
  HIFLOAT_KEYED void backward(const G& output_gradient, D&& input_gradient) const {
    detail::copy_array(output_gradient, input_gradient);
  }
};

/// The same, but 0 where the value could not follow: where |x * scale| exceeds the clamp or rounds past the format's
/// largest value, and where x is infinite or NaN. These are the elements that the stats of the forward pass count as
/// overflowed and non_finite, under the scale (and the random bits) of that pass: a commit in between changes nothing.
/// Keeps a bit for each element, and costs a second look at x.
class ClippedStraightThrough {
 public:
  /// Quantizes x once more, under the scale (and the random bits) of the pass that follows. In Calibrate mode all pass.
  template <class Code, class Scaler, class X, class... Key>
  HIFLOAT_KEYED void keep(const Scaler& scaler, const X& x, const Key&... key) {
    const auto elements = std::span<const detail::code_t<const X>>(detail::span_of(x));
    mask_.assign(elements.size());
    if (scaler.mode() == ScalingMode::Calibrate) return;
    detail::block_overflow<Code>(mask_, elements, 0, elements.size(), scaler.params_for(x), key...);
  }
  HIFLOAT_KEYED void keep_all(std::size_t n) { mask_.assign(n); }  ///< all of n elements pass
  /// A copy with zeros. Another number of elements than was kept, or an overlap in part, is std::invalid_argument.
  template <class G, class D>
  HIFLOAT_KEYED void backward(const G& output_gradient, D&& input_gradient) const {
    detail::check_gradient_size(detail::span_of(output_gradient).size(), mask_.size());
    detail::copy_array(output_gradient, input_gradient);
    const auto gradient = detail::span_of(input_gradient);
    mask_.for_each_blocked([&](std::size_t i) { gradient[i] = detail::code_t<D>{}; });
  }

  /// Of the elements that were kept.
  HIFLOAT_KEYED [[nodiscard]] const PassMask& mask() const noexcept { return mask_; }

 private:
  PassMask mask_{};
};

}  // namespace HIFLOAT_NAMESPACE::qat::gradient

namespace HIFLOAT_NAMESPACE::qat {
using gradient::GradientPolicy;
}
