// How close the CUDA kernels come to a device copy of as many bytes, in the same run: inputs are random and no smaller
// than the argument says (in MiB, 1024 by default, of bytes moved). Each row's kernel and its copy take turns; the
// share is the median over the rounds.

#include <hifloat/cuda/cuda.cuh>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace hifloat;
using Launch = std::function<cudaError_t(cudaStream_t)>;

constexpr int rounds = 31, warm_up = 3;

void check(cudaError_t error) {
  if (error == cudaSuccess) return;
  std::fprintf(stderr, "cuda_bandwidth: %s\n", cudaGetErrorString(error));
  std::exit(1);
}

struct Free {
  void operator()(void* memory) const { (void)cudaFree(memory); }
};
using Memory = std::unique_ptr<void, Free>;
Memory allocate(std::size_t bytes) {
  void* memory = nullptr;
  check(cudaMalloc(&memory, bytes));
  return Memory(memory);
}

/// Nearly normal numbers, the sum of four uniform ones.
template <class T>
__global__ void fill(T* x, std::uint64_t n) {
  const std::uint64_t step = std::uint64_t{gridDim.x} * blockDim.x;
  for (std::uint64_t i = std::uint64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < n; i += step) {
    const PhiloxBlock bits = philox4x32_7(1, 2, i);
    float sum = -2.0f;
    for (const std::uint32_t word : bits.word) sum += static_cast<float>(word) * 0x1p-32f;
    x[i] = static_cast<T>(sum * 3.0f);
  }
}
template <class T>
void fill_random(void* x, std::uint64_t n) {
  fill<<<4096, 256>>>(static_cast<T*>(x), n);
  check(cudaGetLastError());
}

class Timer {
 public:
  Timer() {
    check(cudaStreamCreate(&stream_));
    check(cudaEventCreate(&begin_));
    check(cudaEventCreate(&end_));
  }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() {
    (void)cudaEventDestroy(begin_);
    (void)cudaEventDestroy(end_);
    (void)cudaStreamDestroy(stream_);
  }
  /// In seconds.
  double operator()(const Launch& launch) const {
    check(cudaEventRecord(begin_, stream_));
    check(launch(stream_));
    check(cudaEventRecord(end_, stream_));
    check(cudaEventSynchronize(end_));
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, begin_, end_));
    return milliseconds * 1e-3;
  }
  [[nodiscard]] cudaStream_t stream() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
  cudaEvent_t begin_ = nullptr, end_ = nullptr;
};

/// Launches as a graph, which is launched at once.
class Replay {
 public:
  Replay(const Timer& timer, const Launch& launches) {
    cudaGraph_t graph = nullptr;
    check(cudaStreamBeginCapture(timer.stream(), cudaStreamCaptureModeGlobal));
    check(launches(timer.stream()));
    check(cudaStreamEndCapture(timer.stream(), &graph));
    check(cudaGraphInstantiate(&graph_, graph, 0));
    check(cudaGraphDestroy(graph));
  }
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;
  ~Replay() { (void)cudaGraphExecDestroy(graph_); }
  cudaError_t operator()(cudaStream_t stream) const { return cudaGraphLaunch(graph_, stream); }

 private:
  cudaGraphExec_t graph_ = nullptr;
};

double median(std::vector<double> list) {
  std::nth_element(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(list.size() / 2), list.end());
  return list[list.size() / 2];
}

class Table {
 public:
  explicit Table(std::size_t moved) : moved_(moved) {
    copied_from_ = allocate(moved / 2);
    copied_to_ = allocate(moved / 2);
    fill_random<float>(copied_from_.get(), moved / 2 / sizeof(float));
    std::printf("%-26s %9s %9s %8s %6s\n", "kernel", "us", "GB/s", "of copy", "goal");
  }

  /// Elements of a row that moves this many bytes for each.
  [[nodiscard]] std::uint64_t elements(std::size_t bytes_each) const { return moved_ / bytes_each / 64 * 64; }

  /// Prints a row; returns its median time. `bytes`: what the kernel moves. Goal 0 is none.
  double row(const std::string& name, std::size_t bytes, double goal, const Launch& launch) {
    return compare(name, bytes, goal, launch, [&](cudaStream_t stream) { return copy(0, bytes, stream); });
  }
  /// The same for `launches` kernels of so many bytes each, which launch(i, stream) launches, and as many copies.
  double row_of_many(const std::string& name, std::size_t bytes, std::size_t launches, double goal,
                     const std::function<cudaError_t(std::size_t, cudaStream_t)>& launch) {
    const auto all = [&](const auto& one) {
      return Replay(timer_, [&](cudaStream_t stream) {
        for (std::size_t i = 0; i < launches; ++i) check(one(i, stream));
        return cudaSuccess;
      });
    };
    const Replay kernels = all(launch),
                 copies = all([&](std::size_t i, auto stream) { return copy(i, bytes, stream); });
    return compare(name, bytes * launches, goal, std::cref(kernels), std::cref(copies));
  }

