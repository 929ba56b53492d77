// One choice of a replay: an algorithm with a window, and what it made of a trace.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <hifloat/array.hpp>
#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/diagnostics/age_of_largest.hpp>
#include <hifloat/diagnostics/log_histogram.hpp>
#include <hifloat/diagnostics/numbers.hpp>
#include <hifloat/diagnostics/trace.hpp>
#include <hifloat/equal.hpp>
#include <hifloat/formats/quantization_format.hpp>
#include <hifloat/scaling/algorithm_identity.hpp>
#include <hifloat/scaling/delayed_scaler.hpp>
#include <hifloat/scaling/scale.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_NAMESPACE::diagnostics {

/// What an algorithm with a window made of a trace. Steps are those with a positive finite amax, of all tensors, after
/// each tensor's first; shares are 0 to 1, NaN of nothing.
struct ReplayResult {
  std::string algorithm{};          ///< its id, or its type's name, as saved states have it
  std::size_t window = 0;           ///< in amaxes
  std::uint64_t steps = 0;          ///< counted as above
  std::uint64_t scale_changes = 0;  ///< of all tensors
  double overshoot_share = 0;       ///< steps with amax above the estimate, see overshoot_tolerance
  double overshoot_p99 = 0;         ///< of amax / estimate, within one part in 60
  double overshoot_max = 0;         ///< of amax / estimate
  std::string overshoot_tensor{};   ///< where that was
  double demoted_steps = 0;         ///< share whose amax HiF8 keeps with fewer than 3 mantissa bits, but keeps
  double overflowed_steps = 0;      ///< share whose amax passes the clamp or the largest value
  double headroom = 0;              ///< mean of log2(estimate / amax) over the steps without overshoot
  double age = 0;                   ///< mean of the commits since the window's largest amax entered it
  std::uint64_t samples = 0;        ///< elements seen; 0: the trace has none
  double demoted = 0;               ///< share of the samples
  double sqnr = 0;                  ///< predicted from the samples, in dB, the mean over the tensors; NaN without
  double sqnr_min = 0;              ///< that of the worst tensor
  std::string sqnr_tensor{};        ///< which that is
};

}  // namespace HIFLOAT_NAMESPACE::diagnostics

namespace HIFLOAT_DETAIL_NAMESPACE {

/// A choice whatever its algorithm and format.
class ReplayChoice {
 public:
  ReplayChoice() = default;
  ReplayChoice(const ReplayChoice&) = delete;
  ReplayChoice& operator=(const ReplayChoice&) = delete;
  virtual ~ReplayChoice() = default;
  virtual void take(const diagnostics::TraceChunk& chunk) = 0;
  [[nodiscard]] virtual diagnostics::ReplayResult result(std::span<const std::string> tensors) const = 0;
};

template <class A, class F>
class ReplayChoiceOf final : public ReplayChoice {
 public:
  ReplayChoiceOf(const A& algorithm, std::size_t window, const ScalingOptions& options)
      : first_(Scaler(window, options, algorithm)),
        per_scale_(std::ldexp(1.0, options.margin) / static_cast<double>(options.target)) {}

  void take(const diagnostics::TraceChunk& chunk) override {
    for (std::size_t row = 0; row < chunk.size(); ++row) {
      while (chunk.tensor(row) >= tensors_.size()) tensors_.push_back(Tensor(first_));
      Tensor& tensor = tensors_[chunk.tensor(row)];
      const float amax = chunk.amax(row);
      const bool enters = is_positive_finite(amax);
      if (enters && !tensor.scaler.is_cold()) measure(chunk, row, tensor);
      tensor.scaler.observe(amax);
      tensor.scaler.commit();
      if (enters) tensor.largest.push(bit_cast<std::uint32_t>(amax));
    }
  }

