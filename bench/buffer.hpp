// Memory to measure on: aligned to huge pages and made of them where there are any, so that page faults and address
// translation stay out of the figures.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>

namespace bench {

template <class T>
class Buffer {
 public:
  explicit Buffer(std::size_t n) : size_(n) {
    constexpr std::size_t page = std::size_t{2} << 20;
    const std::size_t bytes = (n * sizeof(T) + page - 1) / page * page;
    memory_.reset(std::aligned_alloc(page, bytes));
    if (memory_ == nullptr) throw std::bad_alloc();
    madvise(memory_.get(), bytes, MADV_HUGEPAGE);
    std::memset(memory_.get(), 0, bytes);
  }
  [[nodiscard]] std::span<T> first(std::size_t n) const { return {static_cast<T*>(memory_.get()), n}; }
  [[nodiscard]] std::span<T> all() const { return first(size_); }

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::size_t size_;
  std::unique_ptr<void, Free> memory_;
};

}  // namespace bench
