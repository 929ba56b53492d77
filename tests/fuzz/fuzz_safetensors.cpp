// safetensors files: refused by io::Error, or all of it can be read, and the header written again is read as the same.

#include "check.hpp"
#include "read_tensors.hpp"

#include <hifloat/io/safetensors.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace io = hifloat::io;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    io::SafetensorsReader reader(fuzz::in_memory(data, size));
    hifloat::detail::SafetensorsHeader header;
    header.metadata = reader.metadata();
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < reader.tensors().size(); ++i) {
      fuzz::read_tensor(reader.tensors()[i], size,
                        [&](std::uint64_t first, auto part) { reader.read(i, first, part); });
      header.tensors.push_back({reader.tensors()[i], 0, 0});
      bytes += io::byte_size(reader.tensors()[i]);
    }
    const std::string text = hifloat::detail::safetensors_header_text("file", header);
    const auto again = hifloat::detail::parse_safetensors_header("file", text, bytes);
    FUZZ_CHECK(again.metadata == reader.metadata());
    for (const auto& tensor : again.tensors) {
      FUZZ_CHECK(reader.tensors()[reader.index(tensor.info.name)] == tensor.info);
    }
  } catch (const io::Error&) {}
  return 0;
}
