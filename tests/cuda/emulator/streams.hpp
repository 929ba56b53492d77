// Work that is done in the order of a stream.
#pragma once

#include <cuda_runtime_api.h>

#include <functional>

namespace gpu_emulator {

/// An exception is a failure on the device: it stays.
using Work = std::function<cudaError_t()>;

/// Done now, or when the graph that the stream is captured into is launched. An error of earlier work that stays is
/// returned instead.
cudaError_t enqueue(cudaStream_t stream, Work work);

}  // namespace gpu_emulator
