// .npy files: refused by io::Error, or all of it can be read, and what is written again is read as the same.

#include "check.hpp"
#include "read_tensors.hpp"

#include <hifloat/io/npy.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace io = hifloat::io;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    io::NpyReader reader(fuzz::in_memory(data, size));
    const io::TensorInfo tensor = reader.tensor();
    fuzz::read_tensor(tensor, size, [&](std::uint64_t first, auto part) { reader.read(first, part); });
    std::string again = hifloat::detail::npy_header_text("file", tensor);
    again.resize(again.size() + io::byte_size(tensor));
    const io::NpyReader reread(fuzz::in_memory(reinterpret_cast<const std::uint8_t*>(again.data()), again.size()));
    FUZZ_CHECK(reread.tensor() == tensor);
  } catch (const io::Error&) {}
  return 0;
}
