// A scaler group as it lies in device memory, built from a saved state and turned back into one; on the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/scaling/amax_algorithms.hpp>
#include <hifloat/scaling/amax_window.hpp>
#include <hifloat/scaling/scaler_group.hpp>
#include <hifloat/scaling/state.hpp>
#include <hifloat/scaling/tensor_rules.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE::gpu {

struct GroupImage {
  std::vector<TensorState> tensors;
  std::vector<float> rings;
  std::vector<std::uint32_t> observed;
  std::vector<StepCounter> steps;  ///< one for each tensor, all the same
};

/// std::invalid_argument for a state that no group with this algorithm can have.
template <AmaxAlgorithm A>
[[nodiscard]] GroupImage image_of(const ScalerGroupState& state) {
  const ScalerGroup<A, dynamic_window> group(state);
  GroupImage image;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const std::vector<float>& amaxes = state.tensors[i].amaxes;
    image.tensors.push_back({.scale = group.scale(i),
                             .inverse_scale = group.inverse_scale(i),
                             .epoch = group.epoch(i),
                             .pushes = group.recorded_steps(i),
                             .dropped = group.dropped_steps(i),
                             .oldest = 0,
                             .size = amaxes.size()});
    image.observed.push_back(state.tensors[i].staged);
    image.rings.insert(image.rings.end(), amaxes.begin(), amaxes.end());
    image.rings.resize((i + 1) * group.window());
    image.steps.push_back(state.steps);
  }
  return image;
}

/// `common`: the state from which the image was built; its tensors are replaced.
[[nodiscard]] inline ScalerGroupState state_of(const GroupImage& image, ScalerGroupState common) {
  const std::size_t window = common.window;
  common.tensors.clear();
  if (!image.steps.empty()) common.steps = image.steps.front();
  for (std::size_t i = 0; i < image.tensors.size(); ++i) {
    common.tensors.push_back(
        record(image.tensors[i], image.observed[i], std::span(image.rings).subspan(i * window, window)));
  }
  return common;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE::gpu
