// What is compared: the lines of the table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <hifloat/qat/linear_traits.hpp>
#include <hifloat/qat/precision.hpp>
#include <hifloat/scaling/options.hpp>

#include "chosen_scaler.hpp"
#include "options.hpp"

namespace compare_amax {

/// What a matrix product reads: of each layer its weights, its input, and the gradient of its output.
enum class Role : std::uint8_t { weight, input, gradient };

enum class Algorithm : std::uint8_t { bf16, current, most_recent, exp_smooth, max };

/// How one run rounds its tensors.
struct Scheme {
  Algorithm algorithm = Algorithm::bf16;
  std::size_t window = 1;
  float target = hifloat::qat::W8A8::input_scaling.target;
  Options::Clamp clamp = Options::Clamp::none;
  float clamp_value = 0;

  /// Gradients have the wider range: they are scaled to 224, the top of the tier with 2 mantissa bits, unless the
  /// target is higher still.
  [[nodiscard]] hifloat::ScalingOptions scaling_options(Role role) const;
  /// Of one tensor. BF16 has no use for it.
  [[nodiscard]] ChosenScaler scaler(Role role) const;
  [[nodiscard]] hifloat::qat::Precision precision() const;
  [[nodiscard]] std::string name() const;
};

struct Section {
  std::string title;
  std::vector<Scheme> schemes;
};

inline constexpr std::size_t largest_window = 256;  ///< of Max: 1, 2, 4 ... 256

/// The first section's first scheme is BF16, with which all are compared.
[[nodiscard]] std::vector<Section> sections(const Options& options);

}  // namespace compare_amax
