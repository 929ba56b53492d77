// What a few seeds say: estimates with their intervals.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace common {

/// The quantile of Student's t distribution at `probability`, within (0, 1). NaN at 0 degrees of freedom.
[[nodiscard]] double student_quantile(double probability, std::size_t degrees_of_freedom);

/// A figure measured with normally distributed noise, of whose size the same data told.
struct Estimate {
  double value = 0;
  double standard_error = 0;  ///< NaN where there are no degrees of freedom to tell it
  std::size_t degrees_of_freedom = 0;

  /// value / standard_error; infinite or NaN without noise.
  [[nodiscard]] double z() const { return value / standard_error; }
  /// Half the width of the interval around the value, by default the 95 % one.
  [[nodiscard]] double half_width(double confidence = 0.95) const {
    return student_quantile((1 + confidence) / 2, degrees_of_freedom) * standard_error;
  }
  [[nodiscard]] double low() const { return value - half_width(); }
  [[nodiscard]] double high() const { return value + half_width(); }
  [[nodiscard]] bool contains(double x) const { return low() <= x && x <= high(); }
};

/// "0.012 ±0.004", with the 95 % interval; without it where there is none.
[[nodiscard]] std::string estimate_text(const Estimate& estimate, int decimals);

/// Of at least one value; throws std::invalid_argument.
[[nodiscard]] Estimate mean(std::span<const double> values);

/// Mean of a[i] - b[i], as of two variants with the same seed i. Throws std::invalid_argument where they are not as
/// many.
[[nodiscard]] Estimate paired_difference(std::span<const double> a, std::span<const double> b);

/// The least squares line y = intercept + slope x.
class LineFit {
 public:
  /// Throws std::invalid_argument where x and y are not as many, or fewer than two x differ.
  LineFit(std::span<const double> x, std::span<const double> y);

  [[nodiscard]] Estimate intercept() const;
  [[nodiscard]] Estimate slope() const { return slope_; }
  /// Of a new observation at x, or the mean of several: its 95 % interval is the prediction interval.
  [[nodiscard]] Estimate prediction(double x, std::size_t observations = 1) const;

 private:
  /// The line's height at x, and its standard error with further noise of so many variances of an observation.
  [[nodiscard]] Estimate at(double x, double noise) const;

  double points_ = 0, mean_x_ = 0, mean_y_ = 0;
  double spread_x_ = 0;   // sum of squares around the mean
  double deviation_ = 0;  // standard deviation of an observation from the line
  Estimate slope_;
};

/// What a factor does, or what several do together beyond what each does.
struct Effect {
  std::string name;  ///< the factors, with " x " between them
  Estimate estimate;
};

/// Main effects and all interactions of a full factorial design with two levels, those of fewer factors first.
/// cells[c][s] is the result with seed s where factor f is at its high level if bit f of c is set. An effect is the
/// mean of the results in which an even number of its factors is low, minus that of the others, taken seed by seed: so
/// its interval is its own, whatever seeds do to other effects. Throws std::invalid_argument where there are not
/// 2^factors cells of one size, at least 1.
[[nodiscard]] std::vector<Effect> factorial_effects(const std::vector<std::string>& factors,
                                                    const std::vector<std::vector<double>>& cells);

}  // namespace common
