// A line of the table: a kernel at one size, and what it is measured against.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <hifloat/hif8.hpp>

namespace bench {

/// Where a row's arrays lie.
enum class Place { L1, L2, Memory, Call };
[[nodiscard]] constexpr const char* name_of(Place place) {
  constexpr const char* names[] = {"4 Ki", "16 Ki", "64 Mi", "call"};
  return names[static_cast<int>(place)];
}
inline constexpr std::size_t size_of_L1 = std::size_t{4} << 10, size_of_L2 = std::size_t{16} << 10,
                             size_of_memory = std::size_t{64} << 20;

/// Work, and how many elements (or calls) it is, and how many bytes it reads and writes.
struct Work {
  std::string name;
  double elements = 0;
  double bytes = 0;
  std::function<void()> run;
};

struct Row {
  Place place;
  Work kernel;
  Work limit;  ///< nameless: there is none
};

/// Rows of all kernels; those for two threads only where the machine has two cores. The arrays live as long as the
/// program does.
[[nodiscard]] std::vector<Row> all_rows(bool memory, bool two_threads);

/// Those of diagnostics and scalers, over x; codes is as long.
void add_diagnostics(std::vector<Row>& rows, std::span<const float> x, std::span<hifloat::hif8_t> codes);

/// What ought to be reached with AVX-512 VBMI; the row must exist.
struct Goal {
  Place place;
  std::string_view kernel, limit;
  double value;  ///< elements per second in units of the limit's; without a limit, nanoseconds for a call
};
[[nodiscard]] std::vector<Goal> all_goals();

}  // namespace bench
