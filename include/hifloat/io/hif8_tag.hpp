// What tells a tensor of HiF8 codes from one of bytes in a file: how they are to be read, and how they were made.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/number_text.hpp>
#include <hifloat/read_number_text.hpp>
#include <hifloat/rounding.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/scaling/options.hpp>

namespace HIFLOAT_NAMESPACE::io {

/// As text, in both file formats: `inverse_scale=0.0625 target=15 rounding=ties_away`, with as many inverse scales,
/// separated by commas, as there are. Numbers are the shortest text that reads back as the same binary32.
struct Hif8Tag {
  /// value = code * inverse scale. One for the tensor, or one for each index of its first axis; in [2^-126, 2^126].
  std::vector<float> inverse_scales{1.0f};
  /// Where the amax landed; positive and finite.
  float target = 15.0f;
  /// The policy by which the codes were rounded, as rounding_name has it; letters, digits and '_'.
  std::string rounding = "ties_away";

  /// Member by member.
  HIFLOAT_KEYED friend bool operator==(const Hif8Tag&, const Hif8Tag&) = default;
};

/// The policy's name in snake case. Specialise it for your own.
template <RoundingPolicy R>
inline constexpr std::string_view rounding_name = "unknown";
template <>
inline constexpr std::string_view rounding_name<rounding::TiesAway> = "ties_away";
template <>
inline constexpr std::string_view rounding_name<rounding::TiesEven> = "ties_even";
template <>
inline constexpr std::string_view rounding_name<rounding::TowardZero> = "toward_zero";
template <>
inline constexpr std::string_view rounding_name<rounding::Hybrid> = "hybrid";
template <>
inline constexpr std::string_view rounding_name<rounding::SimplifiedStochastic> = "simplified_stochastic";
template <>
inline constexpr std::string_view rounding_name<rounding::Stochastic> = "stochastic";

}  // namespace HIFLOAT_NAMESPACE::io

namespace HIFLOAT_DETAIL_NAMESPACE {

[[nodiscard]] inline std::string tag_text(const io::Hif8Tag& tag) {
  std::string text = "inverse_scale=";
  for (std::size_t i = 0; i < tag.inverse_scales.size(); ++i) {
    if (i != 0) text += ',';
    append_number(text, tag.inverse_scales[i]);
  }
  append_number(text += " target=", tag.target);
  return text.append(" rounding=").append(tag.rounding);
}

/// Removes the text up to the separator, which is removed too, and returns it.
[[nodiscard]] inline std::string_view take_until(std::string_view& text, char separator) {
  const std::string_view taken = text.substr(0, text.find(separator));
  text.remove_prefix(taken.size() < text.size() ? taken.size() + 1 : taken.size());
  return taken;
}

[[nodiscard]] inline std::optional<float> float_from(std::string_view text) {
  float x = 0;
  const char* const end = text.data() + text.size();
  const auto result = read_number_text(text.data(), end, x);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return x;
}

[[nodiscard]] inline bool is_valid(const io::Hif8Tag& tag) noexcept {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  bool valid = !tag.inverse_scales.empty() && is_positive_normal(tag.target) && !tag.rounding.empty() &&
               tag.rounding.find_first_not_of(allowed) == std::string::npos;
  for (const float scale : tag.inverse_scales) valid = valid && is_valid_scale(scale);
  return valid;
}

/// Nothing for text that tag_text does not write.
[[nodiscard]] inline std::optional<io::Hif8Tag> parse_tag(std::string_view text) {
  constexpr std::string_view scales = "inverse_scale=", target = "target=", rounding = "rounding=";
  io::Hif8Tag tag{{}, 0, {}};
  std::string_view list = take_until(text, ' ');
  if (!list.starts_with(scales)) return std::nullopt;
  list.remove_prefix(scales.size());
  while (!list.empty()) {
    const std::optional<float> scale = float_from(take_until(list, ','));
    if (!scale) return std::nullopt;
    tag.inverse_scales.push_back(*scale);
  }
  const std::string_view number = take_until(text, ' ');
  if (!number.starts_with(target) || !text.starts_with(rounding)) return std::nullopt;
  tag.target = float_from(number.substr(target.size())).value_or(0.0f);
  tag.rounding = text.substr(rounding.size());
  return is_valid(tag) ? std::optional(tag) : std::nullopt;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
