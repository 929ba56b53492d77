#pragma once
// What the targets of both file formats do with a file that was taken.

#include "check.hpp"

#include <hifloat/io/elements.hpp>
#include <hifloat/io/input.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace fuzz {

inline hifloat::io::Input in_memory(const std::uint8_t* data, std::size_t size) {
  return {std::make_unique<std::istringstream>(std::string(reinterpret_cast<const char*>(data), size)), "file"};
}

/// All bytes of a tensor can be read, from both ends, and codes decoded. `read` is the reader's for this tensor.
template <class Read>
void read_tensor(const hifloat::io::TensorInfo& tensor, std::size_t file_size, Read&& read) {
  const std::uint64_t size = hifloat::io::byte_size(tensor);
  FUZZ_CHECK(size <= file_size);
  std::vector<std::byte> bytes(size);
  read(0, std::span(bytes));
  std::array<std::byte, 1> last{};
  if (size != 0) {
    read(size - 1, std::span(last));
    FUZZ_CHECK(last[0] == bytes.back());
  }
  if (!tensor.hif8) return;
  std::vector<hifloat::hif8_t> codes(size);
  std::vector<float> x(size);
  read(0, std::span(codes));
  hifloat::io::dequantize(tensor, 0, codes, x);
}

}  // namespace fuzz
