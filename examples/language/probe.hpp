// What a decoder still knows: multiple choice.
#pragma once

#include <span>
#include <vector>

#include "decoder.hpp"
#include "questions.hpp"

namespace language {

/// Whether the model finds the right answer of each question the likeliest, as a whole, of its four.
[[nodiscard]] std::vector<bool> answers(Decoder& decoder, const Vector& parameters,
                                        std::span<const Question> questions);

}  // namespace language
