// One run: the pre-trained decoder goes on training in W8A8, and what it still knows is asked at the end.
#pragma once

#include <cstddef>
#include <functional>

#include "common/record.hpp"
#include "language/corpus.hpp"
#include "language/parameters.hpp"
#include "material.hpp"
#include "recipe.hpp"

namespace qat_study {

/// What a run measures:
///  - "loss" of each step, in nats; "right": 1 for each question that is answered right at the end, else 0;
///  - of all operands in HiF8 together: "elements", and of these "beyond" the target and "flushed" to zero;
///  - for a delayed scaler "overshoot BLOCK MODULE ROLE": the largest amax / estimate, their 99th percentile, and the
///    share of steps above 1; where the recipe keeps them, "amax BLOCK MODULE ROLE" of each step.
[[nodiscard]] common::Record train(const Material& material, const Recipe& recipe);

/// A run of no steps: what the pre-trained decoder knows.
[[nodiscard]] inline Recipe nothing() { return {.steps = 0, .seed = 0}; }

/// From nothing, in BF16. Calls `progress(step, loss)` after each step.
[[nodiscard]] language::Vector pretrain(const language::Layout& layout, const language::Corpus& text, std::size_t steps,
                                        const std::function<void(std::size_t, double)>& progress);

}  // namespace qat_study
