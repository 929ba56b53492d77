// Many tensors, one commit: their windows lie in one piece of memory each, and their amaxes travel between ranks in one
// message.
//
// A step:
//
//   auto q = group.quantize(i, x);     // for every tensor i, as often as needed
//   group.observe(i, q.stats());
//   group.commit();                    // one reduction over all tensors, then every tensor's next scale
//
// The bits are those of one DelayedScaler for each tensor.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <hifloat/array.hpp>
#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/scaling/amax_algorithms.hpp>
#include <hifloat/scaling/amax_window.hpp>
#include <hifloat/scaling/options.hpp>
#include <hifloat/scaling/quantize_tensor.hpp>
#include <hifloat/scaling/quantized.hpp>
#include <hifloat/scaling/refuse_state.hpp>
#include <hifloat/scaling/state.hpp>
#include <hifloat/scaling/tensor_names.hpp>
#include <hifloat/scaling/tensor_rules.hpp>
#include <hifloat/scaling/window_memory.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_NAMESPACE {

/// Merges amaxes with those of other ranks: element by element, each becomes the maximum over all ranks. They are
/// magnitude bits of binary32, ordered like magnitudes with NaN on top, so that a maximum of integers does it, in any
/// order with the same result.
using AmaxReduction = std::function<void(std::span<std::uint32_t>)>;

/// The scalers of many tensors, with the same algorithm, window and options. Tensors are numbered as their names are
/// given. An index past the end is std::out_of_range.
template <AmaxAlgorithm Algorithm = amax::Max, std::size_t Window = 64>
class ScalerGroup {
  static_assert(Window > 0, "a scaler's window must hold at least one amax");
  static_assert(Window <= detail::largest_window || Window == dynamic_window,
                "a scaler's window must hold at most 2^30 amaxes");

 public:
  using algorithm_type = Algorithm;     ///< the first argument
  using state_type = ScalerGroupState;  ///< what state() returns

  /// Options, parameters or names that are not allowed are std::invalid_argument. Names must differ.
  HIFLOAT_KEYED explicit ScalerGroup(std::vector<std::string> names, const ScalingOptions& options = {},
                                     const Algorithm& algorithm = {}) requires(Window != dynamic_window)
      : ScalerGroup(std::move(names), options, algorithm, Window) {}
  /// The same with windows of `window` amaxes, 1 to 2^30; others are std::invalid_argument.
  HIFLOAT_KEYED ScalerGroup(std::size_t window, std::vector<std::string> names, const ScalingOptions& options = {},
                            const Algorithm& algorithm = {}) requires(Window == dynamic_window)
      : ScalerGroup(std::move(names), options, algorithm, window) {}
  /// Resumes the group whose state() this is; see DelayedScaler. The reduction is not part of a state.
  HIFLOAT_KEYED explicit ScalerGroup(const ScalerGroupState& state)
      : ScalerGroup(state.names, state.options, detail::restored_algorithm<Algorithm>(state),
                    detail::restored_window<Window>(state)) {
    if (state.tensors.size() != size()) {
      detail::refuse_state("it has " + std::to_string(state.tensors.size()) + " tensors and " + std::to_string(size()) +
                           " names");
    }
    mode_ = state.mode;
    steps_ = state.steps;
    for (std::size_t i = 0; i < size(); ++i) {
      detail::check(state.tensors[i], state);
      staged_[i] = state.tensors[i].staged;
      detail::restore(algorithm_, state.tensors[i], tensors_[i], storage_.memory(i));
    }
  }

  HIFLOAT_KEYED [[nodiscard]] std::size_t size() const noexcept { return tensors_.size(); }  ///< tensors
  /// As they were given.
  HIFLOAT_KEYED [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }
  /// 64 bits that tell lists of names apart, the same on every machine: for ranks to compare before they reduce.
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t names_hash() const noexcept { return detail::hash_names(names_); }
  /// Of each tensor, in amaxes.
  HIFLOAT_KEYED [[nodiscard]] std::size_t window() const noexcept { return storage_.window(); }
  /// As they were given.
  HIFLOAT_KEYED [[nodiscard]] const ScalingOptions& options() const noexcept { return options_; }
  HIFLOAT_KEYED [[nodiscard]] const Algorithm& algorithm() const noexcept { return algorithm_; }  ///< as it was given

  /// Tensor i's, as DelayedScaler has them; std::out_of_range for an i past the end.
  /// @{
  HIFLOAT_KEYED [[nodiscard]] float scale(std::size_t i) const { return tensors_[checked(i)].scale; }
  HIFLOAT_KEYED [[nodiscard]] float inverse_scale(std::size_t i) const { return tensors_[checked(i)].inverse_scale; }
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t epoch(std::size_t i) const { return tensors_[checked(i)].epoch; }
  HIFLOAT_KEYED [[nodiscard]] bool is_cold(std::size_t i) const { return tensors_[checked(i)].is_cold(); }
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t dropped_steps(std::size_t i) const { return tensors_[checked(i)].dropped; }
  HIFLOAT_KEYED [[nodiscard]] std::uint64_t recorded_steps(std::size_t i) const { return tensors_[checked(i)].pushes; }
  HIFLOAT_KEYED [[nodiscard]] AmaxWindowView amaxes(std::size_t i) const {
    return {storage_.ring(checked(i)), tensors_[i].oldest, tensors_[i].size};
  }
  /// @}

