// Recorded amaxes, a piece at a time: what replay reads.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// Otherwise a second replay of a trace would be one of no rows.
inline void check_not_ended(bool ended) {
  if (ended)
    HIFLOAT_THROW(std::logic_error, "hifloat: this trace was read to its end, and a trace is read once: make another");
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_NAMESPACE::diagnostics {

/// Rows of a trace: the amax of one tensor in one step, and some of the tensor's elements where they were recorded.
class TraceChunk {
 public:
  /// Of no rows.
  HIFLOAT_KEYED TraceChunk() = default;

  HIFLOAT_KEYED [[nodiscard]] std::size_t size() const noexcept { return amax_.size(); }  ///< rows
  /// The row's tensor, by number.
  HIFLOAT_KEYED [[nodiscard]] std::size_t tensor(std::size_t row) const noexcept { return tensor_[row]; }
  HIFLOAT_KEYED [[nodiscard]] float amax(std::size_t row) const noexcept { return amax_[row]; }  ///< the row's
  /// The row's samples, equally many in each row; empty where none were recorded.
  HIFLOAT_KEYED [[nodiscard]] std::span<const float> samples(std::size_t row) const noexcept {
    return samples_per_row_ == 0 ? std::span<const float>()
                                 : std::span(samples_).subspan(row * samples_per_row_, samples_per_row_);
  }

  /// Removes all rows. Those to come have so many samples each.
  HIFLOAT_KEYED void clear(std::size_t samples_per_row = 0) noexcept {
    tensor_.clear();
    amax_.clear();
    samples_.clear();
    samples_per_row_ = samples_per_row;
  }
  /// A row: a tensor's number, below 2^32, and its amax, not negative. Exactly `samples_per_row` of add_sample follow.
  HIFLOAT_KEYED void add(std::size_t tensor, float amax) {
    tensor_.push_back(static_cast<std::uint32_t>(tensor));
    amax_.push_back(amax);
  }
  HIFLOAT_KEYED void add_sample(float sample) { samples_.push_back(sample); }  ///< of the last row

 private:
  std::vector<std::uint32_t> tensor_{};
  std::vector<float> amax_{};
  std::vector<float> samples_{};
  std::size_t samples_per_row_ = 0;
};

/// A trace:
///  - `bool read(TraceChunk&)` fills the chunk with the next rows, of each tensor in the order of its steps; false, and
///    an empty chunk, after the last one. To call it once more is std::logic_error in hifloat's traces;
///  - `tensors()`: the names of the tensors seen so far; a row's tensor is a place in this list.
template <class T>
concept Trace = requires(T& trace, TraceChunk& chunk) {
  { trace.read(chunk) } -> std::same_as<bool>;
  { trace.tensors() } -> std::convertible_to<std::span<const std::string>>;
};

/// Amaxes in memory, of one tensor or of several, one after the other. They are not copied, and must outlive the
/// trace, which is read once: another replay wants another one.
class AmaxTrace {
 public:
  /// The amaxes of a tensor, the first step's first.
  struct Tensor {
    std::string name;               ///< in the results
    std::span<const float> amaxes;  ///< none negative; not finite ones drop their step
  };

  /// Of one tensor.
  HIFLOAT_KEYED explicit AmaxTrace(std::span<const float> amaxes, std::string tensor = "tensor") {
    add({std::move(tensor), amaxes});
  }
  /// Of several. Their names need not differ.
  HIFLOAT_KEYED explicit AmaxTrace(std::span<const Tensor> tensors) {
    for (const Tensor& tensor : tensors) add(tensor);
  }
  // A temporary's amaxes would be gone. (A template, since no braces give its argument: they may give a span.)
  template <class Allocator>
  explicit AmaxTrace(const std::vector<float, Allocator>&&, std::string = {}) = delete;

  /// As Trace says; at most 65,536 rows a call.
  HIFLOAT_KEYED bool read(TraceChunk& chunk) {
    constexpr std::size_t rows = 65536;
    chunk.clear();
    detail::check_not_ended(ended_);
    for (; next_ < amaxes_.size() && chunk.size() < rows; next_ += amaxes_[next_].empty()) {
      std::span<const float>& left = amaxes_[next_];
      const std::size_t n = (std::min)(left.size(), rows - chunk.size());
      for (const float amax : left.first(n)) chunk.add(next_, amax);
      left = left.subspan(n);
    }
    ended_ = chunk.size() == 0;
    return !ended_;
  }
  /// All of them, from the start.
  HIFLOAT_KEYED [[nodiscard]] std::span<const std::string> tensors() const noexcept { return names_; }

 private:
  HIFLOAT_KEYED void add(const Tensor& tensor) {
    names_.push_back(tensor.name);
    amaxes_.push_back(tensor.amaxes);
  }

  std::vector<std::string> names_{};
  std::vector<std::span<const float>> amaxes_{};  ///< of each tensor, those not read yet
  std::size_t next_ = 0;                          ///< the tensor that is read
  bool ended_ = false;                            ///< read has said so
};

}  // namespace HIFLOAT_NAMESPACE::diagnostics
