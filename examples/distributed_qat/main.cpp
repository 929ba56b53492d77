// Data-parallel W8A8 training of a small network under MPI: every rank has a part of each batch, and the scales of all
// tensors are the same bits on all ranks in every step, as one MPI_Allreduce of their amaxes makes them.
//
//   mpirun -np 4 distributed_qat [options]
//     --steps N          train until step N (default 400)
//     --checkpoint FILE  written every 50 steps and at the end
//     --resume           go on from the checkpoint, on any number of ranks
//     --fail WHAT        for trying what happens: at step 120 (or from the start) the last rank sees a NaN (nan), dies
//                        (die), has no images (empty) or other tensors (tensors)
//
// When something is wrong on one rank, all of them end with a message and a nonzero exit code; the last checkpoint
// stays.
#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iterator>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <hifloat/mpi/agreement.hpp>
#include <hifloat/mpi/all_reduce_amax.hpp>

#include "checkpoint.hpp"
#include "network.hpp"

namespace {

using namespace distributed_qat;
namespace mpi = hifloat::mpi;

constexpr Index batch_size = 32;
constexpr std::uint64_t checkpoint_interval = 50, failing_step = 120;

struct Options {
  std::uint64_t steps = 400;
  std::filesystem::path checkpoint;
  bool resume = false;
  std::string fail;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--resume") {
      options.resume = true;
      continue;
    }
    if (i + 1 == argc) throw std::invalid_argument(std::string(option) + " is unknown or needs a value");
    const std::string value = argv[++i];
    if (option == "--steps") {
      options.steps = std::stoull(value);
    } else if (option == "--checkpoint") {
      options.checkpoint = value;
    } else if (option == "--fail" && (value == "nan" || value == "die" || value == "empty" || value == "tensors")) {
      options.fail = value;
    } else {
      throw std::invalid_argument("unknown option " + std::string(option) + " " + value);
    }
  }
  if (options.resume && options.checkpoint.empty()) throw std::invalid_argument("--resume needs --checkpoint");
  return options;
}

struct Ranks {
  int rank = 0, size = 1;
  Ranks() {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
  }
};

/// This rank's images of the step's batch. All ranks shuffle alike.
std::vector<Index> shard(std::uint64_t step, const Ranks& ranks) {
  constexpr std::uint64_t batches = digits::training_images / batch_size;
  std::vector<Index> order(digits::training_images);
  std::iota(order.begin(), order.end(), Index{0});
  std::mt19937 random(static_cast<unsigned>(1 + step / batches));
  std::shuffle(order.begin(), order.end(), random);
  const auto batch = order.begin() + static_cast<Index>(step % batches) * batch_size;
  return {batch + batch_size * ranks.rank / ranks.size, batch + batch_size * (ranks.rank + 1) / ranks.size};
}

/// Sums over all ranks, the same bits on each: one rank adds, and tells the others.
void sum_over_ranks(std::vector<Matrix>& gradients, const Ranks& ranks) {
  for (Matrix& gradient : gradients) {
    const int n = static_cast<int>(gradient.size());
    MPI_Reduce(ranks.rank == 0 ? MPI_IN_PLACE : gradient.data(), gradient.data(), n, MPI_FLOAT, MPI_SUM, 0,
               MPI_COMM_WORLD);
    MPI_Bcast(gradient.data(), n, MPI_FLOAT, 0, MPI_COMM_WORLD);
  }
}

/// The checkpoint that rank 0 reads, on all ranks; returns the steps done.
std::uint64_t resume(const Options& options, const Ranks& ranks, Weights& weights, Group& group) {
  Checkpoint checkpoint;
  std::string complaint;
  if (ranks.rank == 0) {
    try {
      checkpoint = load(options.checkpoint);
      group.load(checkpoint.scales);
      weights = checkpoint.weights;
    } catch (const std::exception& error) {
      complaint = error.what();
    }
  }
  mpi::agree(std::move(complaint), MPI_COMM_WORLD);
  mpi::broadcast_state(group, 0, MPI_COMM_WORLD);
  for (std::size_t layer = 0; layer < layers; ++layer) {
    for (Matrix* m : {&weights.master[layer], &weights.momentum[layer]}) {
      MPI_Bcast(m->data(), static_cast<int>(m->size()), MPI_FLOAT, 0, MPI_COMM_WORLD);
    }
  }
  MPI_Bcast(&checkpoint.steps, 1, MPI_UINT64_T, 0, MPI_COMM_WORLD);
  return checkpoint.steps;
}