  HIFLOAT_KEYED [[nodiscard]] ScalingMode mode() const noexcept { return mode_; }  ///< of all tensors
  HIFLOAT_KEYED void set_mode(ScalingMode mode) noexcept { mode_ = mode; }         ///< what was observed stays

  /// How amaxes are merged with other ranks; none by default. It is called once by each commit, for all tensors; and by
  /// quantize for the one tensor, while that is cold under FirstAmax. It is collective: every rank must make these
  /// calls in the same order, with an empty tensor where it has no data. What it throws passes through, and the group
  /// stays as it was, but for amaxes that the hook had written already: a maximum may be taken again.
  HIFLOAT_KEYED void set_reduction(AmaxReduction reduction) { reduction_ = std::move(reduction); }

  /// Merges an amax of this step; its sign is ignored. A NaN or an infinity drops the tensor's step.
  HIFLOAT_KEYED void observe(std::size_t i, float amax) {
    const std::uint32_t bits = detail::bit_cast<std::uint32_t>(amax) & detail::binary32::magnitude_mask;
    std::uint32_t& staged = staged_[checked(i)];
    if (mode_ != ScalingMode::Frozen && staged < bits) staged = bits;
  }
  HIFLOAT_KEYED void observe(std::size_t i, const QuantizeStats& stats) { observe(i, stats.amax); }  ///< their amax
  template <std::floating_point Amax>
  void observe(Amax, float) = delete;  // the index comes first
  /// The magnitude bits observed since the last commit, one for each tensor: for callers who reduce them by themselves,
  /// before commit.
  HIFLOAT_KEYED [[nodiscard]] std::span<std::uint32_t> staged() noexcept { return staged_; }

  /// Reduces the amaxes, and ends the step of every tensor. True, or false in Frozen mode, where nothing happens.
  HIFLOAT_KEYED bool commit() {
    if (mode_ == ScalingMode::Frozen) return false;
    if (reduction_) reduction_(staged_);
    for (std::size_t i = 0; i < size(); ++i) {
      detail::commit(options_, algorithm_, tensors_[i], storage_.memory(i), std::exchange(staged_[i], 0));
    }
    return true;
  }
  /// The same for a numbered step. False, with what was observed discarded and nothing reduced, where DelayedScaler
  /// would not count it.
  HIFLOAT_KEYED bool commit(std::uint64_t step) {
    if (mode_ == ScalingMode::Frozen) return false;
    if (!steps_.accepts(step)) {
      std::ranges::fill(staged_, 0);
      return false;
    }
    commit();
    steps_ = {true, step};
    return true;
  }

  /// Forgets all history; only epochs and the mode stay.
  HIFLOAT_KEYED void reset() {
    std::ranges::fill(staged_, 0);
    steps_ = {};
    for (std::size_t i = 0; i < size(); ++i) detail::reset(options_, algorithm_, tensors_[i], storage_.memory(i));
  }

  /// Changes the length of the windows; the newest entries stay. Zero, and more than 2^30, are std::invalid_argument.
  HIFLOAT_KEYED void resize(std::size_t window) requires(Window == dynamic_window) {
    detail::check_window(window);
    detail::GroupStorage<Algorithm> resized(algorithm_, window, size());
    for (std::size_t i = 0; i < size(); ++i) {
      const std::vector<float> kept = detail::entries(tensors_[i], storage_.ring(i));
      detail::refill(algorithm_, tensors_[i], resized.memory(i), kept);
    }
    storage_ = std::move(resized);
  }

  /// One tensor of the group, to quantize with; valid while the group lives.
  class Tensor : public Quantizes<Tensor> {
   public:
    /// Of this tensor, and of the group, as DelayedScaler has them.
    /// @{
    HIFLOAT_KEYED [[nodiscard]] float scale() const { return group_->scale(index_); }
    HIFLOAT_KEYED [[nodiscard]] float inverse_scale() const { return group_->inverse_scale(index_); }
    HIFLOAT_KEYED [[nodiscard]] std::uint64_t epoch() const { return group_->epoch(index_); }
    HIFLOAT_KEYED [[nodiscard]] bool is_cold() const { return group_->is_cold(index_); }
    HIFLOAT_KEYED [[nodiscard]] std::uint64_t recorded_steps() const { return group_->recorded_steps(index_); }
    HIFLOAT_KEYED [[nodiscard]] AmaxWindowView amaxes() const { return group_->amaxes(index_); }
    HIFLOAT_KEYED [[nodiscard]] std::size_t window() const noexcept { return group_->window(); }
    HIFLOAT_KEYED [[nodiscard]] const std::string& name() const { return group_->names()[index_]; }
    HIFLOAT_KEYED [[nodiscard]] const ScalingOptions& options() const noexcept { return group_->options(); }
    HIFLOAT_KEYED [[nodiscard]] ScalingMode mode() const noexcept { return group_->mode(); }
    /// @}