  [[nodiscard]] diagnostics::ReplayResult result(std::span<const std::string> tensors) const override {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const auto share = [](auto a, auto b) { return b == 0 ? nan : static_cast<double>(a) / static_cast<double>(b); };
    diagnostics::ReplayResult r{};
    r.algorithm = algorithm_id<A>();
    r.window = first_.window();
    r.steps = steps_;
    for (const Tensor& tensor : tensors_) r.scale_changes += tensor.scaler.epoch();
    r.overshoot_share = share(above_, steps_);
    r.overshoot_p99 = steps_ == 0 ? nan : std::fmin(overshoots_.quantile(0.99), worst_);
    r.overshoot_max = steps_ == 0 ? nan : worst_;
    if (steps_ != 0) r.overshoot_tensor = tensors[worst_tensor_];
    r.demoted_steps = share(demoted_, steps_);
    r.overflowed_steps = share(overflowed_, steps_);
    r.headroom = share(headroom_ - std::log2(idle_), steps_ - above_);
    r.age = share(ages_, steps_);
    r.samples = samples_.count;
    r.demoted = share(samples_.demoted, samples_.count);
    predict(r, tensors);
    return r;
  }

 private:
  using Scaler = DelayedScaler<A, dynamic_window>;
  using Codec = CodecOf<F>;
  struct Tensor {
    explicit Tensor(const Scaler& first) : scaler(first), largest(first.window()) {}
    Scaler scaler;
    AgeOfLargest largest;
    double signal = 0, noise = 0;  ///< sums of squares over the samples
  };

  void predict(diagnostics::ReplayResult& r, std::span<const std::string> tensors) const {
    double sum = 0;
    std::size_t measured = 0;
    r.sqnr = r.sqnr_min = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
      if (detail::is_zero(tensors_[i].signal)) continue;
      const double sqnr = 10 * std::log10(tensors_[i].signal / tensors_[i].noise);
      sum += sqnr;
      if (measured++ == 0 || sqnr < r.sqnr_min) {
        r.sqnr_min = sqnr;
        r.sqnr_tensor = tensors[i];
      }
    }
    if (measured != 0) r.sqnr = sum / static_cast<double>(measured);
  }

  void measure(const diagnostics::TraceChunk& chunk, std::size_t row, Tensor& tensor) {
    const float amax = chunk.amax(row), scale = tensor.scaler.scale();
    const double overshoot = static_cast<double>(amax) * static_cast<double>(scale) * per_scale_;
    ++steps_;
    overshoots_.add(static_cast<float>(overshoot));
    if (overshoot > diagnostics::overshoot_tolerance) {
      ++above_;
    } else {
      // One logarithm for many steps: that of a product which is still far from underflow.
      idle_ *= overshoot;
      if (idle_ < 0x1p-512) {
        headroom_ -= std::log2(idle_);
        idle_ = 1;
      }
    }
    if (overshoot > worst_) {
      worst_ = overshoot;
      worst_tensor_ = chunk.tensor(row);
    }
    ages_ += tensor.largest.age();

    const ScaleParams params{.scale = scale, .clamp = tensor.scaler.options().clamp};
    const float scaled = multiply(amax, scale);
    const bool overflows = scaled > params.clamp || (scaled > formats::traits<F>::largest &&
                                                     Codec::encode_noting_overflow(source_of(scaled), 0).overflowed);
    overflowed_ += overflows;
    demoted_ += !overflows && bit_cast<std::uint32_t>(scaled) >= Codec::demoted_from;

    const std::span<const float> samples = chunk.samples(row);
    if (samples.empty()) return;
    codes_.resize(samples.size());
    samples_ += quantize(samples, codes_, params);
    const auto inverse = static_cast<double>(tensor.scaler.inverse_scale());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const auto x = static_cast<double>(samples[i]);
      const double error = x - static_cast<double>(static_cast<float>(codes_[i])) * inverse;
      if (!is_finite(x)) continue;
      tensor.signal += x * x;
      tensor.noise += is_finite(error) ? error * error : x * x;  // infinity or NaN for a number: all of it is lost
    }
  }

  Scaler first_;  ///< every tensor's, before its first step
  double per_scale_;
  std::vector<Tensor> tensors_{};
  std::vector<F> codes_{};
  diagnostics::LogHistogram overshoots_{};
  std::uint64_t steps_ = 0, above_ = 0, ages_ = 0, demoted_ = 0, overflowed_ = 0;
  double headroom_ = 0, idle_ = 1, worst_ = 0;
  std::size_t worst_tensor_ = 0;
  QuantizeStats samples_{};
};

}  // namespace HIFLOAT_DETAIL_NAMESPACE
