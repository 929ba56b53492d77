// Kernels from device functions, and what they were stopped for.
#pragma once

#include "runtime.hpp"

#include <cuda_runtime.h>
#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <vector>

namespace {

using u32 = unsigned;

/// Device memory of words, each 0 at first.
struct Words {
  explicit Words(std::size_t n) : count(n) {
    REQUIRE(cudaMalloc(reinterpret_cast<void**>(&data), n * 4) == cudaSuccess);
    REQUIRE(cudaMemset(data, 0, n * 4) == cudaSuccess);
  }
  explicit Words(const std::vector<u32>& host) : Words(host.size()) {
    REQUIRE(cudaMemcpy(data, host.data(), count * 4, cudaMemcpyHostToDevice) == cudaSuccess);
  }
  Words(const Words&) = delete;
  ~Words() { (void)cudaFree(data); }
  std::vector<u32> get() const {
    std::vector<u32> host(count);
    REQUIRE(cudaMemcpy(host.data(), data, count * 4, cudaMemcpyDeviceToHost) == cudaSuccess);
    return host;
  }
  u32* data = nullptr;
  std::size_t count;
};

template <class F>
__global__ void kernel(F f, u32* words) {
  f(words);
}

/// Runs f(words) in a grid; what it was stopped or refused for, or nothing.
template <class F>
std::string run(F f, u32 blocks, u32 threads, const Words& words) {
  gpu_emulator::expects_failures = true;
  kernel<<<blocks, threads>>>(f, words.data);
  const cudaError_t error = cudaGetLastError();
  const std::string text = error == cudaSuccess ? "" : cudaGetErrorString(error);
  (void)gpu_emulator::take_failure();
  return text;
}
[[maybe_unused]] bool is(const std::string& failure, const char* what) {
  INFO(failure);
  return failure.find(what) != std::string::npos;
}

#define DEVICE_FUNCTION(name)                 \
  struct name {                               \
    __device__ void operator()(u32* w) const; \
  };                                          \
  __device__ void name::operator()(u32* w) const

}  // namespace
