// The parameters of a decoder in a file: bfloat16 numbers, tensor after tensor, little-endian.
#pragma once

#include <filesystem>

#include "parameters.hpp"

namespace language {

/// Throws common::InputError where the file cannot be read or is not exactly a checkpoint of these finite numbers.
[[nodiscard]] Vector read_parameters(const Layout& layout, const std::filesystem::path& path);
/// Throws common::InputError where the file cannot be written.
void write_parameters(const Layout& layout, const Vector& parameters, const std::filesystem::path& path);

}  // namespace language
