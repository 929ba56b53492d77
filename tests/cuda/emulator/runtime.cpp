// The functions of the CUDA runtime that hifloat and its tests call, for the emulated device. All work is done at once,
// in the order of the calls; streams only matter where one is captured. Like the real runtime's, errors of a kernel
// stay.

#include "runtime.hpp"

#include "device.hpp"
#include "fat_binary.hpp"
#include "streams.hpp"

#include <cuda_runtime_api.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using gpu_emulator::Device;
using gpu_emulator::DeviceMemory;
using gpu_emulator::enqueue;
using gpu_emulator::KernelEntry;
using gpu_emulator::Launch;
using gpu_emulator::Work;

// What the handles of streams and graphs point to; both are declared so by CUDA.
struct CUgraph_st {
  std::vector<Work> nodes;
};
struct CUgraphExec_st {
  std::vector<Work> nodes;
};
struct CUstream_st {
  std::unique_ptr<CUgraph_st> captured;
  bool is_invalid = false;  ///< what is captured
};

namespace {

cudaError_t sticky = cudaSuccess, last = cudaSuccess;
std::string message;

cudaError_t noted(cudaError_t error) {
  if (error != cudaSuccess) last = error;
  return error;
}

void report(const std::exception& error) {
  message = error.what();
  if (!gpu_emulator::expects_failures) std::fprintf(stderr, "emulated GPU: %s\n", error.what());
}

cudaError_t copy(void* to, const void* from, std::size_t bytes) {
  if (bytes == 0) return cudaSuccess;
  const auto host_address = [&](const void* pointer) -> std::byte* {
    const auto address = reinterpret_cast<std::uint64_t>(pointer);
    if (!DeviceMemory::is_device(address)) return static_cast<std::byte*>(const_cast<void*>(pointer));
    return Device::get().memory().data(address, bytes);
  };
  std::byte *const target = host_address(to), *const source = host_address(from);
  if (target == nullptr || source == nullptr) return cudaErrorInvalidValue;
  std::memcpy(target, source, bytes);
  return cudaSuccess;
}

/// The configuration of a launch by <<<>>>, between the two calls that it is made of.
struct Configuration {
  dim3 grid, block;
  std::size_t shared_bytes = 0;
  cudaStream_t stream = nullptr;
} pushed;

}  // namespace

namespace gpu_emulator {

bool expects_failures = false;

std::string take_failure() {
  sticky = last = cudaSuccess;
  return std::exchange(message, std::string());
}

std::uint64_t executed_instructions() { return Device::get().executed(); }

cudaError_t enqueue(cudaStream_t stream, Work work) {
  if (sticky != cudaSuccess) return sticky;
  if (stream != nullptr && stream->captured != nullptr) {
    stream->captured->nodes.push_back(std::move(work));
    return cudaSuccess;
  }
  try {
    return noted(work());
  } catch (const std::exception& error) {
    report(error);
    return sticky = cudaErrorLaunchFailure;
  }
}

}  // namespace gpu_emulator

extern "C" {

void** __cudaRegisterFatBinary(void* binary) {
  try {
    return reinterpret_cast<void**>(new std::shared_ptr<const gpu_emulator::ModuleText>(
        std::make_shared<const gpu_emulator::ModuleText>(gpu_emulator::ptx_of(binary))));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "emulated GPU: %s\n", error.what());
    std::abort();
  }
}
void __cudaRegisterFatBinaryEnd(void**) {}
void __cudaUnregisterFatBinary(void** handle) {
  delete reinterpret_cast<std::shared_ptr<const gpu_emulator::ModuleText>*>(handle);
}
void __cudaRegisterFunction(void** handle, const char* host_function, char*, const char* name, int, uint3*, uint3*,
                            dim3*, dim3*, int*) {
  Device::get().add_kernel(host_function, *reinterpret_cast<std::shared_ptr<const gpu_emulator::ModuleText>*>(handle),
                           name);
}
unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, std::size_t shared_bytes, cudaStream_t stream) {
  pushed = {grid, block, shared_bytes, stream};
  return 0;
}
cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, std::size_t* shared_bytes, void* stream) {
  *grid = pushed.grid;
  *block = pushed.block;
  *shared_bytes = pushed.shared_bytes;
  *static_cast<cudaStream_t*>(stream) = pushed.stream;
  return cudaSuccess;
}

