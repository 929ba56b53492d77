#include "statistics.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <numbers>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "format_number.hpp"
#include "mean_spread.hpp"

namespace common {
namespace {

/// The probability that |t| is below tan(angle) sqrt(degrees): Abramowitz & Stegun 26.7.3 and 26.7.4, whose sums have
/// positive terms only.
double student_inside(double angle, std::size_t degrees) {
  const bool odd = degrees % 2 == 1;
  const double squared = std::cos(angle) * std::cos(angle);
  double term = odd ? std::cos(angle) : 1, sum = 0;
  for (std::size_t i = odd ? 1 : 0; i + 2 <= degrees; i += 2) {
    sum += term;
    term *= squared * static_cast<double>(i + 1) / static_cast<double>(i + 2);
  }
  const double part = std::sin(angle) * sum;
  return odd ? (angle + part) * 2 / std::numbers::pi : part;
}

double standard_error(double variance, std::size_t degrees) {
  return degrees == 0 ? std::numeric_limits<double>::quiet_NaN() : std::sqrt(variance);
}

}  // namespace

double student_quantile(double probability, std::size_t degrees_of_freedom) {
  if (degrees_of_freedom == 0) return std::numeric_limits<double>::quiet_NaN();
  const double inside = std::fabs(2 * probability - 1);
  double low = 0, high = std::numbers::pi / 2;
  while (true) {
    const double angle = (low + high) / 2;
    if (angle == low || angle == high) break;
    (student_inside(angle, degrees_of_freedom) < inside ? low : high) = angle;
  }
  return std::copysign(std::tan(low) * std::sqrt(static_cast<double>(degrees_of_freedom)), probability - 0.5);
}

std::string estimate_text(const Estimate& estimate, int decimals) {
  const std::string text = format_fixed(estimate.value, decimals);
  return estimate.degrees_of_freedom == 0 ? text : text + " ±" + format_fixed(estimate.half_width(), decimals);
}

Estimate mean(std::span<const double> values) {
  if (values.empty()) throw std::invalid_argument("the mean of no values");
  MeanSpread spread;
  for (const double value : values) spread.add(value);
  const std::size_t degrees = values.size() - 1;
  const double variance = spread.spread() * spread.spread() / static_cast<double>(values.size());
  return {spread.mean(), standard_error(variance, degrees), degrees};
}

Estimate paired_difference(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size()) throw std::invalid_argument("pairs of which some have no partner");
  std::vector<double> differences(a.begin(), a.end());
  for (std::size_t i = 0; i < b.size(); ++i) differences[i] -= b[i];
  return mean(differences);
}

LineFit::LineFit(std::span<const double> x, std::span<const double> y) : points_(static_cast<double>(x.size())) {
  if (x.size() != y.size()) throw std::invalid_argument("points of which some have no x or no y");
  if (std::adjacent_find(x.begin(), x.end(), std::not_equal_to<>()) == x.end()) {
    throw std::invalid_argument("a line through points with one x");
  }
  mean_x_ = mean(x).value;
  mean_y_ = mean(y).value;
  double products = 0, residuals = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    spread_x_ += (x[i] - mean_x_) * (x[i] - mean_x_);
    products += (x[i] - mean_x_) * (y[i] - mean_y_);
  }
  slope_.value = products / spread_x_;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double residual = y[i] - mean_y_ - slope_.value * (x[i] - mean_x_);
    residuals += residual * residual;
  }
  slope_.degrees_of_freedom = x.size() - 2;
  deviation_ = standard_error(residuals / (points_ - 2), slope_.degrees_of_freedom);
  slope_.standard_error = deviation_ / std::sqrt(spread_x_);
}

Estimate LineFit::at(double x, double noise) const {
  const double distance = x - mean_x_;
  return {mean_y_ + slope_.value * distance,
          deviation_ * std::sqrt(noise + 1 / points_ + distance * distance / spread_x_), slope_.degrees_of_freedom};
}

Estimate LineFit::intercept() const { return at(0, 0); }

Estimate LineFit::prediction(double x, std::size_t observations) const {
  return at(x, 1 / static_cast<double>(observations));
}

std::vector<Effect> factorial_effects(const std::vector<std::string>& factors,
                                      const std::vector<std::vector<double>>& cells) {
  const std::size_t seeds = cells.empty() ? 0 : cells[0].size();
  if (cells.size() != std::size_t{1} << factors.size() || seeds == 0 ||
      std::any_of(cells.begin(), cells.end(), [&](const auto& cell) { return cell.size() != seeds; })) {
    throw std::invalid_argument("no full factorial design with the same seeds in each cell");
  }
  std::vector<Effect> effects;
  for (std::size_t order = 1; order <= factors.size(); ++order) {
    for (std::size_t effect = 1; effect < cells.size(); ++effect) {
      if (static_cast<std::size_t>(std::popcount(effect)) != order) continue;
      std::vector<double> contrasts(seeds);
      for (std::size_t c = 0; c < cells.size(); ++c) {
        const double share = (std::popcount(effect & ~c) % 2 == 0 ? 2.0 : -2.0) / static_cast<double>(cells.size());
        for (std::size_t s = 0; s < seeds; ++s) contrasts[s] += share * cells[c][s];
      }
      std::string name;
      for (std::size_t f = 0; f < factors.size(); ++f) {
        if ((effect >> f & 1) != 0) name += (name.empty() ? "" : " x ") + factors[f];
      }
      effects.push_back({name, mean(contrasts)});
    }
  }
  return effects;
}

}  // namespace common
