// Two threads as an executor: the caller's, and one that spins, so that starting it costs what the hardware does.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>

#include <hifloat/executor.hpp>

namespace bench {

class ThreadPair {
 public:
  ThreadPair() : shared_(std::make_shared<Shared>()) {}

  static std::size_t concurrency() { return 2; }

  /// The first half of the pieces here, the second half there: in every call the same ones, so that they stay in the
  /// caches of their cores.
  void operator()(std::size_t pieces, const hifloat::Task& task) const {
    const auto half = [&](std::size_t thread) {
      for (std::size_t i = thread * pieces / 2; i < (thread + 1) * pieces / 2; ++i) task(i);
    };
    const hifloat::Task halves(half);
    shared_->task.store(&halves, std::memory_order_release);
    halves(0);
    while (shared_->task.load(std::memory_order_acquire) != nullptr) {}
  }

 private:
  struct Shared {
    std::atomic<const hifloat::Task*> task{nullptr};
    std::atomic<bool> stop{false};
    std::thread thread{[this] {
      while (!stop.load(std::memory_order_relaxed)) {
        if (const hifloat::Task* work = task.load(std::memory_order_acquire)) {
          (*work)(1);
          task.store(nullptr, std::memory_order_release);
        }
      }
    }};
    ~Shared() {
      stop = true;
      thread.join();
    }
  };
  std::shared_ptr<Shared> shared_;
};

}  // namespace bench
