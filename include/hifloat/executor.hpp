// Large arrays and products on several cores: who runs the pieces of a call.
//
// The library starts no threads. An executor is a small type over threads that the program has anyway: OpenMP's, or the
// program's own pool. `on(executor, x)` is the range x, worked on by that executor, and goes wherever x goes:
//
//   hifloat::encode(hifloat::on(pool, x), codes, 0.5f);
//   auto q = scaler.quantize(hifloat::on(pool, x));
//   hifloat::matmul(pool, a, b, c);
//
// Results and stats are those of the plain call, to the bit, however the array was split.
#pragma once

#include <concepts>
#include <cstddef>
#include <ranges>
#include <span>
#include <type_traits>

#if defined(_OPENMP)
#include <omp.h>
#endif

#include <hifloat/config.hpp>

namespace HIFLOAT_NAMESPACE {

/// The pieces of a call, by number. Refers to what is on the caller's stack: valid until the executor returns.
class Task {
 public:
  /// Of anything that is called with a piece's number; `work` must outlive the task.
  template <class F>
    requires(std::invocable<const F&, std::size_t>)
  HIFLOAT_KEYED explicit Task(const F& work) noexcept
      : work_(&work), call_([](const void* f, std::size_t i) { (*static_cast<const F*>(f))(i); }) {}

  /// Does piece i. Any thread may call it, and several at a time. It throws nothing.
  HIFLOAT_KEYED void operator()(std::size_t i) const { call_(work_, i); }

 private:
  const void* work_;
  void (*call_)(const void*, std::size_t);
};

/// The contract of an executor, a small handle that is copied:
///  - `concurrency()`: how many pieces it would run at a time, this thread's included; 0 counts as 1;
///  - `executor(pieces, task)`: calls task(i) once for each i in [0, pieces), in any order and on any threads, and
///    returns when all of them are done. What it throws, once no task runs any more, passes through the call, whose
///    output is then unspecified.
template <class E>
concept Executor = std::copy_constructible<E> && requires(const E& executor, std::size_t pieces, const Task& task) {
  { executor.concurrency() } -> std::convertible_to<std::size_t>;
  executor(pieces, task);
};

namespace detail {

/// One piece is not worth waking a thread.
template <Executor E>
HIFLOAT_KEYED void run_pieces(const E& executor, std::size_t pieces, const Task& task) {
  if (pieces == 1) {
    task(0);
  } else {
    executor(pieces, task);
  }
}

}  // namespace detail

/// Executors that the library brings along.
namespace executor {

/// The calling thread: what plain ranges are worked on by.
struct Serial {
  /// One: arrays are not split.
  HIFLOAT_KEYED [[nodiscard]] static constexpr std::size_t concurrency() noexcept { return 1; }
  /// The pieces in order.
  HIFLOAT_KEYED void operator()(std::size_t pieces, const Task& task) const {
    for (std::size_t i = 0; i < pieces; ++i) task(i);
  }
};

#if defined(_OPENMP)
/// OpenMP's threads, where the program is compiled with it. Within a parallel region OpenMP decides whether there are
/// any more threads.
struct OpenMp {
  int threads = 0;  ///< how many; 0 or less leaves that to OpenMP

  /// `threads`, or omp_get_max_threads().
  HIFLOAT_KEYED [[nodiscard]] std::size_t concurrency() const noexcept {
    return static_cast<std::size_t>(threads > 0 ? threads : omp_get_max_threads());
  }
  /// By a team of so many threads, each taking the next piece that is left.
  HIFLOAT_KEYED void operator()(std::size_t pieces, const Task& task) const {
    const int team = static_cast<int>(concurrency());
#pragma omp parallel for schedule(dynamic, 1) num_threads(team)
    for (std::size_t i = 0; i < pieces; ++i) task(i);
  }
};
#endif

}  // namespace executor

/// A contiguous range with the executor that works on it; see `on`.
template <Executor E, class T>
class OnExecutor {
 public:
  /// Copies the executor; the elements must outlive the range.
  HIFLOAT_KEYED OnExecutor(const E& executor, std::span<T> elements) : executor_(executor), elements_(elements) {}

  HIFLOAT_KEYED [[nodiscard]] T* data() const noexcept { return elements_.data(); }           ///< the first element
  HIFLOAT_KEYED [[nodiscard]] std::size_t size() const noexcept { return elements_.size(); }  ///< in elements
  HIFLOAT_KEYED [[nodiscard]] T* begin() const noexcept { return data(); }                    ///< as data()
  HIFLOAT_KEYED [[nodiscard]] T* end() const noexcept { return data() + size(); }             ///< past the last element
  HIFLOAT_KEYED [[nodiscard]] const E& executor() const noexcept { return executor_; }        ///< the copy that works

 private:
  E executor_;
  std::span<T> elements_;
};

/// The elements of a contiguous range, to be passed as the input of an array function or of a scaler. Refers to the
/// range, which must outlive it.
template <Executor E, std::ranges::contiguous_range Range>
HIFLOAT_KEYED [[nodiscard]] auto on(
    const E& executor, Range&& range) requires std::ranges::sized_range<Range> && std::ranges::borrowed_range<Range> {
  using T = std::remove_reference_t<std::ranges::range_reference_t<Range>>;
  return OnExecutor<E, T>(executor, std::span<T>(std::ranges::data(range), std::ranges::size(range)));
}

}  // namespace HIFLOAT_NAMESPACE
