// Quantized products beside those of other libraries, and beside what the core can compute and the memory can deliver.
//
//   bench_matmul [--rounds=20]
//
// Everything about one shape runs in turn, round by round, and the best round of each counts: other programs on the
// machine only ever slow things down. OMP_NUM_THREADS=1 holds oneDNN to one thread, as the others are; HIFLOAT_ISA=avx2
// OPENBLAS_CORETYPE=Haswell hold both to AVX2.
#include "buffer.hpp"
#include "peak.hpp"
#include "rivals.hpp"
#include "rounds.hpp"
#include "thread_pair.hpp"
#include "yardsticks.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <functional>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <hifloat/array.hpp>
#include <hifloat/matmul.hpp>

namespace hf = hifloat;

namespace {

using bench::Shape;

constexpr const char* packed_name = "hifloat, packed";
constexpr const char* plain_name = "hifloat";
constexpr const char* transposed_name = "hifloat, B transposed";
constexpr const char* two_threads_name = "hifloat, packed, two threads";
constexpr const char* sum_name = "read-only sum of packed B";
constexpr const char* two_sums_name = "the same, two threads";
constexpr const char* peak_name = "peak";

/// `subject` at least `factor` times as fast as `rival`, where products are made of such instructions.
struct Goal {
  Shape shape;
  std::string_view subject, rival;
  double factor;
};
constexpr Shape cube{1024, 1024, 1024}, rows_1{1, 4096, 4096}, rows_4{4, 4096, 4096}, rows_8{8, 4096, 4096},
    rows_16{16, 4096, 4096};
const std::vector<Goal> goals_of_pairs{
    {cube, plain_name, bench::sgemm_name, 2.1},      {cube, packed_name, bench::sgemm_name, 2.25},
    {cube, plain_name, bench::onednn_name, 1.0},     {cube, two_threads_name, packed_name, 1.8},
    {rows_1, packed_name, sum_name, 0.95},           {rows_1, packed_name, bench::sgemm_name, 4.5},
    {rows_1, two_threads_name, two_sums_name, 0.88}, {rows_4, packed_name, bench::sgemm_name, 17},
    {rows_16, packed_name, bench::sgemm_name, 6},
};
const std::vector<Goal> goals_of_avx2{{cube, plain_name, bench::sgemm_name, 0.95}};

bool same(const Shape& a, const Shape& b) { return a.m == b.m && a.n == b.n && a.k == b.k; }

/// The operands of all contenders.
struct Operands {
  explicit Operands(const Shape& s)
      : a(s.m * s.k),
        b(s.k * s.n),
        c(s.m * s.n),
        a_bf16(s.m * s.k),
        b_bf16(s.k * s.n),
        a_codes(s.m * s.k),
        b_codes(s.k * s.n) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    for (float& x : a.all()) x = normal(random);
    for (float& x : b.all()) x = normal(random);
    hf::encode(a.all(), a_codes.all());
    hf::encode(b.all(), b_codes.all());
    for (std::size_t i = 0; i < a.all().size(); ++i) a_bf16.all()[i] = hf::bfloat16(a.all()[i]);
    for (std::size_t i = 0; i < b.all().size(); ++i) b_bf16.all()[i] = hf::bfloat16(b.all()[i]);
  }
  bench::Buffer<float> a, b, c;
  bench::Buffer<hf::bfloat16> a_bf16, b_bf16;
  bench::Buffer<hf::hif8_t> a_codes, b_codes;
};

struct Line {
  std::string name;
  double flops;
  std::vector<double> seconds;
};

double best(const Line& line) { return *std::min_element(line.seconds.begin(), line.seconds.end()); }

