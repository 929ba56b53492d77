// Whether an accuracy really dropped: the same questions answered by two models.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <ranges>
#include <stdexcept>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>

namespace HIFLOAT_NAMESPACE::diagnostics {

/// Accuracies of two models on the same questions. Only questions that one of them gets right and the other wrong say
/// anything about the difference (McNemar 1947): its standard error is far below that of either accuracy.
struct Retention {
  std::uint64_t questions = 0;
  std::uint64_t lost = 0;       ///< right before, wrong after
  std::uint64_t gained = 0;     ///< wrong before, right after
  double before = 0;            ///< accuracy, 0 to 1
  double after = 0;             ///< accuracy, 0 to 1
  double relative_drop = 0;     ///< (before - after) / before; NaN where `before` is 0
  double standard_error = 0;    ///< of relative_drop, from the pairs; `before` is taken as known
  bool is_within_noise = true;  ///< |relative_drop| below 1.96 standard errors: no drop to speak of at 95 percent
};

}  // namespace HIFLOAT_NAMESPACE::diagnostics

namespace HIFLOAT_DIAGNOSTICS_NAMESPACE {

/// Each element says whether a question was answered correctly, in the same order. Any range of bools or integers (0 is
/// wrong) will do. std::invalid_argument: no questions, or different numbers of them.
template <std::ranges::forward_range Before, std::ranges::forward_range After>
[[nodiscard]] Retention retention(const Before& before, const After& after) {
  Retention r;
  std::uint64_t right_before = 0, right_after = 0;
  auto b = std::ranges::begin(before);
  auto a = std::ranges::begin(after);
  for (; b != std::ranges::end(before) && a != std::ranges::end(after); ++b, ++a) {
    const bool was = static_cast<bool>(*b), is = static_cast<bool>(*a);
    ++r.questions;
    right_before += was;
    right_after += is;
    r.lost += was && !is;
    r.gained += !was && is;
  }
  if (b != std::ranges::end(before) || a != std::ranges::end(after)) {
    HIFLOAT_THROW(std::invalid_argument, "hifloat: before and after have different numbers of questions");
  }
  if (r.questions == 0) HIFLOAT_THROW(std::invalid_argument, "hifloat: there are no questions");

  const auto n = static_cast<double>(r.questions);
  r.before = static_cast<double>(right_before) / n;
  r.after = static_cast<double>(right_after) / n;
  const double difference = static_cast<double>(r.lost) - static_cast<double>(r.gained);
  const double variance = static_cast<double>(r.lost + r.gained) - difference * difference / n;
  if (right_before == 0) {
    r.relative_drop = r.standard_error = std::numeric_limits<double>::quiet_NaN();
    return r;
  }
  r.relative_drop = difference / static_cast<double>(right_before);
  r.standard_error = std::sqrt(variance) / static_cast<double>(right_before);
  r.is_within_noise = !(std::fabs(r.relative_drop) >= 1.96 * r.standard_error && difference != 0);
  return r;
}

}  // namespace HIFLOAT_DIAGNOSTICS_NAMESPACE
