// Expectations about whole tensors: true, or a message about the first element that is wrong.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <hifloat/array.hpp>
#include <hifloat/codec.hpp>
#include <hifloat/config.hpp>
#include <hifloat/diagnostics/numbers.hpp>
#include <hifloat/equal.hpp>
#include <hifloat/error.hpp>
#include <hifloat/formats/grid.hpp>
#include <hifloat/number_text.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/simd/element.hpp>
#include <hifloat/testing/distance.hpp>
#include <hifloat/testing/explain.hpp>
#include <hifloat/testing/printing.hpp>

namespace HIFLOAT_NAMESPACE::testing {

/// For CHECK(expect_...(...)) in doctest, EXPECT_TRUE(e) << e.message() in GoogleTest.
class Expectation {
 public:
  /// It holds.
  HIFLOAT_KEYED Expectation() = default;
  /// It does not, unless the message is empty.
  HIFLOAT_KEYED explicit Expectation(std::string message) : message_(std::move(message)) {}
  /// It holds.
  HIFLOAT_KEYED [[nodiscard]] explicit operator bool() const noexcept { return message_.empty(); }
  /// Empty if it holds.
  HIFLOAT_KEYED [[nodiscard]] const std::string& message() const noexcept { return message_; }
  /// "holds", or the message.
  HIFLOAT_KEYED friend std::ostream& operator<<(std::ostream& out, const Expectation& e) {
    return out << (e ? std::string("holds") : e.message_);
  }

 private:
  std::string message_{};
};

}  // namespace HIFLOAT_NAMESPACE::testing

namespace HIFLOAT_DETAIL_NAMESPACE {

/// An expectation about n elements; `fault(i)` says what is wrong with one, or nothing.
template <class Fault>
[[nodiscard]] testing::Expectation about_all(std::size_t n, Fault fault) {
  std::string first;
  std::size_t faults = 0;
  for (std::size_t i = 0; i < n; ++i) {
    std::string text = fault(i);
    if (text.empty()) continue;
    if (faults++ == 0) first = "element " + std::to_string(i) + ": " + std::move(text);
  }
  if (faults == 0) return {};
  if (faults > 1) first += " (and " + std::to_string(faults - 1) + " more of " + std::to_string(n) + ")";
  return testing::Expectation(std::move(first));
}

/// Whether a scaled and clamped number may have become this code.
template <class R, class O>
[[nodiscard]] bool is_near(const Source& x, hif8<R, O> code) {
  const std::uint32_t magnitude = x.bits & binary32::magnitude_mask;
  if (magnitude == 0) return code.bits() == format::zero;
  const bool overflows = magnitude >= std::uint32_t{binary32::bias + format::max_exponent} << binary32::mantissa_width;
  if (!overflows) {
    const double number = static_cast<double>(bit_cast<float>(x.bits));
    const double error = std::fabs(static_cast<double>(static_cast<float>(code)) - number);
    return error <= testing::error_bound<R>(std::ilogb(number));
  }
  if (!R::uses_random || magnitude >= binary32::infinity) return code.bits() == encode_source<R, O>(x, 0);
  const unsigned sign = x.bits != magnitude ? format::sign_bit : 0u;
  return code.bits() == (sign | format::max) || code.bits() == (sign | O::past_largest);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_TESTING_NAMESPACE {

/// Every element is a value of the format times `inverse_scale`, one multiplication rounded to the element type: what
/// decode and fake_quantize give. NaN and infinity are where the format has them. std::invalid_argument for a scale
/// that is not allowed.
template <QuantizationFormat Code = hif8_t, FloatRange X>
[[nodiscard]] Expectation expect_on_grid(const X& x, float inverse_scale = 1.0f) {
  detail::check(ScaleParams{.scale = inverse_scale});
  using Element = detail::code_t<const X>;
  const auto ordinal_of = [](double number) { return detail::ordinal(static_cast<float>(number)); };
  std::vector<std::int64_t> grid;
  for (const float value : finite_values<Code>()) {
    grid.push_back(
        ordinal_of(detail::to_double(detail::element_from<Element>(detail::multiply(value, inverse_scale)))));
  }
  const auto code_of = [](std::uint32_t bits) { return static_cast<float>(Code(detail::bit_cast<float>(bits))); };
  const bool has_infinity = detail::is_infinite(static_cast<double>(code_of(detail::binary32::infinity)));
  const bool has_nan = detail::is_nan(static_cast<double>(code_of(detail::binary32::quiet_nan)));
  const auto elements = detail::span_of(x);
  return detail::about_all(elements.size(), [&](std::size_t i) -> std::string {
    const double number = detail::to_double(elements[i]);
    const bool is_float = detail::is_equal(static_cast<double>(static_cast<float>(number)), number);
    const bool on_grid = is_float && std::ranges::binary_search(grid, ordinal_of(number));
    const bool fits = detail::is_nan(number) ? has_nan : on_grid || (has_infinity && detail::is_infinite(number));
    if (fits) return {};
    return detail::number_text(number) + " is not on the grid of " + std::string(formats::traits<Code>::name) +
           (detail::is_equal(inverse_scale, 1.0f) ? std::string() : " times " + detail::number_text(inverse_scale));
  });
}

/// Every code is as near to x * scale, limited to the clamp, as its policy promises (error_bound); what rounds past the
/// largest value, infinity and NaN are what the overflow policy says. std::invalid_argument for sizes that differ, a
/// scale or a clamp that is not allowed.
template <FloatRange X, CodeRange Codes>
  requires detail::is_hif8<detail::code_t<const Codes>>
[[nodiscard]] Expectation expect_quantized_near(const X& x, const Codes& codes, ScaleParams params) {
  using Code = detail::code_t<const Codes>;
  using Element = detail::code_t<const X>;
  detail::check(params);
  const auto elements = detail::span_of(x);
  const auto got = detail::span_of(codes);
  if (elements.size() != got.size()) {
    detail::refuse_sizes("hifloat: the tensor and its codes have different sizes: ", elements.size(), " and ",
                         got.size());
  }
  const detail::KernelParams prepared(params);
  return detail::about_all(elements.size(), [&](std::size_t i) -> std::string {
    const detail::Source source = detail::clamped<Element>(detail::scaled_source(elements[i], prepared), prepared);
    if (detail::is_near(source, got[i])) return {};
    std::string text =
        printed(got[i]) + " is too far from " + detail::number_text(detail::bit_cast<float>(source.bits));
    if constexpr (Code::rounding_policy::uses_random) {
      return text;
    } else {
      return text + "; " + explain<Code>(static_cast<float>(detail::to_double(elements[i])), params);
    }
  });
}
/// The same without a clamp.
template <FloatRange X, CodeRange Codes>
  requires detail::is_hif8<detail::code_t<const Codes>>
[[nodiscard]] Expectation expect_quantized_near(const X& x, const Codes& codes, float scale = 1.0f) {
  return expect_quantized_near(x, codes, ScaleParams{.scale = scale});
}

}  // namespace HIFLOAT_TESTING_NAMESPACE
