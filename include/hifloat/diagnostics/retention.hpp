// Whether an accuracy really dropped: the same questions answered by two models.
#pragma once

#include <cmath>
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
  std::uint64_t questions = 0;  ///< asked of both
  std::uint64_t lost = 0;       ///< right before, wrong after
  std::uint64_t gained = 0;     ///< wrong before, right after
  double before = 0;            ///< accuracy, 0 to 1
  double after = 0;             ///< accuracy, 0 to 1
  double relative_drop = 0;     ///< (before - after) / before; NaN where `before` is 0
  double standard_error = 0;    ///< of relative_drop, from the pairs; `before` is taken as known
  /// Two models of equal accuracy would differ as much in one of twenty cases or more (McNemar's test, exact for up to
  /// 50 questions that tell them apart): no drop to speak of. True where `before` is 0, from which nothing drops.
  bool is_within_noise = true;
};

}  // namespace HIFLOAT_NAMESPACE::diagnostics

namespace HIFLOAT_DETAIL_NAMESPACE {

/// Whether a coin that was thrown a + b times may be fair, at 95 percent.
[[nodiscard]] inline bool may_be_fair(std::uint64_t a, std::uint64_t b) noexcept {
  const auto n = static_cast<double>(a + b), fewer = static_cast<double>(a < b ? a : b);
  if (n > 50) return n - 2 * fewer <= 1.96 * std::sqrt(n);
  double ways = 1, tail = 0;  // of k heads, and of at most `fewer`
  for (double k = 0; k <= fewer; ++k) {
    tail += ways;
    ways *= (n - k) / (k + 1);
  }
  return 2 * std::ldexp(tail, -static_cast<int>(n)) > 0.05;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

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
    detail::refuse_sizes("hifloat: before and after have different numbers of questions: one has ", r.questions,
                         ", the other more");
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
  r.is_within_noise = detail::may_be_fair(r.lost, r.gained);
  return r;
}

}  // namespace HIFLOAT_DIAGNOSTICS_NAMESPACE