 private:
  /// Copy i of those that move `bytes` each.
  [[nodiscard]] cudaError_t copy(std::size_t i, std::size_t bytes, cudaStream_t stream) const {
    return cudaMemcpyAsync(static_cast<std::uint8_t*>(copied_to_.get()) + i * (bytes / 2),
                           static_cast<const std::uint8_t*>(copied_from_.get()) + i * (bytes / 2), bytes / 2,
                           cudaMemcpyDeviceToDevice, stream);
  }
  double compare(const std::string& name, std::size_t bytes, double goal, const Launch& launch, const Launch& copy) {
    std::vector<double> times, shares;
    for (int round = -warm_up; round < rounds; ++round) {
      const double of_copy = timer_(copy), of_kernel = timer_(launch);
      if (round < 0) continue;
      times.push_back(of_kernel);
      shares.push_back(of_copy / of_kernel);
    }
    const double time = median(times);
    std::printf("%-26s %9.1f %9.1f %8.3f", name.c_str(), time * 1e6, static_cast<double>(bytes) / time * 1e-9,
                median(shares));
    if (goal > 0) std::printf(" %6.2f%s", goal, median(shares) < goal ? "  missed" : "");
    std::printf("\n");
    return time;
  }

  std::size_t moved_;
  Memory copied_from_, copied_to_;
  Timer timer_;
};

template <class T>
void rows_of(const char* type, Table& table, double encode_goal, double stochastic_goal) {
  const std::string name = type;
  const std::uint64_t n = table.elements(sizeof(T) + 1), read_only = table.elements(sizeof(T));
  const std::uint64_t in_place = table.elements(2 * sizeof(T));
  const std::size_t moved = n * (sizeof(T) + 1);
  const Memory x_memory = allocate(read_only * sizeof(T)), codes_memory = allocate(n), sink = allocate(256);
  check(cudaMemset(sink.get(), 0, 256));
  fill_random<T>(x_memory.get(), read_only);
  T* const x = static_cast<T*>(x_memory.get());
  auto* const codes = static_cast<hif8_t*>(codes_memory.get());
  auto* const random = static_cast<hif8<rounding::Stochastic>*>(codes_memory.get());
  const cuda::MergeAmax amax{static_cast<std::uint32_t*>(sink.get())};
  const cuda::MergeStats stats{reinterpret_cast<QuantizeStats*>(static_cast<std::uint8_t*>(sink.get()) + 64)};
  const cuda::QuantizeOptions options{.scale = 2.5f};

  const double plain = table.row(name + " encode", moved, encode_goal,
                                 [&](auto stream) { return cuda::quantize(x, codes, n, options, stream); });
  const double with_amax = table.row(name + " encode, amax", moved, 0.86,
                                     [&](auto stream) { return cuda::quantize(x, codes, n, amax, options, stream); });
  const double with_stats = table.row(name + " encode, all stats", moved, 0.86,
                                      [&](auto stream) { return cuda::quantize(x, codes, n, stats, options, stream); });
  std::printf("%-26s %9.3f with amax, %.3f with all stats (goal 1.05)\n", "  over the plain time", with_amax / plain,
              with_stats / plain);
  table.row(name + " encode, stochastic", moved, stochastic_goal,
            [&](auto stream) { return cuda::quantize(x, random, n, options, stream); });
  table.row(name + " amax", read_only * sizeof(T), 0.95,
            [&](auto stream) { return cuda::abs_max(x, read_only, amax, nullptr, stream); });
  table.row(name + " fake quantize, in place", in_place * 2 * sizeof(T), 0.0,
            [&](auto stream) { return cuda::fake_quantize(x, x, in_place, options, stream); });
  table.row(name + " decode", moved, 0.90,
            [&](auto stream) { return cuda::dequantize(codes, x, n, {.inverse_scale = 0.4f}, stream); });
  // Calls of the size that layers have: each fills its tables.
  constexpr std::uint64_t of_layer = 16 << 20;
  if (const std::uint64_t calls = n / of_layer; calls > 1) {
    table.row_of_many(name + " encode, 16 Mi a call", of_layer * (sizeof(T) + 1), calls, 0.0,
                      [&](std::size_t i, cudaStream_t stream) {
                        return cuda::quantize(x + i * of_layer, codes + i * of_layer, of_layer, options, stream);
                      });
  }
}

