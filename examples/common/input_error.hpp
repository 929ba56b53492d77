#pragma once

#include <stdexcept>

namespace common {

/// An option or a file that cannot be used. Its text is one line; main prints it and exits with 2.
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace common