std::vector<Line> measure(const Shape& shape, const bench::Peak& peak, int rounds) {
  const Operands x(shape);
  const auto a = hf::row_major(x.a_codes.all(), shape.m, shape.k);
  const auto b = hf::row_major(x.b_codes.all(), shape.k, shape.n);
  const auto b_transposed = hf::row_major(x.b_codes.all(), shape.n, shape.k).transposed();  // other numbers, same work
  const auto c = hf::row_major(x.c.all(), shape.m, shape.n);
  const hf::PackedMatrix packed{hf::ScaledMatrix(b)};
  std::optional<bench::ThreadPair> pair;  // not while one thread is measured: the other one spins
  const std::span<const float> bytes(reinterpret_cast<const float*>(packed.codes()), shape.k * shape.n / 4);
  constexpr std::size_t peak_steps = 200'000;
  const double flops = 2.0 * static_cast<double>(shape.m) * static_cast<double>(shape.n) * static_cast<double>(shape.k);

  std::vector<Line> lines;
  std::vector<bench::TimedWork> works;
  const auto add = [&](const std::string& name, double work_flops, std::function<void()> run) {
    lines.push_back({name, work_flops, {}});
    works.push_back({std::move(run)});
  };
  const auto measure_added = [&] {
    std::vector<std::vector<double>> seconds = bench::in_rounds(works, rounds);
    for (std::size_t i = 0; i < works.size(); ++i)
      lines[lines.size() - works.size() + i].seconds = std::move(seconds[i]);
    works.clear();
  };
  add(packed_name, flops, [&] { hf::matmul(a, packed, c); });
  add(plain_name, flops, [&] { hf::matmul(a, b, c); });
  add(transposed_name, flops, [&] { hf::matmul(a, b_transposed, c); });
  for (bench::Rival& rival : bench::rivals(shape, {x.a.all().data(), x.b.all().data(), x.a_bf16.all().data(),
                                                   x.b_bf16.all().data(), x.c.all().data()})) {
    add(rival.name, flops, std::move(rival.run));
  }
  if (shape.m <= 16) {
    add(sum_name, flops, [&] { benchmark::DoNotOptimize(bench::read_only_sum(bytes)); });
  }
  if (peak.run != nullptr) {
    add(peak_name, peak.flops_per_step * peak_steps, [&] { benchmark::DoNotOptimize(peak.run(peak_steps)); });
  }
  measure_added();

  if (std::thread::hardware_concurrency() < 2) return lines;
  pair.emplace();
  add(two_threads_name, flops, [&] { hf::matmul(*pair, a, packed, c); });
  if (shape.m <= 16) {
    add(two_sums_name, flops, [&] {
      const auto half = [&](std::size_t i) {
        benchmark::DoNotOptimize(bench::read_only_sum(bytes.subspan(i * bytes.size() / 2, bytes.size() / 2)));
      };
      (*pair)(2, hf::Task(half));
    });
  }
  measure_added();
  return lines;
}

const Line* find(const std::vector<Line>& lines, std::string_view name) {
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const Line& line) { return line.name == name; });
  return found == lines.end() ? nullptr : &*found;
}

void print(const Shape& shape, const std::vector<Line>& lines, const std::vector<Goal>& goals) {
  const Line* peak = find(lines, peak_name);
  const Line* sgemm = find(lines, bench::sgemm_name);
  std::printf("\n%zu x %zu x %zu (m x n x k)\n", shape.m, shape.n, shape.k);
  std::printf("  %-30s %9s %10s %11s %10s\n", "", "GFLOP/s", "of peak", "Gweight/s", "x sgemm");
  const double weights = static_cast<double>(shape.n) * static_cast<double>(shape.k);
  for (const Line& line : lines) {
    const double speed = line.flops / best(line) * 1e-9;
    const bool is_peak = &line == peak;
    std::printf("  %-30s %9.1f", line.name.c_str(), speed);
    if (peak != nullptr) {
      std::printf(" %9.1f%%", 100 * speed / (peak->flops / best(*peak) * 1e-9));
    } else {
      std::printf(" %10s", "-");
    }
    if (!is_peak) std::printf(" %11.2f", weights / best(line) * 1e-9);
    if (!is_peak && sgemm != nullptr) std::printf(" %10.2f", best(*sgemm) / best(line));
    std::printf("\n");
  }
  for (const Goal& goal : goals) {
    const Line *subject = find(lines, goal.subject), *rival = find(lines, goal.rival);
    if (!same(goal.shape, shape) || subject == nullptr || rival == nullptr) continue;
    const double factor = best(*rival) / best(*subject);
    std::printf("  goal: %s, %.2f x %s: %.3f, %s\n", std::string(goal.subject).c_str(), goal.factor,
                std::string(goal.rival).c_str(), factor, factor >= goal.factor ? "met" : "not met");
  }
}

int run(int argc, char** argv) {
  int rounds = 20;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!argument.starts_with("--rounds=")) throw std::invalid_argument("unknown argument " + std::string(argument));
    rounds = std::stoi(std::string(argument.substr(9)));
    if (rounds < 1) throw std::invalid_argument("--rounds: at least 1");
  }
  const hf::detail::ProductKernels& kernels = hf::detail::kernel<hf::detail::ProductKernel>()(1);
  const bench::Peak peak = bench::peak_of(kernels.depth, kernels.columns);
  std::printf("%s, tiles of %zu x %zu, %s; OpenBLAS for %s; one thread unless it says two\n",
              std::string(hf::active_isa()).c_str(), kernels.rows, kernels.columns,
              *peak.name != '\0' ? peak.name : "-", bench::openblas_core().c_str());
  const bool for_avx2 = hf::active_isa() == "avx2" && bench::openblas_core() == "Haswell";
  const std::vector<Goal> goals = kernels.depth == 2 ? goals_of_pairs : for_avx2 ? goals_of_avx2 : std::vector<Goal>{};
  if (goals.empty()) std::printf("The goals are for AVX-512 BF16, or for AVX2 beside OpenBLAS held to it.\n");
  constexpr Shape shapes[] = {{64, 64, 64},     {256, 256, 256},  cube,   {2048, 2048, 2048},
                              {333, 777, 1111}, {4096, 4096, 64}, rows_1, rows_4,
                              rows_8,           rows_16};
  for (const Shape& shape : shapes)
    print(shape, measure(shape, peak, shape.m >= 2048 ? std::min(rounds, 5) : rounds), goals);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_matmul: %s\n", error.what());
    return 2;
  }
}