/// Products with few rows. Weights are read once, and are others for each product, as in a model: caches have none.
void product_rows(Table& table) {
  const std::uint64_t moved = table.elements(1);
  const Memory weights = allocate(moved), numbers = allocate(moved * sizeof(bfloat16) / 8), x = allocate(8 << 20),
               y = allocate(8 << 20);
  auto* const codes = static_cast<hif8_t*>(weights.get());
  const auto quantize = [&](hif8_t* to, std::uint64_t n) {
    check(cuda::quantize(static_cast<const bfloat16*>(numbers.get()), to, n, {.scale = 2.5f}));
  };
  fill_random<bfloat16>(numbers.get(), moved / 8);
  for (std::uint64_t i = 0; i < 8; ++i) quantize(codes + i * (moved / 8), moved / 8);
  quantize(static_cast<hif8_t*>(x.get()), std::min<std::uint64_t>(8 << 20, moved / 8));
  struct Shape {
    std::uint64_t n, k;
  };
  for (const Shape shape : {Shape{4096, 4096}, Shape{14336, 4096}, Shape{4096, 14336}, Shape{8192, 8192}}) {
    const std::uint64_t size = shape.n * shape.k;
    if (size > moved) continue;
    for (const std::uint64_t m : {1u, 4u, 8u}) {
      const std::string name =
          "product " + std::to_string(m) + " x " + std::to_string(shape.n) + " x " + std::to_string(shape.k);
      table.row_of_many(name, size, moved / size, 0.80, [&](std::size_t i, cudaStream_t stream) {
        return cuda::skinny_product(cuda::ScaledCodes<>{static_cast<const hif8_t*>(x.get())},
                                    cuda::ScaledCodes<>{codes + i * size, 0.4f}, static_cast<bfloat16*>(y.get()), m,
                                    shape.n, shape.k, {}, stream);
      });
    }
  }
}

/// One commit of 4,096 tensors with full windows of 1,024: a graph of commits, each after the copy that gives it
/// amaxes, less a graph of the copies alone.
void commit_row() {
  constexpr std::size_t tensors = 4096, window = 1024;
  constexpr int commits = 100;
  std::vector<std::string> names(tensors);
  for (std::size_t i = 0; i < tensors; ++i) names[i] = std::to_string(i);
  cuda::ScalerGroup<amax::Max> group(hifloat::ScalerGroup<amax::Max, window>(names, {}));
  const Memory amaxes = allocate(tensors * sizeof(float));
  fill_random<float>(amaxes.get(), tensors);
  check(cuda::fake_quantize(static_cast<float*>(amaxes.get()), static_cast<float*>(amaxes.get()), tensors));
  std::vector<std::uint32_t> bits(tensors);
  check(cudaMemcpy(bits.data(), amaxes.get(), tensors * sizeof(float), cudaMemcpyDeviceToHost));
  for (std::uint32_t& b : bits) b = std::max(b & 0x7FFFFFFFu, 0x3F000000u);
  check(cudaMemcpy(amaxes.get(), bits.data(), tensors * sizeof(float), cudaMemcpyHostToDevice));
  const Timer timer;
  const auto seconds = [&](bool commit) {
    const Replay replay(timer, [&](cudaStream_t stream) {
      for (int i = 0; i < commits; ++i) {
        check(
            cudaMemcpyAsync(group.observed(), amaxes.get(), tensors * sizeof(float), cudaMemcpyDeviceToDevice, stream));
        if (commit) check(group.commit(stream));
      }
      return cudaSuccess;
    });
    std::vector<double> times;
    for (int round = -static_cast<int>(window) / commits - 1; round < rounds; ++round) {
      const double time = timer(std::cref(replay));
      if (round >= 0) times.push_back(time);
    }
    return median(times) / commits;
  };
  const double time = (seconds(true) - seconds(false)) * 1e6;
  std::printf("%-26s %9.2f us (goal at most 15)%s\n", "commit, 4,096 x 1,024", time, time > 15 ? "  missed" : "");
}

}  // namespace

int main(int argc, char** argv) {
  cudaDeviceProp properties{};
  if (const cudaError_t error = cudaGetDeviceProperties(&properties, 0); error != cudaSuccess) {
    std::printf("cuda_bandwidth: no GPU: %s\n", cudaGetErrorString(error));
    return 77;
  }
  const long mebibytes = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 1024;
  if (mebibytes < 1) {
    std::fprintf(stderr, "usage: cuda_bandwidth [MiB moved by each kernel]\n");
    return 2;
  }
  std::printf("%s, %ld MiB moved by each kernel, medians of %d rounds\n", properties.name, mebibytes, rounds);
  Table table(static_cast<std::size_t>(mebibytes) << 20);
  rows_of<float>("f32", table, 0.90, 0.85);
  rows_of<bfloat16>("bf16", table, 0.88, 0.65);
  rows_of<binary16>("f16", table, 0.88, 0.65);
  product_rows(table);
  commit_row();
}
