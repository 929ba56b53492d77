// The commit that a GPU runs, on the CPU: bit for bit what ScalerGroup does, over random steps with hostile amaxes; and
// the way of a group's state to the device and back.

#include "model/hostile_amaxes.hpp"

#include <hifloat/cuda/commit.cuh>
#include <hifloat/cuda/group_image.hpp>
#include <hifloat/scaling/scaler_group.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace test_cuda_commit {
namespace {

using namespace hifloat;
namespace gpu = detail::gpu;

/// As many threads as it says, one after the other; the rest of a warp does what the first one does.
struct EmulatedTeam {
  unsigned size;
  [[nodiscard]] static bool is_first() { return true; }
  static void sync() {}
  template <class Share>
  [[nodiscard]] std::uint32_t maximum(const Share& share) const {
    std::uint32_t largest = 0;
    for (unsigned rank = 0; rank < size; ++rank) largest = std::max(largest, share(rank, size));
    return largest;
  }
};

constexpr std::size_t tensors = std::size(model::all_amaxes);

template <class A>
using Group = ScalerGroup<A, dynamic_window>;

std::vector<std::string> names() {
  std::vector<std::string> list;
  for (std::size_t i = 0; i < tensors; ++i) list.push_back("tensor " + std::to_string(i));
  return list;
}

template <class A>
void commit(gpu::GroupImage& image, const Group<A>& group, const gpu::StepNumber& step = {}) {
  const gpu::CommitJob<A> job{group.options(),    group.algorithm(),     image.tensors.data(),
                              image.rings.data(), image.observed.data(), image.steps.data(),
                              group.size(),       group.window(),        step};
  for (std::size_t i = 0; i < group.size(); ++i) job(i, EmulatedTeam{32});
}

template <class A>
void reset(gpu::GroupImage& image, const Group<A>& group) {
  const gpu::ResetJob job{group.options(), image.tensors.data(), image.observed.data(), image.steps.data(),
                          group.size()};
  for (std::size_t i = 0; i < group.size(); ++i) job(i);
}

/// A group and its image, which observe the same.
template <class A>
struct Pair {
  Group<A> group;
  gpu::GroupImage image = gpu::image_of<A>(group.state());

  void observe(std::size_t i, float amax) {
    group.observe(i, amax);
    image.observed[i] = std::max(image.observed[i], std::bit_cast<std::uint32_t>(amax) & 0x7FFFFFFF);
  }
  [[nodiscard]] bool agree() const { return gpu::state_of(image, group.state()) == group.state(); }
};

std::vector<std::vector<float>> traces_of(std::size_t steps, std::size_t seed) {
  std::vector<std::vector<float>> traces;
  for (std::size_t i = 0; i < tensors; ++i) {
    traces.push_back(model::amaxes(model::all_amaxes[i], steps, static_cast<std::uint32_t>(seed + i)));
  }
  return traces;
}

template <class A>
void compare(const A& algorithm, std::size_t window, const ScalingOptions& options, std::size_t steps) {
  Pair<A> pair{Group<A>(window, names(), options, algorithm)};
  auto& [group, image] = pair;
  const std::vector<std::vector<float>> traces = traces_of(steps, window);
  std::size_t wrong = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    for (std::size_t i = 0; i < tensors; ++i) pair.observe(i, traces[i][step]);
    if (step % 37 == 36) {  // there and back
      CHECK(pair.agree());
      image = gpu::image_of<A>(gpu::state_of(image, group.state()));
    }
    group.commit();
    commit(image, group);
    for (std::size_t i = 0; i < tensors; ++i) {
      const detail::TensorState& tensor = image.tensors[i];
      wrong +=
          std::bit_cast<std::uint32_t>(tensor.scale) != std::bit_cast<std::uint32_t>(group.scale(i)) ||
          std::bit_cast<std::uint32_t>(tensor.inverse_scale) != std::bit_cast<std::uint32_t>(group.inverse_scale(i)) ||
          tensor.epoch != group.epoch(i) || image.observed[i] != 0;
    }
  }
  CHECK(wrong == 0);
  CHECK(pair.agree());
}