cudaError_t cudaLaunchKernel(const void* function, dim3 grid, dim3 block, void** arguments, std::size_t shared_bytes,
                             cudaStream_t stream) {
  KernelEntry* const entry = Device::get().find_kernel(function);
  if (entry == nullptr) return noted(cudaErrorInvalidDeviceFunction);
  try {
    const gpu_emulator::Kernel& kernel = Device::get().kernel(*entry);
    const std::uint64_t threads = std::uint64_t{block.x} * block.y * block.z;
    if (threads == 0 || threads > kernel.most_threads || std::uint64_t{grid.x} * grid.y * grid.z == 0 ||
        grid.x > 0x7FFFFFFF || grid.y > 0xFFFF || grid.z > 0xFFFF || shared_bytes > entry->dynamic_shared_limit ||
        kernel.dynamic_shared_begin + shared_bytes > Device::shared_bytes_of_block) {
      return noted(cudaErrorInvalidConfiguration);
    }
    Launch launch{
        &kernel, {grid.x, grid.y, grid.z}, {block.x, block.y, block.z}, {}, static_cast<unsigned>(shared_bytes)};
    launch.parameters.resize(kernel.parameter_bytes);
    for (std::size_t i = 0; i < kernel.parameter_offsets.size(); ++i) {
      std::memcpy(launch.parameters.data() + kernel.parameter_offsets[i], arguments[i], kernel.parameter_sizes[i]);
    }
    return enqueue(stream, [launch] {
      Device::get().run(launch);
      return cudaSuccess;
    });
  } catch (const std::exception& error) {
    report(error);
    return noted(cudaErrorInvalidPtx);
  }
}
// A <<<>>> launch of CUDA 13: the handle is the host function's address.
cudaError_t __cudaGetKernel(cudaKernel_t* kernel, const void* function) {
  *kernel = reinterpret_cast<cudaKernel_t>(const_cast<void*>(function));
  return cudaSuccess;
}
cudaError_t __cudaLaunchKernel(cudaKernel_t kernel, dim3 grid, dim3 block, void** arguments, std::size_t shared_bytes,
                               cudaStream_t stream) {
  return cudaLaunchKernel(reinterpret_cast<const void*>(kernel), grid, block, arguments, shared_bytes, stream);
}
cudaError_t cudaFuncSetAttribute(const void* function, cudaFuncAttribute attribute, int value) {
  KernelEntry* const entry = Device::get().find_kernel(function);
  if (entry == nullptr) return noted(cudaErrorInvalidDeviceFunction);
  if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize || value < 0 ||
      static_cast<unsigned>(value) > Device::shared_bytes_of_block) {
    return noted(cudaErrorInvalidValue);
  }
  entry->dynamic_shared_limit = static_cast<unsigned>(value);
  return cudaSuccess;
}

cudaError_t cudaMalloc(void** memory, std::size_t bytes) {
  *memory = reinterpret_cast<void*>(Device::get().memory().allocate(bytes));
  return noted(*memory == nullptr ? cudaErrorMemoryAllocation : cudaSuccess);
}
cudaError_t cudaFree(void* memory) {
  const bool freed = memory == nullptr || Device::get().memory().free(reinterpret_cast<std::uint64_t>(memory));
  return noted(freed ? cudaSuccess : cudaErrorInvalidValue);
}
cudaError_t cudaMemGetInfo(std::size_t* available, std::size_t* total) {
  *total = DeviceMemory::total_bytes;
  *available = *total - Device::get().memory().used();
  return cudaSuccess;
}
cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind) {
  return sticky != cudaSuccess ? sticky : noted(copy(to, from, bytes));
}
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind, cudaStream_t stream) {
  return enqueue(stream, [=] { return copy(to, from, bytes); });
}
cudaError_t cudaMemsetAsync(void* memory, int value, std::size_t bytes, cudaStream_t stream) {
  return enqueue(stream, [=] {
    if (bytes == 0) return cudaSuccess;
    std::byte* const at = Device::get().memory().data(reinterpret_cast<std::uint64_t>(memory), bytes);
    if (at == nullptr) return cudaErrorInvalidValue;
    std::memset(at, value, bytes);
    return cudaSuccess;
  });
}
cudaError_t cudaMemset(void* memory, int value, std::size_t bytes) {
  return cudaMemsetAsync(memory, value, bytes, nullptr);
}

cudaError_t cudaGetDeviceCount(int* count) { return *count = 1, cudaSuccess; }
cudaError_t cudaGetDevice(int* device) { return *device = 0, cudaSuccess; }
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int) {
  if (attribute != cudaDevAttrMultiProcessorCount) return noted(cudaErrorInvalidValue);
  *value = Device::get().multiprocessors();
  return cudaSuccess;
}
cudaError_t cudaDeviceSynchronize() { return sticky; }
cudaError_t cudaPeekAtLastError() { return sticky != cudaSuccess ? sticky : last; }
cudaError_t cudaGetLastError() {
  const cudaError_t error = cudaPeekAtLastError();
  last = cudaSuccess;
  return error;
}
const char* cudaGetErrorString(cudaError_t error) {
  static std::string text;
  text = error == cudaSuccess ? "no error" : "emulated CUDA error " + std::to_string(error) + " " + message;
  return text.c_str();
}

cudaError_t cudaStreamCreate(cudaStream_t* stream) { return *stream = new CUstream_st, cudaSuccess; }
cudaError_t cudaStreamDestroy(cudaStream_t stream) { return delete stream, cudaSuccess; }
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  if (stream == nullptr || stream->captured == nullptr) return sticky;
  stream->is_invalid = true;
  return noted(cudaErrorStreamCaptureUnsupported);
}
cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  if (stream == nullptr || stream->captured != nullptr) return noted(cudaErrorStreamCaptureUnsupported);
  stream->captured = std::make_unique<CUgraph_st>();
  return cudaSuccess;
}
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  auto captured = std::move(stream->captured);
  if (std::exchange(stream->is_invalid, false) || captured == nullptr) {
    *graph = nullptr;
    return noted(cudaErrorStreamCaptureInvalidated);
  }
  *graph = captured.release();
  return cudaSuccess;
}
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* replay, cudaGraph_t graph, unsigned long long) {
  return *replay = new CUgraphExec_st{graph->nodes}, cudaSuccess;
}
cudaError_t cudaGraphLaunch(cudaGraphExec_t replay, cudaStream_t stream) {
  return enqueue(stream, [replay] {
    for (const Work& work : replay->nodes) {
      if (const cudaError_t error = work(); error != cudaSuccess) return error;
    }
    return cudaSuccess;
  });
}
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t replay) { return delete replay, cudaSuccess; }
cudaError_t cudaGraphDestroy(cudaGraph_t graph) { return delete graph, cudaSuccess; }

}  // extern "C"
