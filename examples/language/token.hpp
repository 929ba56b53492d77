// What text is cut into, and models predict.
#pragma once

#include <cstdint>

namespace language {

using Token = std::uint16_t;

/// The newline: it ends each text and is part of no other token.
inline constexpr Token end_of_text = 0;

}  // namespace language
