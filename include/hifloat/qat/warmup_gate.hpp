// Training begins in BF16, and goes on in HiF8.
//
//   qat::WarmupGate<> gate(200);             // 200 steps
//   gate.begin(layers, head);                // before the first step, and after loading
//   for each step:
//     layer.set_weights(w, gate.precision());   ... layer.commit();   // for each layer
//     gate.commit(layers, head);             // counts; after the last step in BF16 it opens
#pragma once

#include <cstdint>
#include <limits>
#include <ranges>
#include <string>
#include <string_view>

#include <hifloat/config.hpp>
#include <hifloat/qat/precision.hpp>
#include <hifloat/qat/state.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/scaling/refuse_state.hpp>

namespace HIFLOAT_NAMESPACE::qat {

/// What a WarmupGate acts on: a DelayedScaler, a ScalerGroup, a layer, or anything else with these two.
template <class T>
concept WarmupTarget = requires(T& target, ScalingMode mode) {
  target.set_mode(mode);
  target.reset();
};

/// What becomes of the amaxes of a warm-up in BF16, and of the history at its end.
namespace warmup {

/// The contract of a policy for amaxes: `mode`, of the scalers while the gate is closed, and an `id` for saved states.
template <class P>
concept AmaxesPolicy = requires {
  ScalingMode{P::mode};
  std::string_view{P::id};
};
/// The contract of a policy for history: `opened(target)` is called once, when the gate opens; and an `id`.
template <class P>
concept HistoryPolicy = requires {
  std::string_view{P::id};
};

/// Scalers are frozen: what is observed during the warm-up is not recorded. As in the paper.
struct IgnoreAmaxes {
  static constexpr std::string_view id = "ignore";          ///< in saved states
  static constexpr ScalingMode mode = ScalingMode::Frozen;  ///< while the gate is closed
};
/// Scalers are calibrated: they observe and commit.
struct RecordAmaxes {
  static constexpr std::string_view id = "record";             ///< in saved states
  static constexpr ScalingMode mode = ScalingMode::Calibrate;  ///< while the gate is closed
};

/// Scalers start cold where HiF8 begins, whatever they have seen. As in the paper.
struct ResetHistory {
  static constexpr std::string_view id = "reset";  ///< in saved states
  /// Resets it.
  template <WarmupTarget T>
  HIFLOAT_KEYED static void opened(T& target) {
    target.reset();
  }
};
/// Scalers go on with the history they have.
struct KeepHistory {
  static constexpr std::string_view id = "keep";  ///< in saved states
  /// Does nothing.
  template <WarmupTarget T>
  HIFLOAT_KEYED static void opened(T&) noexcept {}
};

}  // namespace warmup
}  // namespace HIFLOAT_NAMESPACE::qat

namespace HIFLOAT_DETAIL_NAMESPACE {

/// f(target), or that for each element of a range of targets.
template <class Target, class F>
void visit_target(Target& target, const F& f) {
  if constexpr (std::ranges::range<Target>) {
    for (auto& element : target) visit_target(element, f);
  } else {
    f(target);
  }
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_NAMESPACE::qat {

/// Closed, it keeps BF16 for a number of steps; then it opens, for good. It owns the mode of its targets (scalers,
/// groups, layers, ranges of them) from `begin` until it opens, and leaves them in Track.
template <warmup::AmaxesPolicy Amaxes = warmup::IgnoreAmaxes, warmup::HistoryPolicy History = warmup::ResetHistory>
class WarmupGate {
 public:
  using state_type = WarmupGateState;  ///< what state() returns

  /// Open from the start with 0 steps: it then acts on nothing.
  HIFLOAT_KEYED explicit WarmupGate(std::uint64_t steps = 0) noexcept : steps_(steps) {}
  /// Resumes the gate whose state this is. A state of other policies, or of another version, is
  /// std::invalid_argument.
  HIFLOAT_KEYED explicit WarmupGate(const WarmupGateState& state) : steps_(state.steps), step_(state.step) {
    detail::check_version(state);
    if (state.amaxes != Amaxes::id || state.history != History::id) {
      detail::refuse_state("the gate has the policies '" + state.amaxes + "' and '" + state.history + "', this one '" +
                           std::string(Amaxes::id) + "' and '" + std::string(History::id) + "'");
    }
  }

  /// Steps in BF16.
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
  /// Steps done, 2^64-1 at most.
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t step() const noexcept { return step_; }
  HIFLOAT_KEYED [[nodiscard]] bool is_open() const noexcept { return step_ >= steps_; }  ///< HiF8 from here on
  /// What this step computes in.
  HIFLOAT_KEYED [[nodiscard]] Precision precision() const noexcept {
    return is_open() ? Precision::hif8 : Precision::bf16;
  }

  /// Puts the targets into the mode that they have while the gate is closed. Does nothing once it is open.
  template <class... Targets>
  HIFLOAT_KEYED void begin(Targets&... targets) const {
    if (is_open()) return;
    (detail::visit_target(targets, [](WarmupTarget auto& target) { target.set_mode(Amaxes::mode); }), ...);
  }

  /// Ends a step; before or after the targets commit it. True where it was the last in BF16: the targets' history is
  /// reset or kept, and they track from here on.
  template <class... Targets>
  HIFLOAT_KEYED bool commit(Targets&... targets) {
    if (step_ == (std::numeric_limits<std::uint64_t>::max)()) return false;  // open: no warm-up is longer
    ++step_;
    if (step_ != steps_) return false;
    (detail::visit_target(targets,
                          [](WarmupTarget auto& target) {
                            History::opened(target);
                            target.set_mode(ScalingMode::Track);
                          }),
     ...);
    return true;
  }

  /// Everything that the gate's future depends on; its targets have states of their own.
  HIFLOAT_KEYED [[nodiscard]] WarmupGateState state() const {
    return {.steps = steps_, .step = step_, .amaxes = std::string(Amaxes::id), .history = std::string(History::id)};
  }
  /// Becomes the gate whose state this is. On error, which is that of the constructor, this one stays as it was.
  HIFLOAT_KEYED void load(const WarmupGateState& state) { *this = WarmupGate(state); }

 private:
  std::uint64_t steps_;
  std::uint64_t step_ = 0;
};

}  // namespace HIFLOAT_NAMESPACE::qat
