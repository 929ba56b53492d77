// The scaler group on a GPU against the one on the CPU: over many random steps, and in a captured training step.

#include "../model/hostile_amaxes.hpp"
#include "device.hpp"
#include "reference.hpp"

#include <hifloat/cuda/cuda.cuh>
#include <hifloat/scaling/scaler_group.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace {

using namespace hifloat;
using namespace gpu_test;

std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> list;
  for (std::size_t i = 0; i < count; ++i) list.push_back("tensor " + std::to_string(i));
  return list;
}

template <class A>
void compare(const A& algorithm, std::size_t window, const ScalingOptions& options, std::size_t steps) {
  constexpr std::size_t tensors = 9 * std::size(model::all_amaxes);
  ScalerGroup<A, dynamic_window> host(window, names(tensors), options, algorithm);
  cuda::ScalerGroup<A> device(host);
  std::vector<std::vector<float>> traces;
  for (std::size_t i = 0; i < tensors; ++i) {
    traces.push_back(
        model::amaxes(model::all_amaxes[i % std::size(model::all_amaxes)], steps, static_cast<std::uint32_t>(i)));
  }
  std::vector<std::uint32_t> observed(tensors);
  for (std::size_t step = 0; step < steps; ++step) {
    for (std::size_t i = 0; i < tensors; ++i) {
      host.observe(i, traces[i][step]);
      observed[i] = std::bit_cast<std::uint32_t>(traces[i][step]) & 0x7FFFFFFF;
    }
    require(
        cudaMemcpyAsync(device.observed(), observed.data(), tensors * sizeof(std::uint32_t), cudaMemcpyHostToDevice));
    require(device.commit());
    host.commit();
    if (step % 250 == 249) REQUIRE(device.state() == host.state());
    if (step == steps / 2) device = cuda::ScalerGroup<A>(device.state());
  }
  CHECK(device.state() == host.state());
}

}  // namespace

