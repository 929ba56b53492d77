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
  std::size_t size, window;

  template <class Team>
  HIFLOAT_HD void operator()(std::size_t i, const Team& team) const {
    TensorState tensor = tensors[i];
    const std::uint32_t staged = observed[i];
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

}  // namespace HIFLOAT_DETAIL_NAMESPACE::gpu
