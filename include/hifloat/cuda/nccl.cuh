// The amaxes of a ScalerGroup over all GPUs: the twin of mpi/all_reduce_amax.hpp for NCCL. They are reduced as
// magnitude bits, by maximum: in any order with the same result, and a NaN on one GPU is seen by all. To be called
// between the step's quantize calls and the commit, on their stream; it may be captured with them.
#pragma once

#include <cuda_runtime.h>
#include <nccl.h>

#include <cstddef>
#include <cstdint>

#include <hifloat/config.hpp>
#include <hifloat/cuda/scaler_group.cuh>

namespace HIFLOAT_CUDA_NAMESPACE {

/// Each of `count` words of device memory becomes the maximum over all ranks. Collective; every rank gives as many.
[[nodiscard]] inline ncclResult_t all_reduce_amax(std::uint32_t* magnitude_bits, std::size_t count,
                                                  ncclComm_t communicator, cudaStream_t stream = nullptr) noexcept {
  return ncclAllReduce(magnitude_bits, magnitude_bits, count, ncclUint32, ncclMax, communicator, stream);
}

/// What was observed for the tensors of a group since its last commit; then commit the group.
template <class Algorithm>
[[nodiscard]] ncclResult_t all_reduce_amax(const ScalerGroup<Algorithm>& group, ncclComm_t communicator,
                                           cudaStream_t stream = nullptr) noexcept {
  return all_reduce_amax(group.observed(), group.size(), communicator, stream);
}

}  // namespace HIFLOAT_CUDA_NAMESPACE
