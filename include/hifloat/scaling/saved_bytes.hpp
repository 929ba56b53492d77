// How a state becomes bytes, whatever it is the state of: a header, the members, a checksum. saved_state.hpp says which
// bytes those are.
//
// A state is a struct with `current_version` and `version`, a kind (specialise `saved_kind`, and name it in
// `owner_of_kind`), and an overload of `members` that lists what it holds, once for writing and for reading.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/scaling/refuse_state.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

inline constexpr std::array<char, 8> saved_magic = {'H', 'i', 'F', '8', 'S', 'C', 'A', 'L'};
inline constexpr std::size_t saved_header_size = 24;
inline constexpr std::size_t saved_checksum_size = 4;

inline constexpr std::array<std::uint32_t, 256> crc32_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    table[byte] = byte;
    for (int bit = 0; bit < 8; ++bit) table[byte] = table[byte] >> 1 ^ ((table[byte] & 1) != 0 ? 0xEDB88320u : 0);
  }
  return table;
}();

[[nodiscard]] inline std::uint32_t crc32(std::span<const std::byte> bytes) noexcept {
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const std::byte byte : bytes) crc = crc >> 8 ^ crc32_table[(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xFF];
  return ~crc;
}

/// Appends values to bytes.
class ByteWriter {
 public:
  template <class T>
    requires std::is_unsigned_v<T>
  void operator()(const T& x) {
    for (std::size_t i = 0; i < sizeof(T); ++i) bytes.push_back(static_cast<std::byte>(x >> (8 * i) & 0xFF));
  }
  void operator()(const float& x) { (*this)(std::bit_cast<std::uint32_t>(x)); }
  void operator()(const std::byte& x) { bytes.push_back(x); }
  void operator()(const char& x) { bytes.push_back(static_cast<std::byte>(x)); }

  template <class Sequence>
  void sequence(const Sequence& elements) {
    (*this)(std::uint64_t{elements.size()});
    for (const auto& element : elements) (*this)(element);
  }

  std::vector<std::byte> bytes{};
};

/// Takes values from bytes. Reading past their end is std::invalid_argument.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  template <class T>
    requires std::is_unsigned_v<T>
  void operator()(T& x) {
    const std::span<const std::byte> raw = take(sizeof(T));
    std::uint64_t value = 0;
    for (std::size_t i = sizeof(T); i-- != 0;) value = value << 8 | std::to_integer<std::uint64_t>(raw[i]);
    x = static_cast<T>(value);
  }
  void operator()(float& x) {
    std::uint32_t bits = 0;
    (*this)(bits);
    x = std::bit_cast<float>(bits);
  }
  void operator()(std::byte& x) { x = take(1)[0]; }
  void operator()(char& x) { x = static_cast<char>(take(1)[0]); }

  /// The number of elements that follow, each of at least `element_size` bytes: a length that can't be is refused
  /// before memory is asked for.
  [[nodiscard]] std::size_t length(std::size_t element_size) {
    std::uint64_t size = 0;
    (*this)(size);
    if (size > bytes_.size() / element_size) refuse_state("a length runs past its end");
    return size;
  }
  template <class Sequence>
  void sequence(Sequence& elements) {
    elements.resize(length(sizeof(typename Sequence::value_type)));
    for (auto& element : elements) (*this)(element);
  }
  void finish() const {
    if (!bytes_.empty()) refuse_state("unread bytes at its end");
  }

 private:
  std::span<const std::byte> take(std::size_t size) {
    if (size > bytes_.size()) refuse_state("a value runs past its end");
    const std::span<const std::byte> taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }

  std::span<const std::byte> bytes_;
};

/// A bool or an enumeration as one byte; what no value has is refused.
template <class Archive, class T>
void one_byte(Archive& archive, T& x, unsigned largest, const char* name) {
  auto byte = static_cast<std::uint8_t>(x);
  archive(byte);
  if (byte > largest) refuse_state(std::string("an impossible ") + name);
  if constexpr (!std::is_const_v<T>) x = static_cast<T>(byte);
}

template <class Archive, class T>
void signed_integer(Archive& archive, T& x) {
  auto bits = static_cast<std::uint32_t>(x);
  archive(bits);
  if constexpr (!std::is_const_v<T>) x = static_cast<int>(bits);
}

/// The number that tells a state's type in its bytes; 0 for a type that is not a state.
template <class State>
inline constexpr std::uint32_t saved_kind = 0;

[[nodiscard]] constexpr std::string_view owner_of_kind(std::uint32_t kind) noexcept {
  constexpr std::array<std::string_view, 6> owners = {"of a later version", "one scaler's",        "a group's",
                                                      "a fake quantizer's", "a quantized layer's", "a warm-up gate's"};
  return kind < owners.size() ? owners[kind] : owners[0];
}

template <class State>
[[nodiscard]] std::vector<std::byte> state_to_bytes(const State& state) {
  ByteWriter payload;
  members(payload, state);
  ByteWriter writer;
  for (const char c : saved_magic) writer(c);
  writer(state.version);
  writer(saved_kind<State>);
  writer(std::uint64_t{payload.bytes.size()});
  writer.bytes.insert(writer.bytes.end(), payload.bytes.begin(), payload.bytes.end());
  writer(crc32(writer.bytes));
  return std::move(writer.bytes);
}

template <class State>
[[nodiscard]] State state_from_bytes(std::span<const std::byte> bytes) {
  const std::string size = std::to_string(bytes.size()) + " bytes";
  if (bytes.size() < saved_header_size + saved_checksum_size)
    refuse_state("truncated: " + size + " are too few for any");
  ByteReader header(bytes.first(saved_header_size));
  std::array<char, 8> magic{};
  for (char& c : magic) header(c);
  if (magic != saved_magic) refuse_state("these bytes are something else (they don't begin with HiF8SCAL)");
  State state;
  header(state.version);
  std::uint32_t kind = 0;
  header(kind);
  std::uint64_t length = 0;
  header(length);
  const std::size_t present = bytes.size() - saved_header_size - saved_checksum_size;
  if (length > present) {
    refuse_state("truncated: " + size + ", but the contents alone were " + std::to_string(length));
  }
  if (length < present) refuse_state("more bytes than were saved: " + size);
  std::uint32_t checksum = 0;
  ByteReader(bytes.last(saved_checksum_size))(checksum);
  if (checksum != crc32(bytes.first(bytes.size() - saved_checksum_size)))
    refuse_state("corrupt (the checksum differs)");
  check_version(state);
  if (kind != saved_kind<State>) {
    refuse_state("it is " + std::string(owner_of_kind(kind)) + ", not " +
                 std::string(owner_of_kind(saved_kind<State>)));
  }
  ByteReader payload(bytes.subspan(saved_header_size, present));
  members(payload, state);
  payload.finish();
  return state;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