TEST_CASE("10,000 random steps: Max") { compare(amax::Max{}, 64, {}, quick() ? 100 : 10'000); }
TEST_CASE("a window longer than a warp's stride, powers of two, an interval") {
  compare(amax::Max{}, 1024, {.target = 224.0f, .margin = 2, .power_of_two = true, .interval = 3}, quick() ? 50 : 3000);
}
TEST_CASE("the other algorithms") {
  const std::size_t steps = quick() ? 50 : 1000;
  compare(amax::Mean{}, 33, {}, steps);
  compare(amax::ExpSmooth{0.3}, 16, {.interval = 2}, steps);
  compare(amax::Percentile{0.9}, 40, {}, steps);
  compare(amax::MostRecent{}, 1, {.power_of_two = true}, steps);
}

TEST_CASE("numbered steps count once, in a captured graph too, and a reset forgets them") {
  constexpr std::size_t tensors = 300;
  ScalerGroup<amax::Max, 8> host(names(tensors), {.cold_start = cold_start::Fixed{0.5f}});
  cuda::ScalerGroup<amax::Max> device(host);
  Device<std::uint64_t> number(1);
  cudaStream_t stream = nullptr;
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t replay = nullptr;
  require(cudaStreamCreate(&stream));
  require(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  require(device.commit_step_at(number.data(), stream));
  require(cudaStreamEndCapture(stream, &graph));
  require(cudaGraphInstantiate(&replay, graph, 0));
  std::vector<std::uint32_t> observed(tensors);
  for (std::size_t round = 0; round < 60; ++round) {
    const std::vector<float> amaxes = model::amaxes(model::Amaxes::Spikes, tensors, static_cast<std::uint32_t>(round));
    for (std::size_t i = 0; i < tensors; ++i) {
      host.observe(i, amaxes[i]);
      observed[i] = std::bit_cast<std::uint32_t>(amaxes[i]) & 0x7FFFFFFF;
    }
    require(cudaMemcpy(device.observed(), observed.data(), tensors * sizeof(std::uint32_t), cudaMemcpyHostToDevice));
    const std::uint64_t step = 4 + round - round * 7 % 5;  // of five, some are at or before the last
    if (round % 2 == 0) {
      number.upload({&step, 1});
      require(cudaGraphLaunch(replay, stream));
    } else {
      require(device.commit(step, stream));
    }
    host.commit(step);
    if (round == 40) {
      require(device.reset(stream));
      host.reset();
    }
    CHECK(device.state(stream) == host.state());
  }
  require(cudaGraphExecDestroy(replay));
  require(cudaGraphDestroy(graph));
  require(cudaStreamDestroy(stream));
}

TEST_CASE("a frozen group is the CPU's: nothing is committed, what was observed stays, and it can be reset") {
  const ScalingOptions options{.target = 224.0f, .margin = 1, .interval = 2, .cold_start = cold_start::Fixed{0.5f}};
  ScalerGroup<amax::Mean, 3> host(names(2), options);
  for (const float amax : {2.0f, 3.0f, 5.0f}) {
    host.observe(0, amax);
    host.commit();
  }
  host.observe(1, 7.0f);
  host.set_mode(ScalingMode::Frozen);
  cuda::ScalerGroup<amax::Mean> device(host);
  CHECK(device.size() == 2);
  CHECK(device.window() == 3);
  CHECK(device.options() == options);
  CHECK(device.mode() == ScalingMode::Frozen);
  CHECK(device.state() == host.state());
  const Device<std::uint64_t> number(std::vector<std::uint64_t>{9});
  require(device.commit());
  require(device.commit(8));
  require(device.commit_step_at(number.data()));
  host.commit();
  host.commit(8);
  host.commit(9);
  CHECK(device.state() == host.state());
  ScalerGroup<amax::Mean, 3> thawed(device.state());
  for (auto* const group : {&host, &thawed}) {
    group->set_mode(ScalingMode::Track);
    group->commit(8);
  }
  CHECK(thawed.state() == host.state());
  require(device.reset());
  host.reset();
  host.set_mode(ScalingMode::Frozen);
  CHECK(device.state() != host.state());  // whose epochs have gone on
  ScalerGroup<amax::Mean, 3> again(device.state());
  CHECK(again.scale(0) == 0.5f);
  CHECK(again.recorded_steps(0) == 0);
  CHECK(again.mode() == ScalingMode::Frozen);
}

TEST_CASE("a group without tensors launches nothing") {
  const ScalerGroup<amax::Max, 4> host(names(0), {});
  cuda::ScalerGroup<amax::Max> device(host);
  require(device.commit());
  require(device.commit(3));
  require(device.reset());
  CHECK(device.state() == host.state());
}

TEST_CASE("a call that fails is an Error with CUDA's own text, and the group is as it was") {
  const ScalerGroup<amax::Max, 4> host(names(3), {});
  const cuda::ScalerGroup<amax::Max> device(host);
  cudaStream_t stream = nullptr;
  cudaGraph_t graph = nullptr;
  require(cudaStreamCreate(&stream));
  require(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
  std::string text;
  try {
    (void)device.state(stream);  // waits for the stream, which a captured one does not allow
  } catch (const cuda::Error& error) {
    text = error.what();
  }
  CHECK(text == std::string("hifloat: CUDA: ") + cudaGetErrorString(cudaErrorStreamCaptureUnsupported));
  CHECK(cudaGetLastError() == cudaErrorStreamCaptureUnsupported);  // left for the program to see
  CHECK(cudaStreamEndCapture(stream, &graph) == cudaErrorStreamCaptureInvalidated);
  CHECK(graph == nullptr);
  (void)cudaGetLastError();
  CHECK(device.state(stream) == host.state());
  require(cudaStreamDestroy(stream));
}

TEST_CASE("a captured training step, replayed on new data, is the CPU's") {
  constexpr std::size_t tensors = 5, n = 10'007;
  ScalerGroup<amax::Max, 8> host(names(tensors), {.cold_start = cold_start::Fixed{1.0f}});
  cuda::ScalerGroup<amax::Max> device(host);
  Device<float> x(tensors * n), y(tensors * n);
  Device<hif8_t> codes(tensors * n);
  cudaStream_t stream = nullptr;
  require(cudaStreamCreate(&stream));
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t replay = nullptr;
  require(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  for (std::size_t i = 0; i < tensors; ++i) {
    require(cuda::quantize(x.data() + i * n, codes.data() + i * n, n, cuda::MergeAmax{device.observed(i)},
                           {.device_scale = device.scale(i)}, stream));
    require(cuda::dequantize(codes.data() + i * n, y.data() + i * n, n,
                             {.device_inverse_scale = device.inverse_scale(i)}, stream));
  }
  require(device.commit(stream));
  require(cudaStreamEndCapture(stream, &graph));
  require(cudaGraphInstantiate(&replay, graph, 0));

  std::vector<float> data(tensors * n), values(n);
  std::vector<hif8_t> expected(n);
  for (std::uint32_t step = 0; step < (quick() ? 10u : 50u); ++step) {
    const std::vector<float> amaxes = model::amaxes(model::Amaxes::Spikes, tensors, step);
    for (std::size_t i = 0; i < data.size(); ++i) {
      data[i] = amaxes[i / n] * (static_cast<float>(i * 7 % 201) - 100.0f) / 100.0f;
    }
    x.upload(data);
    codes.spoil();
    y.spoil();
    require(cudaGraphLaunch(replay, stream));
    require(cudaStreamSynchronize(stream));
    const auto got = codes.download();
    const auto got_values = y.download();
    for (std::size_t i = 0; i < tensors; ++i) {
      host.observe(i, gpu_test::quantize(data.data() + i * n, expected.data(), n, {.scale = host.scale(i)}, {}));
      gpu_test::dequantize(expected.data(), values.data(), n, host.inverse_scale(i));
      CHECK(std::memcmp(got.data() + i * n, expected.data(), n) == 0);
      CHECK(std::memcmp(got_values.data() + i * n, values.data(), n * sizeof(float)) == 0);
    }
    host.commit();
  }
  CHECK(device.state(stream) == host.state());
  require(cudaGraphExecDestroy(replay));
  require(cudaGraphDestroy(graph));
  require(cudaStreamDestroy(stream));
}