void train(const Options& options, const Ranks& ranks) {
  const digits::Digits data = digits::read_digits();
  const bool fails = ranks.rank == ranks.size - 1;
  std::vector<std::string> names = tensor_names();
  if (fails && options.fail == "tensors") names[1] = "another";
  Group group(names);
  mpi::check_same_tensors(group, MPI_COMM_WORLD);
  group.set_reduction(mpi::amax_reduction(MPI_COMM_WORLD));

  const bool no_images = shard(0, ranks).empty() || (fails && options.fail == "empty");
  mpi::agree(no_images ? "rank " + std::to_string(ranks.rank) + " has no images: use fewer ranks" : "", MPI_COMM_WORLD);

  Weights weights = initial_weights(1);
  const std::uint64_t first = options.resume ? resume(options, ranks, weights, group) : 0;
  if (first > options.steps) {  // all ranks know
    throw mpi::Mismatch("the checkpoint is of step " + std::to_string(first) + ", past --steps");
  }
  Network network(weights, group);
  for (std::uint64_t step = first; step < options.steps; ++step) {
    const std::vector<Index> images = shard(step, ranks);
    if (fails && options.fail == "die" && step == failing_step) std::raise(SIGKILL);
    Matrix gradient = digits::softmax(network.forward(data.images(Eigen::all, images)));
    for (std::size_t i = 0; i < images.size(); ++i) {
      gradient(data.labels[static_cast<std::size_t>(images[i])], static_cast<Index>(i)) -= 1;
    }
    if (fails && options.fail == "nan" && step == failing_step) gradient(0, 0) = std::nanf("");
    std::vector<Matrix> gradients = network.backward(gradient / batch_size);
    group.commit(step + 1);
    for (std::size_t i = 0; i < group.size(); ++i) {  // every rank sees the same amaxes: all of them stop here
      if (group.dropped_steps(i) == 0) continue;
      throw mpi::Mismatch("step " + std::to_string(step) + ": the amax of " + group.names()[i] +
                          " is not finite on some rank");
    }
    mpi::check_same_scales(group, MPI_COMM_WORLD);
    sum_over_ranks(gradients, ranks);
    network.update(gradients, 0.1f);
    const bool is_due = (step + 1) % checkpoint_interval == 0 || step + 1 == options.steps;
    if (ranks.rank == 0 && is_due && !options.checkpoint.empty()) {
      save(options.checkpoint, {step + 1, weights, group.state()});
    }
  }

  group.set_mode(hifloat::ScalingMode::Frozen);
  const double accuracy = digits::accuracy_on_test(data, network.forward(digits::test_images(data)));
  if (ranks.rank != 0) return;
  std::printf("%d rank%s, steps %llu to %llu: accuracy %.2f %%, the scales were equal on all ranks in every step\n",
              ranks.size, ranks.size == 1 ? "" : "s", static_cast<unsigned long long>(first),
              static_cast<unsigned long long>(options.steps), accuracy);
  for (std::size_t i = 0; i < group.size(); ++i) {
    std::printf("  %-16s scale %-12.9g epoch %llu\n", group.names()[i].c_str(), static_cast<double>(group.scale(i)),
                static_cast<unsigned long long>(group.epoch(i)));
  }
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  const Ranks ranks;
  int code = 0;
  Options options;
  try {
    options = parse(argc, argv);  // the same on all ranks
  } catch (const std::exception& error) {
    if (ranks.rank == 0) std::fprintf(stderr, "distributed_qat: %s\n", error.what());
    code = 2;
  }
  try {
    if (code == 0) train(options, ranks);
  } catch (const mpi::Mismatch& error) {  // on all ranks alike
    if (ranks.rank == 0) std::fprintf(stderr, "distributed_qat: %s\n", error.what());
    code = 1;
  } catch (const std::exception& error) {  // on this rank alone: the others would wait for it
    std::fprintf(stderr, "distributed_qat: rank %d: %s\n", ranks.rank, error.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  MPI_Finalize();
  return code;
}
