// How an array call is split for an executor. None of it shows in results.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/executor.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// The executor of a range: its own, or the calling thread.
template <class Range>
[[nodiscard]] constexpr hifloat::executor::Serial executor_of(const Range&) noexcept {
  return {};
}
template <class E, class T>
[[nodiscard]] const E& executor_of(const OnExecutor<E, T>& range) noexcept {
  return range.executor();
}

/// Pieces [first(i), first(i + 1)) of n elements. They are about equal, begin where a cache line of the output does (no
/// two threads write to one), and are worth a thread's while.
class Pieces {
 public:
  Pieces(std::size_t n, std::size_t concurrency, const void* out, std::size_t out_size) noexcept : n_(n) {
    constexpr std::size_t least = std::size_t{1} << 16, line = 64;  // elements: twice what waking a thread costs; bytes
    constexpr std::size_t for_each_thread = 4;                      // so that a slow one holds up the others less
    if (concurrency <= 1 || n < 2 * least) return;
    const std::size_t wanted = concurrency < n / for_each_thread ? for_each_thread * concurrency : n;
    count_ = n / least < wanted ? n / least : wanted;
    if (count_ > concurrency) count_ -= count_ % concurrency;  // as many for each
    size_ = (n + count_ - 1) / count_;
    size_ += (line - size_ % line) % line;
    const std::size_t misaligned = reinterpret_cast<std::uintptr_t>(out) % line;
    if (misaligned != 0 && misaligned % out_size == 0) head_ = (line - misaligned) / out_size;
    count_ = (n - head_ + size_ - 1) / size_;
  }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] std::size_t first(std::size_t i) const noexcept {
    if (i == 0) return 0;
    const std::size_t at = head_ + i * size_;
    return i < count_ && at < n_ ? at : n_;
  }

 private:
  std::size_t n_;
  std::size_t count_ = 1;
  std::size_t size_ = 0;
  std::size_t head_ = 0;  ///< more for the first piece
};

/// What calls over parts of an array say of all of it.
[[nodiscard]] inline QuantizeStats merged(const QuantizeStats& a, const QuantizeStats& b) noexcept { return a + b; }
/// Of amaxes: as integers, NaN is above infinity.
[[nodiscard]] inline float merged(float a, float b) noexcept {
  return bit_cast<std::uint32_t>(a) < bit_cast<std::uint32_t>(b) ? b : a;
}

/// Does work(first, count) for all of n elements, by an executor if there are enough of them. Returns what `work` does,
/// merged in order.
template <class E, class Work>
auto in_pieces(const E& executor, std::size_t n, const void* out, std::size_t out_size, const Work& work) {
  using Result = std::invoke_result_t<const Work&, std::size_t, std::size_t>;
  if constexpr (std::is_same_v<E, hifloat::executor::Serial>) return work(std::size_t{0}, n);
  const Pieces pieces(n, executor.concurrency(), out, out_size);
  if (pieces.count() == 1) return work(std::size_t{0}, n);
  const auto piece = [&](std::size_t i) { return work(pieces.first(i), pieces.first(i + 1) - pieces.first(i)); };
  if constexpr (std::is_void_v<Result>) {
    executor(pieces.count(), Task(piece));
  } else {
    std::vector<Result> results(pieces.count());
    const auto keep = [&](std::size_t i) { results[i] = piece(i); };
    executor(pieces.count(), Task(keep));
    Result all = results[0];
    for (std::size_t i = 1; i < results.size(); ++i) all = merged(all, results[i]);
    return all;
  }
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
