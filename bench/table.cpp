#include "table.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iomanip>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>

namespace bench {
namespace {

double best(const std::vector<double>& times) { return *std::min_element(times.begin(), times.end()); }

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// A row's figures: seconds, and elements a second in units of the limit's.
struct Figures {
  double kernel, limit = 0, ratio = 0;
};
Figures figures_of(const Row& row, const Times& times) {
  const bool memory = row.place == Place::Memory;
  Figures f{memory ? median(times.kernel) : best(times.kernel)};
  if (times.limit.empty()) return f;
  f.limit = memory ? median(times.limit) : best(times.limit);
  const double same_elements = row.kernel.elements / row.limit.elements;
  if (!memory) {
    f.ratio = f.limit / f.kernel * same_elements;
    return f;
  }
  std::vector<double> ratios;
  for (std::size_t i = 0; i < times.kernel.size(); ++i)
    ratios.push_back(times.limit[i] / times.kernel[i] * same_elements);
  f.ratio = median(ratios);
  return f;
}

std::string number(double x, int decimals) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(decimals) << x;
  return text.str();
}

std::optional<double> goal_of(const Row& row) {
  for (const Goal& goal : all_goals()) {
    if (goal.place == row.place && goal.kernel == row.kernel.name && goal.limit == row.limit.name) return goal.value;
  }
  return std::nullopt;
}

}  // namespace

int print_table(std::ostream& out, const std::vector<Row>& rows, const std::vector<Times>& times, bool judge) {
  const auto line = [&](const std::string& where, const std::string& kernel, const std::string& speed,
                        const std::string& bytes, const std::string& limit, const std::string& limit_speed,
                        const std::string& ratio, const std::string& goal, const std::string& verdict) {
    out << std::left << std::setw(6) << where << ' ' << std::setw(36) << kernel << std::right << std::setw(10) << speed
        << std::setw(8) << bytes << "  " << std::left << std::setw(17) << limit << std::right << std::setw(8)
        << limit_speed << std::setw(7) << ratio << std::setw(7) << goal << "  " << verdict << '\n';
  };
  line("size", "kernel", "Gelem/s", "GB/s", "limit", "Gelem/s", "ratio", "goal", "");
  int missed = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    const Figures f = figures_of(row, times[i]);
    const bool call = row.place == Place::Call;
    const double value = call ? f.kernel * 1e9 / row.kernel.elements : f.ratio;
    const std::optional<double> goal = judge ? goal_of(row) : std::nullopt;
    const bool met = goal && (call ? value <= *goal : value >= *goal);
    missed += goal && !met;
    line(name_of(row.place), row.kernel.name,
         call ? number(value, 1) + " ns" : number(row.kernel.elements / f.kernel * 1e-9, 2),
         number(row.kernel.bytes / f.kernel * 1e-9, 1), row.limit.name,
         f.limit > 0 ? number(row.limit.elements / f.limit * 1e-9, 2) : "", f.limit > 0 ? number(f.ratio, 3) : "",
         goal ? number(*goal, call ? 0 : 2) : "-",
         !goal ? ""
         : met ? "met"
               : "not met");
  }
  return missed;
}

}  // namespace bench
