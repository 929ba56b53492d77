#include "fat_binary.hpp"

#include "program.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace gpu_emulator {

namespace {

struct Wrapper {
  std::uint32_t magic, version;
  const std::byte* data;
  const void* other;
};
struct Header {
  std::uint32_t magic;
  std::uint16_t version, header_bytes;
  std::uint64_t bytes;  ///< behind the header
};
struct Entry {
  std::uint16_t kind, version;
  std::uint32_t header_bytes;
  std::uint64_t bytes;  ///< behind the header
};
constexpr std::uint16_t ptx_kind = 1;

template <class T>
T read(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

}  // namespace

std::string_view ptx_of(const void* wrapper) {
  const auto outer = read<Wrapper>(static_cast<const std::byte*>(wrapper));
  const auto header = read<Header>(outer.data);
  if (outer.magic != 0x466243B1 || header.magic != 0xBA55ED50) throw Unsupported("a fat binary of another format");
  const std::byte* const begin = outer.data + header.header_bytes;
  for (const std::byte* at = begin; at < begin + header.bytes;) {
    const auto entry = read<Entry>(at);
    const auto* const text = reinterpret_cast<const char*>(at + entry.header_bytes);
    if (entry.kind == ptx_kind) {
      const std::string_view ptx(text, strnlen(text, entry.bytes));
      if (ptx.find(".version") == ptx.npos) throw Unsupported("compressed PTX: nvcc needs -no-compress");
      return ptx;
    }
    at += entry.header_bytes + entry.bytes;
  }
  throw Unsupported("a program without PTX: nvcc needs code=compute_...");
}

}  // namespace gpu_emulator
