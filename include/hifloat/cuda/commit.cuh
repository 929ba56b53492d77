// The commit of a scaler group's tensors by teams of threads, one for each tensor; for host and device. The rules are
// those of scaling/tensor_rules.hpp; only the estimate is made in another way: from the window as it lies there,
// without an incremental form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/scaling/amax_algorithms.hpp>
#include <hifloat/scaling/amax_window.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/scaling/scale.hpp>
#include <hifloat/scaling/tensor_rules.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE::gpu {

/// The number of a step, if it has one; where `device_number` isn't null, what is there when the kernel runs.
struct StepNumber {
  bool any = false;
  std::uint64_t number = 0;
  const std::uint64_t* device_number = nullptr;

  /// Whether the step counts; `steps` then knows of it.
  [[nodiscard]] HIFLOAT_HD bool counts(StepCounter& steps) const noexcept {
    if (!any) return true;
    const std::uint64_t step = device_number != nullptr ? *device_number : number;
    if (!steps.accepts(step)) return false;
    steps = {true, step};
    return true;
  }
};

/// Every thread of a team calls this. A team has
///  - `is_first()`, for one of its threads;
///  - `sync()`: what its threads wrote before is seen by all;
///  - `maximum(share)`: the largest of share(rank, size), of all its threads.
template <class A>
struct CommitJob {
  ScalingOptions options;
  A algorithm;
  TensorState* tensors;
  float* rings;             ///< `window` for each tensor
  std::uint32_t* observed;  ///< largest magnitude bits since the last commit, for each tensor
  StepCounter* steps;       ///< one for each tensor, all the same: no team waits for another
  std::size_t size, window;
  StepNumber step{};

  template <class Team>
  HIFLOAT_HD void operator()(std::size_t i, const Team& team) const {
    TensorState tensor = tensors[i];
    StepCounter counter = steps[i];
    const std::uint32_t staged = step.counts(counter) ? observed[i] : 0;
    float* const ring = rings + i * window;
    team.sync();  // all have read
    bool due = false;
    if (accepts(tensor, staged)) {
      const std::size_t position = advance(tensor, window);
      if (team.is_first()) ring[position] = bit_cast<float>(staged);
      due = is_due(options, tensor);
    }
    if (team.is_first()) {
      tensors[i] = tensor;
      observed[i] = 0;
      steps[i] = counter;
    }
    if (!due) return;
    team.sync();
    const double estimate = estimate_of({ring, window, tensor.oldest, tensor.size}, team);
    if (team.is_first()) take_estimate(options, tensors[i], estimate);  // there: few registers are left for a division
  }

 private:
  template <class Team>
  [[nodiscard]] HIFLOAT_HD double estimate_of(const AmaxWindowView& amaxes, const Team& team) const {
    if constexpr (std::is_same_v<A, amax::Max>) {
      return widen(team.maximum([&](unsigned rank, unsigned threads) {
        std::uint32_t largest = 0;
        for (std::size_t j = rank; j < amaxes.size(); j += threads) {
          largest = largest < amaxes.bits(j) ? amaxes.bits(j) : largest;
        }
        return largest;
      }));
    } else {
      return static_cast<double>(
          algorithm(amaxes));  // all do the same: the order of what it adds is part of the result
    }
  }
};

/// One thread for each tensor calls this.
struct ResetJob {
  ScalingOptions options;
  TensorState* tensors;
  std::uint32_t* observed;
  StepCounter* steps;
  std::size_t size;

  HIFLOAT_HD void operator()(std::size_t i) const noexcept {
    reset(options, tensors[i]);
    observed[i] = 0;
    steps[i] = {};
  }
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE::gpu
