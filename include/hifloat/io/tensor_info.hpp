// What a file says of a tensor, and how its elements are called in C++.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/hif8.hpp>
#include <hifloat/io/error.hpp>
#include <hifloat/io/hif8_tag.hpp>
#include <hifloat/storage.hpp>

namespace HIFLOAT_NAMESPACE::io {

static_assert(std::endian::native == std::endian::little, "the files' numbers are read as they lie in memory");

/// The element types of safetensors. HiF8 codes are U8 with a Hif8Tag.
enum class DType : std::uint8_t {
  Bool,    ///< one byte, 0 or 1
  F4,      ///< e2m1, two in a byte
  F6E2M3,  ///< 6 bits: 1 sign, 2 exponent, 3 mantissa
  F6E3M2,  ///< 6 bits: 1 sign, 3 exponent, 2 mantissa
  U8,      ///< unsigned bytes, or HiF8 codes
  I8,      ///< signed bytes
  F8E5M2,  ///< the bits of formats::e5m2
  F8E4M3,  ///< the bits of formats::e4m3fn
  F8E8M0,  ///< powers of two: 8 exponent bits
  I16,     ///< two's complement, as all I
  U16,     ///< unsigned, as all U
  F16,     ///< binary16
  BF16,    ///< bfloat16
  I32,     ///< 32 bits
  U32,     ///< 32 bits
  F32,     ///< binary32
  C64,     ///< two binary32: real and imaginary part
  I64,     ///< 64 bits
  U64,     ///< 64 bits
  F64      ///< binary64
};

/// A tensor in a file; the last axis runs fastest.
struct TensorInfo {
  std::string name{};                  ///< empty in a .npy file
  DType dtype = DType::F32;            ///< of its elements
  std::vector<std::uint64_t> shape{};  ///< empty for a single number; no file has more than 64 dimensions
  std::optional<Hif8Tag> hif8{};       ///< with U8: the bytes are HiF8 codes

  /// Member by member.
  HIFLOAT_KEYED friend bool operator==(const TensorInfo&, const TensorInfo&) = default;
};

}  // namespace HIFLOAT_NAMESPACE::io

