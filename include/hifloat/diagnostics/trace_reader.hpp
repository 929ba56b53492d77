// Traces in CSV files, as ScalingMonitor's write_csv makes them and as anything else may:
//
//   step,tensor,amax
//   0,layer0.weight,0.731
//
// Columns are found by name: step, tensor and amax; those that begin with "sample" hold elements of the tensor; others
// are passed over. Steps of a tensor ascend; an amax is not negative, and may be inf or nan. A field may stand in
// quotes. Empty lines and spaces around a field don't count.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <istream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <vector>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/decimal.hpp>
#include <hifloat/diagnostics/trace.hpp>
#include <hifloat/error.hpp>
#include <hifloat/read_number_text.hpp>

namespace HIFLOAT_NAMESPACE::diagnostics {

/// A damaged trace; what() begins with "line N: ".
class TraceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads a trace from a stream in constant memory, but for the tensors' names. What is wrong with the file is a
/// TraceError, from every later call as well; the chunk is then empty.
class TraceReader {
 public:
  /// Reads the header. The stream must outlive the reader. A stream that can't be read is std::runtime_error; a header
  /// without all of step, tensor and amax is TraceError.
  HIFLOAT_KEYED explicit TraceReader(std::istream& in) : in_(&in), buffer_(buffer_size) {
    if (!in) HIFLOAT_THROW(std::runtime_error, "hifloat: the trace cannot be read");
    std::string_view line;
    do {
      if (!next_line(line)) fail("the file is empty");
    } while (line.empty());
    bool has[3] = {};
    while (line.data() != nullptr) {
      const std::string_view name = next_field(line);
      columns_.push_back(name == "step"               ? Column::Step
                         : name == "tensor"           ? Column::Tensor
                         : name == "amax"             ? Column::Amax
                         : name.starts_with("sample") ? Column::Sample
                                                      : Column::Other);
      if (columns_.back() == Column::Sample) ++samples_;
      if (columns_.back() < Column::Sample) has[static_cast<int>(columns_.back())] = true;
    }
    if (!has[0] || !has[1] || !has[2]) fail("the header has not all of step, tensor and amax");
    sample_.resize(samples_);
  }
  TraceReader(const TraceReader&) = delete;
  TraceReader& operator=(const TraceReader&) = delete;

  /// As Trace says; at most 65,536 rows a call. Besides TraceError, std::runtime_error where the stream fails.
  HIFLOAT_KEYED bool read(TraceChunk& chunk) {
    constexpr std::size_t rows = 65536;
    chunk.clear(samples_);
    if (!error_.empty()) HIFLOAT_THROW(TraceError, error_.c_str());
    hifloat::detail::check_not_ended(ended_);
    filling_ = &chunk;
    std::string_view line;
    while (chunk.size() < rows && next_line(line)) {
      if (!line.empty()) read_row(line, chunk);
    }
    if (chunk.size() == 0 && tensors_.empty()) fail("the file ends without a trace");
    filling_ = nullptr;
    ended_ = chunk.size() == 0;
    return !ended_;
  }
  /// Seen so far, in the order of their first rows.
  HIFLOAT_KEYED [[nodiscard]] std::span<const std::string> tensors() const noexcept { return tensors_; }
  /// Sample columns.
  HIFLOAT_KEYED [[nodiscard]] std::size_t samples_per_row() const noexcept { return samples_; }
  /// Bytes taken from the stream so far.
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t bytes_read() const noexcept { return bytes_; }

 private:
  enum class Column : std::uint8_t { Step, Tensor, Amax, Sample, Other };
  static constexpr std::size_t buffer_size = std::size_t{1} << 20;

  HIFLOAT_KEYED [[noreturn]] void fail(const std::string& why) {
    error_ = "line " + std::to_string(line_number_ == 0 ? 1 : line_number_) + ": " + why;
    if (filling_ != nullptr) filling_->clear(samples_);
    HIFLOAT_THROW(TraceError, error_.c_str());
  }

  /// The next line without its end and without spaces around it; valid until the next call.
  HIFLOAT_KEYED bool next_line(std::string_view& line) {
    const char* end = static_cast<const char*>(std::memchr(buffer_.data() + at_, '\n', filled_ - at_));
    while (end == nullptr && fill()) {
      end = static_cast<const char*>(std::memchr(buffer_.data() + at_, '\n', filled_ - at_));
    }
    if (end == nullptr && at_ == filled_) return false;
    const std::size_t length = end != nullptr ? static_cast<std::size_t>(end - buffer_.data()) - at_ : filled_ - at_;
    line = trimmed({buffer_.data() + at_, length});
    at_ += length + (end != nullptr ? 1 : 0);
    ++line_number_;
    return true;
  }
  /// Takes more from the stream, after what is not yet read; false at its end.
  HIFLOAT_KEYED bool fill() {
    std::memmove(buffer_.data(), buffer_.data() + at_, filled_ - at_);
    filled_ -= at_;
    at_ = 0;
    if (filled_ == buffer_.size()) {
      ++line_number_;
      fail("the line is longer than a mebibyte");
    }
    in_->read(buffer_.data() + filled_, static_cast<std::streamsize>(buffer_.size() - filled_));
    const auto got = static_cast<std::size_t>(in_->gcount());
    if (in_->bad()) HIFLOAT_THROW(std::runtime_error, "hifloat: the trace cannot be read");
    filled_ += got;
    bytes_ += got;
    return got != 0;
  }

