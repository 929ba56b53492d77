// Learning rates by step. Schedules are small values, made of each other:
//
//   using namespace hifloat::qat::schedule;
//   const Sequence rate(LinearWarmup{3e-4, 100}, Cosine(3e-4, 900, 0.1));   // 100 steps up, 900 down to a tenth
//   const WarmDown trapezoid(Sequence(LinearWarmup{1e-3, 50}, Constant{1e-3, 950}), 0.2);   // the last 200 to zero
//   optimiser.step(gradients, rate(step));
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <tuple>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/scaling/options.hpp>

/// Learning rates by step.
namespace HIFLOAT_NAMESPACE::qat::schedule {

/// The number of steps of a schedule that has no end.
inline constexpr std::uint64_t forever = (std::numeric_limits<std::uint64_t>::max)();

/// The contract of a schedule:
///  - `steps`: how many it lasts, counted from 0;
///  - `double operator()(std::uint64_t step) const`: the rate of any step, also of those past its end.
template <class S>
concept Schedule = std::copy_constructible<S> && requires(const S& schedule, std::uint64_t step) {
  { schedule.steps } -> std::convertible_to<std::uint64_t>;
  { schedule(step) } -> std::convertible_to<double>;
};

/// One rate.
struct Constant {
  double rate = 0;                ///< of every step
  std::uint64_t steps = forever;  ///< that it lasts

  /// The rate.
  HIFLOAT_KEYED [[nodiscard]] constexpr double operator()(std::uint64_t) const noexcept { return rate; }
};

/// rate * (step + 1) / steps: the first step already moves, the last one has the whole rate, and so have all after it.
struct LinearWarmup {
  double rate = 0;          ///< of the last step
  std::uint64_t steps = 0;  ///< that it takes; 0: the rate is there at once

  /// The rate of a step, counted from 0.
  HIFLOAT_KEYED [[nodiscard]] constexpr double operator()(std::uint64_t step) const noexcept {
    return step < steps ? rate * (static_cast<double>(step + 1) / static_cast<double>(steps)) : rate;
  }
};

/// Half a cosine from `rate` at step 0 to rate * last_share at step `steps`, where it stays:
///   rate * ((1 + last_share) / 2 + (1 - last_share) / 2 * cos(pi * step / steps)).
/// Computed in Real. Source: Loshchilov, Hutter, "SGDR" (ICLR 2017), equation 5, without restarts.
template <std::floating_point Real = double>
struct Cosine {
  Real rate = 0;            ///< of step 0
  std::uint64_t steps = 0;  ///< that it takes; 0: the last share is there at once
  Real last_share = 0;      ///< of the rate, at the end

  HIFLOAT_KEYED constexpr Cosine() = default;
  /// In the order of the members. The rate alone says what Real is.
  HIFLOAT_KEYED constexpr Cosine(Real first_rate, std::uint64_t step_count,
                                 std::type_identity_t<Real> share_left = 0) noexcept
      : rate(first_rate), steps(step_count), last_share(share_left) {}

  /// The rate of a step, counted from 0.
  HIFLOAT_KEYED [[nodiscard]] double operator()(std::uint64_t step) const noexcept {
    const Real pi = std::numbers::pi_v<Real>;
    const Real turn = step < steps ? pi * static_cast<Real>(step) / static_cast<Real>(steps) : pi;
    return static_cast<double>(rate * ((1 + last_share) / 2 + (1 - last_share) / 2 * std::cos(turn)));
  }
};

/// One schedule after the other, each from its own step 0 on. Past the end the last one goes on.
template <Schedule... S>
class Sequence {
  static_assert(sizeof...(S) > 0);

 public:
  /// In this order. After one that lasts forever no other has its turn.
  HIFLOAT_KEYED constexpr explicit Sequence(const S&... parts) noexcept : parts_(parts...) {
    const auto add = [this](std::uint64_t more) { steps = more < forever - steps ? steps + more : forever; };
    (add(parts.steps), ...);
  }

  /// The rate of a step, counted from the first one's step 0.
  HIFLOAT_KEYED [[nodiscard]] constexpr double operator()(std::uint64_t step) const noexcept { return rate<0>(step); }

  std::uint64_t steps = 0;  ///< of all of them; at most `forever`

 private:
  template <std::size_t Index>
  HIFLOAT_KEYED [[nodiscard]] constexpr double rate(std::uint64_t step) const noexcept {
    const auto& part = std::get<Index>(parts_);
    if constexpr (Index + 1 < sizeof...(S)) {
      if (step >= part.steps) return rate<Index + 1>(step - part.steps);
    }
    return part(step);
  }

  std::tuple<S...> parts_;
};

/// Any schedule, led to zero in a straight line over the last `fraction` of its steps (that many, rounded to nearest,
/// n): times 1, (n - 1) / n ... 1 / n, and 0 from its end on; with an n of 0 it stays as it is. A fraction outside [0,
/// 1], and a schedule of 2^53 steps or more, are std::invalid_argument.
template <Schedule S>
class WarmDown {
 public:
  /// Errors as above; NaN lies outside [0, 1] too.
  HIFLOAT_KEYED constexpr WarmDown(const S& schedule, double fraction) : steps(schedule.steps), schedule_(schedule) {
    if (detail::bit_cast<std::uint64_t>(fraction) << 1 != 0 && !detail::is_share(fraction)) {
      HIFLOAT_THROW(std::invalid_argument, "hifloat: the fraction of a warm-down must lie in [0, 1]");
    }
    if (steps >> 53 != 0) {
      HIFLOAT_THROW(std::invalid_argument, "hifloat: a warm-down needs a schedule with an end, before 2^53 steps");
    }
    const double last = fraction * static_cast<double>(steps);
    last_ = static_cast<std::uint64_t>(last);
    if (last - static_cast<double>(last_) >= 0.5) ++last_;
  }

  /// The rate of a step, counted from 0.
  HIFLOAT_KEYED [[nodiscard]] constexpr double operator()(std::uint64_t step) const noexcept {
    if (last_ == 0 || step < steps - last_) return schedule_(step);
    if (step >= steps) return 0;
    return schedule_(step) * (static_cast<double>(steps - step) / static_cast<double>(last_));
  }

  std::uint64_t steps;  ///< of the schedule

 private:
  S schedule_;
  std::uint64_t last_ = 0;  ///< steps of the way down
};

}  // namespace HIFLOAT_NAMESPACE::qat::schedule
