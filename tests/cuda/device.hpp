// Device memory for tests, and what stops a test where a CUDA call fails.
#pragma once

#include <cuda_runtime.h>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace gpu_test {

inline void require(cudaError_t error) {
  INFO(std::string(cudaGetErrorString(error)));  // of a char pointer, doctest shows the address
  REQUIRE(error == cudaSuccess);
}

/// HIFLOAT_GPU_QUICK=1 in the environment asks for small sizes: under compute-sanitizer the others take hours. A larger
/// number asks for so many times fewer inputs: what it divides should be odd, for inputs that differ in all bits.
inline unsigned thinning() {
  const char* const wanted = std::getenv("HIFLOAT_GPU_QUICK");
  return wanted == nullptr ? 0 : static_cast<unsigned>(std::strtoul(wanted, nullptr, 10));
}
inline bool quick() { return thinning() != 0; }

inline constexpr std::uint8_t poison = 0xA5;

/// Poisoned device memory.
template <class T>
class Device {
 public:
  explicit Device(std::size_t n) : n_(n) {
    void* memory = nullptr;
    require(cudaMalloc(&memory, n * sizeof(T) + 1));
    memory_.reset(static_cast<T*>(memory));
    spoil();
  }
  explicit Device(const std::vector<T>& host) : Device(host.size()) { upload(host); }
  [[nodiscard]] T* data() const { return memory_.get(); }
  [[nodiscard]] std::size_t size() const { return n_; }
  void spoil() { require(cudaMemset(data(), poison, n_ * sizeof(T))); }
  void clear() { require(cudaMemset(data(), 0, n_ * sizeof(T))); }
  void upload(std::span<const T> host) {
    require(cudaMemcpy(data(), host.data(), host.size_bytes(), cudaMemcpyHostToDevice));
  }
  void download(std::span<T> host) const {
    require(cudaMemcpy(host.data(), data(), host.size_bytes(), cudaMemcpyDeviceToHost));
  }
  [[nodiscard]] std::vector<T> download() const {
    std::vector<T> host(n_);
    download(host);
    return host;
  }

 private:
  struct Free {
    void operator()(T* memory) const { (void)cudaFree(memory); }
  };
  std::unique_ptr<T, Free> memory_;
  std::size_t n_;
};

}  // namespace gpu_test