   private:
    friend class ScalerGroup;
    friend class Quantizes<Tensor>;
    HIFLOAT_KEYED Tensor(const ScalerGroup& group, std::size_t index) noexcept : group_(&group), index_(index) {}

    template <class FiniteAmax>
    HIFLOAT_KEYED [[nodiscard]] detail::ChosenScale choose_scale_by(const FiniteAmax& finite_amax) const {
      return group_->choose_scale_by(index_, finite_amax);
    }

    const ScalerGroup* group_;
    std::size_t index_;
  };
  /// Tensor i; std::out_of_range past the end.
  HIFLOAT_KEYED [[nodiscard]] Tensor tensor(std::size_t i) const { return Tensor(*this, checked(i)); }

  /// tensor(i).quantize(...): x; x and codes; each with a PhiloxKey where the codes' rounding is random.
  template <class... Arguments>
  HIFLOAT_KEYED auto quantize(std::size_t i, Arguments&&... arguments) const {
    return tensor(i).quantize(std::forward<Arguments>(arguments)...);
  }
  /// tensor(i).quantize<Code>(...): codes in memory of their own.
  template <class Code, class... Arguments>
    requires(DeterministicCode<Code> || RandomCode<Code>)
  HIFLOAT_KEYED [[nodiscard]] Quantized<Code> quantize(std::size_t i, Arguments&&... arguments) const {
    return tensor(i).template quantize<Code>(std::forward<Arguments>(arguments)...);
  }
  /// tensor(i).fake_quantize(...).
  template <class Code = hif8_t, class... Arguments>
  HIFLOAT_KEYED QuantizeStats fake_quantize(std::size_t i, Arguments&&... arguments) const {
    return tensor(i).template fake_quantize<Code>(std::forward<Arguments>(arguments)...);
  }

  /// Everything that the future depends on, as a plain value.
  HIFLOAT_KEYED [[nodiscard]] ScalerGroupState state() const {
    ScalerGroupState state{detail::common_state(algorithm_, window(), options_, mode_, steps_), names_, {}};
    state.tensors.reserve(size());
    for (std::size_t i = 0; i < size(); ++i)
      state.tensors.push_back(detail::record(tensors_[i], staged_[i], storage_.ring(i)));
    return state;
  }
  /// Becomes the group whose state this is; the reduction stays. A state of other tensors is std::invalid_argument,
  /// which names the first that differs. On error this group stays as it was.
  HIFLOAT_KEYED void load(const ScalerGroupState& state) {
    detail::check_same_names(names_, state.names);
    ScalerGroup loaded(state);
    loaded.reduction_ = std::move(reduction_);
    *this = std::move(loaded);
  }

 private:
  HIFLOAT_KEYED ScalerGroup(std::vector<std::string> names, const ScalingOptions& options, const Algorithm& algorithm,
                            std::size_t window)
      : names_(std::move(names)),
        options_(options),
        algorithm_(algorithm),
        staged_(names_.size()),
        tensors_(names_.size()),
        storage_((detail::check_window(window), algorithm), window, names_.size()) {
    detail::check(options_);
    detail::check_algorithm(algorithm_);
    detail::check_names_differ(names_);
    for (detail::TensorState& tensor : tensors_) tensor = detail::cold_tensor(options_);
  }

  HIFLOAT_KEYED [[nodiscard]] std::size_t checked(std::size_t i) const {
    if (i >= size()) detail::refuse_index("hifloat: a scaler group of size ", size(), " has no tensor ", i);
    return i;
  }

  template <class FiniteAmax>
  HIFLOAT_KEYED [[nodiscard]] detail::ChosenScale choose_scale_by(std::size_t i, const FiniteAmax& finite_amax) const {
    const auto first_amax = [&] {
      std::uint32_t bits = detail::bit_cast<std::uint32_t>(finite_amax());
      if (reduction_) reduction_(std::span(&bits, 1));
      return detail::bit_cast<float>(bits);
    };
    return detail::choose_scale(options_, mode_, tensors_[i], first_amax);
  }

  std::vector<std::string> names_;
  ScalingOptions options_;
  Algorithm algorithm_;
  AmaxReduction reduction_{};
  ScalingMode mode_ = ScalingMode::Track;
  detail::StepCounter steps_{};
  std::vector<std::uint32_t> staged_;
  std::vector<detail::TensorState> tensors_;
  detail::GroupStorage<Algorithm> storage_;
};

}  // namespace HIFLOAT_NAMESPACE
