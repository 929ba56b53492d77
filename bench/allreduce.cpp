// What it costs to reduce the amaxes of many tensors over the ranks: in one call for all of them, and in one call each.
//
//   mpirun -np 4 bench_allreduce [--latency-us L --gigabytes-per-second B]
//
// Beside the measured times stand those of a model, which also says what 1,024 ranks would take. It is the usual one: a
// message of m bytes takes L + m / B (Hockney), and an all-reduce over P ranks is the faster of recursive doubling,
// log2 P (L + m / B), and of reduce-scatter with all-gather, 2 log2 P L + 2 m (P - 1) / P / B (Rabenseifner). L and B
// are fitted to the calls on two ranks alone; the calls on more check them. With L and B of a network given, the last
// column is about that network.
#include <hifloat/mpi/all_reduce_amax.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mpi = hifloat::mpi;

namespace {

constexpr std::size_t largest = 100000;

struct Network {
  double latency;  ///< s
  double bytes_per_second;

  [[nodiscard]] double all_reduce(double bytes, double ranks) const {
    const double rounds = std::ceil(std::log2(ranks));
    const double doubling = rounds * (latency + bytes / bytes_per_second);
    const double scattered = 2 * rounds * latency + 2 * bytes * (ranks - 1) / ranks / bytes_per_second;
    return std::min(doubling, scattered);
  }
};

/// Seconds that reducing `n` amaxes takes in calls of `in_call`: the median over repetitions of the slowest rank's
/// time. Of more than a thousand calls a thousand are made, and stand for the others.
double measure(std::size_t n, std::size_t in_call, MPI_Comm communicator) {
  const std::size_t calls = n / in_call, made = std::min<std::size_t>(calls, 1000);
  std::vector<std::uint32_t> amaxes(made * in_call, 0x3F800000u);
  std::vector<double> times;
  const std::size_t repetitions = made < 100 ? 31 : 5;
  for (std::size_t i = 0; i < repetitions; ++i) {
    MPI_Barrier(communicator);
    const double begin = MPI_Wtime();
    for (std::size_t call = 0; call < made; ++call) {
      mpi::all_reduce_amax(std::span(amaxes).subspan(call * in_call, in_call), communicator);
    }
    double time = MPI_Wtime() - begin;
    MPI_Allreduce(MPI_IN_PLACE, &time, 1, MPI_DOUBLE, MPI_MAX, communicator);
    times.push_back(time);
  }
  std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(repetitions / 2));
  return times[repetitions / 2] * static_cast<double>(calls) / static_cast<double>(made);
}

double number_behind(int argc, char** argv, std::string_view option) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (argv[i] == option) return std::stod(argv[i + 1]);
  }
  return 0;
}

void run(int argc, char** argv) {
  int rank = 0, size = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (size < 2) throw std::invalid_argument("needs at least two ranks");
  MPI_Comm pair = MPI_COMM_NULL;
  MPI_Comm_split(MPI_COMM_WORLD, rank < 2 ? 0 : 1, rank, &pair);

  // Fitted on two ranks: the latency to a call of one word, the bandwidth to one of 100,000.
  Network here{};
  if (rank < 2) {
    here.latency = measure(1, 1, pair);
    here.bytes_per_second =
        4.0 * static_cast<double>(largest) / std::max(measure(largest, largest, pair) - here.latency, 1e-9);
  }
  MPI_Bcast(&here, 2, MPI_DOUBLE, 0, MPI_COMM_WORLD);
  Network large = here;
  if (const double l = number_behind(argc, argv, "--latency-us"); l > 0) large.latency = 1e-6 * l;
  if (const double b = number_behind(argc, argv, "--gigabytes-per-second"); b > 0) large.bytes_per_second = 1e9 * b;

  if (rank == 0) {
    std::printf("latency %.2f us, %.2f GB/s between two ranks here; 1,024 ranks at %.2f us, %.2f GB/s\n\n",
                1e6 * here.latency, 1e-9 * here.bytes_per_second, 1e6 * large.latency, 1e-9 * large.bytes_per_second);
    std::printf("%5s %8s %10s %13s %13s %8s %16s\n", "ranks", "tensors", "calls", "measured, us", "model, us", "ratio",
                "1024 ranks, us");
    std::printf("(ratio: model / measured; * is a point that the model was fitted to)\n");
  }
  const auto row = [&](int ranks, MPI_Comm communicator, std::size_t n, std::size_t in_call) {
    const double time = measure(n, in_call, communicator);
    const double calls = static_cast<double>(n / in_call), bytes = 4.0 * static_cast<double>(in_call);
    const double model = calls * here.all_reduce(bytes, ranks);
    if (rank != 0) return;
    const bool fitted = ranks == 2 && in_call == largest;
    std::printf("%5d %8zu %10.0f %13.1f %13.1f %7.2f%s %16.1f\n", ranks, n, calls, 1e6 * time, 1e6 * model,
                model / time, fitted ? "*" : " ", 1e6 * calls * large.all_reduce(bytes, 1024));
  };
  for (const std::size_t n : {std::size_t{10}, std::size_t{1000}, largest}) {
    for (const std::size_t in_call : {n, std::size_t{1}}) {
      if (rank < 2) row(2, pair, n, in_call);
      MPI_Barrier(MPI_COMM_WORLD);
      if (size > 2) row(size, MPI_COMM_WORLD, n, in_call);
    }
  }
  MPI_Comm_free(&pair);
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int code = 0;
  try {
    run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_allreduce: %s\n", error.what());
    code = 2;
  }
  MPI_Finalize();
  return code;
}