namespace HIFLOAT_DETAIL_NAMESPACE {

/// No tensor of numpy has more dimensions. Without a limit a shape of ones would take several times its text.
inline constexpr std::size_t largest_rank = 64;
inline constexpr const char* rank_flaw = "a shape of more than 64 dimensions";

struct DTypeRow {
  std::string_view safetensors;
  std::uint64_t bits;
  std::string_view npy;  ///< empty where numpy has no such type
};
inline constexpr std::array<DTypeRow, 20> dtype_rows = {{
    {"BOOL", 8, "|b1"}, {"F4", 4, ""},      {"F6_E2M3", 6, ""}, {"F6_E3M2", 6, ""}, {"U8", 8, "|u1"},
    {"I8", 8, "|i1"},   {"F8_E5M2", 8, ""}, {"F8_E4M3", 8, ""}, {"F8_E8M0", 8, ""}, {"I16", 16, "<i2"},
    {"U16", 16, "<u2"}, {"F16", 16, "<f2"}, {"BF16", 16, ""},   {"I32", 32, "<i4"}, {"U32", 32, "<u4"},
    {"F32", 32, "<f4"}, {"C64", 64, "<c8"}, {"I64", 64, "<i8"}, {"U64", 64, "<u8"}, {"F64", 64, "<f8"},
}};

[[nodiscard]] constexpr const DTypeRow& row_of(io::DType dtype) noexcept {
  return dtype_rows[static_cast<std::size_t>(dtype)];
}
[[nodiscard]] inline std::optional<io::DType> find_dtype(std::string_view DTypeRow::*column, std::string_view name) {
  for (std::size_t i = 0; i < dtype_rows.size(); ++i) {
    if (!name.empty() && dtype_rows[i].*column == name) return static_cast<io::DType>(i);
  }
  return std::nullopt;
}

/// The product of the dimensions; nothing if that, in bits or without the dimensions that are 0, is 2^64 or more.
[[nodiscard]] inline std::optional<std::uint64_t> checked_elements(const io::TensorInfo& tensor) noexcept {
  std::uint64_t room = (std::numeric_limits<std::uint64_t>::max)() / row_of(tensor.dtype).bits;
  std::uint64_t elements = 1;
  for (const std::uint64_t dimension : tensor.shape) {
    elements *= dimension;
    room /= std::max<std::uint64_t>(dimension, 1);
  }
  return room == 0 ? std::nullopt : std::optional(elements);
}

/// Why the inverse scales of a tagged tensor don't fit its shape; empty if they do.
[[nodiscard]] inline std::string scale_count_flaw(const io::TensorInfo& tensor) {
  const std::size_t scales = tensor.hif8->inverse_scales.size();
  if (scales == 1 || (scales != 0 && !tensor.shape.empty() && scales == tensor.shape[0])) return {};
  return "its HiF8 tag has " + std::to_string(scales) +
         " inverse scales, neither one nor one for each index of the first axis";
}

/// Why no file can have this tensor; empty if it can.
[[nodiscard]] inline std::string flaw(const io::TensorInfo& tensor) {
  if (tensor.shape.size() > largest_rank) return std::string("it has ") + rank_flaw;
  const std::optional<std::uint64_t> elements = checked_elements(tensor);
  if (!elements) return "its shape has more than 2^64 bits";
  if (*elements * row_of(tensor.dtype).bits % 8 != 0) return "its elements do not fill whole bytes";
  if (!tensor.hif8) return {};
  if (tensor.dtype != io::DType::U8) return "its HiF8 tag is for elements other than U8";
  if (!is_valid(*tensor.hif8)) return "its HiF8 tag has a scale, target or name that is not allowed";
  return scale_count_flaw(tensor);
}

template <class T>
[[nodiscard]] constexpr std::optional<io::DType> dtype_for() noexcept {
  using io::DType;
  if constexpr (FloatingStorage<T>) {
    using Storage = storage_t<T>;
    if (std::is_same_v<Storage, bfloat16>) return DType::BF16;
    return sizeof(T) == 2 ? DType::F16 : sizeof(T) == 4 ? DType::F32 : DType::F64;
  } else if constexpr (std::integral<T> && !std::is_same_v<T, bool>) {
    constexpr bool is_signed = std::is_signed_v<T>;
    switch (sizeof(T)) {
      case 1: return is_signed ? DType::I8 : DType::U8;
      case 2: return is_signed ? DType::I16 : DType::U16;
      case 4: return is_signed ? DType::I32 : DType::U32;
      default: return is_signed ? DType::I64 : DType::U64;
    }
  } else if constexpr (is_hif8<T>) {
    return DType::U8;
  } else {
    return std::nullopt;
  }
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_NAMESPACE::io {

/// A type whose values a tensor of a file can hold: floating-point storage, integers, HiF8 codes; not bool.
template <class T>
concept Element = detail::dtype_for<T>()
.has_value();

/// What the file calls it.
template <Element T>
inline constexpr DType dtype_of = *detail::dtype_for<T>();

}  // namespace HIFLOAT_NAMESPACE::io

namespace HIFLOAT_IO_NAMESPACE {

/// The name in safetensors: "F32".
[[nodiscard]] constexpr std::string_view dtype_name(DType dtype) noexcept { return detail::row_of(dtype).safetensors; }

/// The elements of a tensor that a file has: the product of its shape, 1 for a single number.
[[nodiscard]] inline std::uint64_t element_count(const TensorInfo& tensor) noexcept {
  return detail::checked_elements(tensor).value_or(0);
}
/// Its bytes.
[[nodiscard]] inline std::uint64_t byte_size(const TensorInfo& tensor) noexcept {
  return element_count(tensor) * detail::row_of(tensor.dtype).bits / 8;
}

}  // namespace HIFLOAT_IO_NAMESPACE