  HIFLOAT_KEYED [[nodiscard]] static bool is_space(char c) noexcept { return c == ' ' || c == '\r' || c == '\t'; }
  HIFLOAT_KEYED static void skip_spaces(std::string_view& text) noexcept {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  }
  HIFLOAT_KEYED [[nodiscard]] static std::string_view trimmed(std::string_view text) noexcept {
    skip_spaces(text);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
  }
  /// Takes a field off the line, which is a null view after its last one. Valid until the next call.
  HIFLOAT_KEYED [[nodiscard]] std::string_view next_field(std::string_view& line) {
    skip_spaces(line);
    if (line.starts_with('"')) return quoted_field(line);
    const std::size_t comma = line.find(',');
    const std::string_view field = line.substr(0, comma);
    line = comma == std::string_view::npos ? std::string_view() : line.substr(comma + 1);
    return trimmed(field);
  }
  HIFLOAT_KEYED [[nodiscard]] std::string_view quoted_field(std::string_view& line) {
    unquoted_.clear();
    line.remove_prefix(1);
    for (;;) {  // a quote in it is written twice
      const std::size_t quote = line.find('"');
      if (quote == std::string_view::npos) fail("a quoted field has no end");
      unquoted_ += line.substr(0, quote);
      line.remove_prefix(quote + 1);
      if (line.empty() || line.front() != '"') break;
      unquoted_ += '"';
      line.remove_prefix(1);
    }
    skip_spaces(line);
    if (!line.empty() && line.front() != ',') fail("something follows a quoted field");
    line = line.empty() ? std::string_view() : line.substr(1);
    return unquoted_;
  }
  HIFLOAT_KEYED [[nodiscard]] static bool parse(std::string_view text, std::uint64_t& number) noexcept {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
  }
  /// A number that is too small for a float is 0.
  HIFLOAT_KEYED [[nodiscard]] static bool parse(std::string_view text, float& number) {
    const char* const last = text.data() + text.size();
    const auto [end, error] = hifloat::detail::read_number_text(text.data(), last, number);
    if (end != last || error == std::errc::invalid_argument) return false;
    if (error == std::errc{}) return true;
    number = 0.0f;
    const std::uint32_t bits = hifloat::detail::read_number(text.data(), last, std::chars_format::general).bits;
    return (bits & hifloat::detail::binary32::magnitude_mask) < hifloat::detail::bit_cast<std::uint32_t>(1.0f);
  }

  HIFLOAT_KEYED void read_row(std::string_view line, TraceChunk& chunk) {
    std::uint64_t step = 0;
    float amax = 0.0f;
    std::size_t samples = 0;
    name_.clear();
    for (const Column column : columns_) {
      if (line.data() == nullptr) fail("fewer columns than the header has");
      const std::string_view field = next_field(line);
      switch (column) {
        case Column::Step:
          if (!parse(field, step)) fail("the step is no whole number");
          break;
        case Column::Tensor: name_ = field; break;
        case Column::Amax:
          if (!parse(field, amax)) fail("the amax is no number that a float can hold");
          break;
        case Column::Sample:
          if (!parse(field, sample_[samples++])) fail("a sample is no number that a float can hold");
          break;
        case Column::Other:
        default: break;
      }
    }
    if (line.data() != nullptr) fail("more columns than the header has");
    if (name_.empty()) fail("the tensor has no name");
    if (amax < 0.0f) fail("the amax is negative");
    chunk.add(find(name_, step), amax);
    for (const float sample : sample_) chunk.add_sample(sample);
  }
  /// The tensor of this name; an old one's last step is before `step`.
  HIFLOAT_KEYED [[nodiscard]] std::size_t find(const std::string& name, std::uint64_t step) {
    // Tensors come in the same order in every step: the one after the last is the likely one.
    std::size_t tensor = likely_ < tensors_.size() ? likely_ : 0;
    if (tensor == tensors_.size() || tensors_[tensor] != name) {
      tensor = index_.try_emplace(name, tensors_.size()).first->second;
    }
    if (tensor == tensors_.size()) {
      tensors_.push_back(name);
      last_step_.push_back(step);
    } else if (step <= last_step_[tensor]) {
      fail("step " + std::to_string(step) + " of this tensor does not come after step " +
           std::to_string(last_step_[tensor]));
    }
    last_step_[tensor] = step;
    likely_ = tensor + 1;
    return tensor;
  }

  std::istream* in_;
  std::vector<char> buffer_;
  std::size_t at_ = 0, filled_ = 0;  ///< of the buffer, where reading goes on and where it ends
  std::uint64_t bytes_ = 0;
  std::size_t line_number_ = 0, samples_ = 0, likely_ = 0;
  std::vector<Column> columns_{};
  std::string unquoted_{}, name_{}, error_{};
  std::vector<float> sample_{};
  TraceChunk* filling_ = nullptr;
  bool ended_ = false;  ///< read has said so
  std::vector<std::string> tensors_{};
  std::vector<std::uint64_t> last_step_{};
  std::unordered_map<std::string, std::size_t> index_{};
};

}  // namespace HIFLOAT_NAMESPACE::diagnostics
