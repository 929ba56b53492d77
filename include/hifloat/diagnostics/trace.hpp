// Recorded amaxes, a piece at a time: what replay reads.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <hifloat/config.hpp>

namespace HIFLOAT_NAMESPACE::diagnostics {

/// Rows of a trace: the amax of one tensor in one step, and some of the tensor's elements where they were recorded.
class TraceChunk {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return amax_.size(); }
  [[nodiscard]] std::size_t tensor(std::size_t row) const noexcept { return tensor_[row]; }
  [[nodiscard]] float amax(std::size_t row) const noexcept { return amax_[row]; }
  [[nodiscard]] std::span<const float> samples(std::size_t row) const noexcept {
    return samples_per_row_ == 0 ? std::span<const float>()
                                 : std::span(samples_).subspan(row * samples_per_row_, samples_per_row_);
  }

  void clear(std::size_t samples_per_row = 0) noexcept {
    tensor_.clear();
    amax_.clear();
    samples_.clear();
    samples_per_row_ = samples_per_row;
  }
  /// Exactly `samples_per_row` of add_sample follow.
  void add(std::size_t tensor, float amax) {
    tensor_.push_back(static_cast<std::uint32_t>(tensor));
    amax_.push_back(amax);
  }
  void add_sample(float sample) { samples_.push_back(sample); }

 private:
  std::vector<std::uint32_t> tensor_;
  std::vector<float> amax_;
  std::vector<float> samples_;
  std::size_t samples_per_row_ = 0;
};

/// A trace:
///  - `bool read(TraceChunk&)` fills the chunk with the next rows, of each tensor in the order of its steps; false, and
///    an empty chunk, after the last one;
///  - `tensors()`: the names of the tensors seen so far; a row's tensor is a place in this list.
template <class T>
concept Trace = requires(T& trace, TraceChunk& chunk) {
  { trace.read(chunk) } -> std::same_as<bool>;
  { trace.tensors() } -> std::convertible_to<std::span<const std::string>>;
};

/// The amaxes of one tensor, in memory. They are not copied.
class AmaxTrace {
 public:
  explicit AmaxTrace(std::span<const float> amaxes, std::string tensor = "tensor")
      : amaxes_(amaxes), tensors_{std::move(tensor)} {}

  bool read(TraceChunk& chunk) {
    constexpr std::size_t rows = 65536;
    chunk.clear();
    const std::size_t n = amaxes_.size() < rows ? amaxes_.size() : rows;
    for (const float amax : amaxes_.first(n)) chunk.add(0, amax);
    amaxes_ = amaxes_.subspan(n);
    return n != 0;
  }
  [[nodiscard]] std::span<const std::string> tensors() const noexcept { return tensors_; }

 private:
  std::span<const float> amaxes_;
  std::vector<std::string> tensors_;
};

}  // namespace HIFLOAT_NAMESPACE::diagnostics