template <class A>
void compare_with_options(const A& algorithm, std::size_t steps) {
  for (const std::size_t window : {1u, 2u, 33u, 64u, 100u}) {
    CAPTURE(window);
    compare(algorithm, window, {}, steps);
    compare(algorithm, window, {.target = 224.0f, .margin = 3, .power_of_two = true}, steps);
    compare(algorithm, window, {.margin = -2, .interval = 7, .cold_start = cold_start::Fixed{0.125f}}, steps);
  }
}

}  // namespace

TEST_CASE("Max") { compare_with_options(amax::Max{}, 700); }
TEST_CASE("Mean") { compare_with_options(amax::Mean{}, 300); }
TEST_CASE("ExpSmooth") { compare_with_options(amax::ExpSmooth{0.3}, 300); }
TEST_CASE("Percentile") { compare_with_options(amax::Percentile{0.9}, 300); }
TEST_CASE("MostRecent") { compare_with_options(amax::MostRecent{}, 300); }
TEST_CASE("Max over 10,000 steps") { compare(amax::Max{}, 1024, {}, 10000); }

TEST_CASE("numbered steps count once, in memory or by value, and a reset forgets them") {
  constexpr std::size_t steps = 500;
  const std::vector<std::vector<float>> traces = traces_of(steps, 1);
  Pair<amax::Mean> pair{Group<amax::Mean>(12, names(), {.power_of_two = true, .cold_start = cold_start::Fixed{0.5f}})};
  auto& [group, image] = pair;
  std::size_t refused = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    for (std::size_t i = 0; i < tensors; ++i) pair.observe(i, traces[i][step]);
    const std::uint64_t number = 4 + step - step * 7 % 5;  // of five, some are at or before the last
    if (step % 9 == 8) {
      group.commit();
      commit(image, group);
    } else {
      refused += !group.commit(number);
      const std::uint64_t in_memory = number;
      commit(image, group,
             step % 2 == 0 ? gpu::StepNumber{.any = true, .number = number}
                           : gpu::StepNumber{.any = true, .number = steps, .device_number = &in_memory});
    }
    if (step % 101 == 100) {
      group.observe(0, 3.0f);  // is forgotten too
      image.observed[0] = 1;
      group.reset();
      reset(image, group);
    }
    CHECK(pair.agree());
  }
  CHECK(refused > steps / 10);
  CHECK(refused < steps / 2);
}

TEST_CASE("a group without tensors comes back as it was, with its step number") {
  Group<amax::Max> group(8, {});
  CHECK(group.commit(7));
  const ScalerGroupState state = group.state();
  const gpu::GroupImage image = gpu::image_of<amax::Max>(state);
  CHECK(gpu::state_of(image, state) == state);
  Group<amax::Max> resumed(gpu::state_of(image, state));
  CHECK_FALSE(resumed.commit(7));
  CHECK(resumed.commit(8));
}

TEST_CASE("a reset is a new group's state, but for the epochs") {
  Pair<amax::Max> pair{Group<amax::Max>(8, names(), {})};
  for (std::size_t i = 0; i < tensors; ++i) pair.observe(i, 3.0f);
  commit(pair.image, pair.group, {.any = true, .number = 7});
  reset(pair.image, pair.group);
  ScalerGroupState state = gpu::state_of(pair.image, pair.group.state());
  for (TensorScalerState& tensor : state.tensors) CHECK(std::exchange(tensor.epoch, 0) == 2);
  CHECK(state == Group<amax::Max>(8, names()).state());
}

TEST_CASE("what a reset forgot is in no later estimate") {
  Pair<amax::Max> pair{Group<amax::Max>(8, names(), {})};
  for (std::size_t step = 0; step < 6; ++step) {
    for (std::size_t i = 0; i < tensors; ++i) pair.observe(i, step < 3 ? 1000.0f : 1.0f);
    pair.group.commit();
    commit(pair.image, pair.group);
    CHECK(pair.agree());
    if (step != 2) continue;
    pair.group.reset();
    reset(pair.image, pair.group);
  }
}

TEST_CASE("a state of another algorithm is refused") {
  const Group<amax::Mean> group(8, names());
  CHECK_THROWS_AS((void)gpu::image_of<amax::Max>(group.state()), std::invalid_argument);
}

}  // namespace test_cuda_commit
