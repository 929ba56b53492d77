// The names of a group's tensors: they differ from each other, and tell one group from another.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/scaling/refuse_state.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// FNV-1a over the number of names and each one's length and bytes.
[[nodiscard]] inline std::uint64_t hash_names(std::span<const std::string> names) noexcept {
  std::uint64_t hash = 0xCBF29CE484222325u;
  const auto byte = [&](std::uint64_t x) { hash = (hash ^ (x & 0xFF)) * 0x100000001B3u; };
  const auto number = [&](std::uint64_t x) {
    for (int shift = 0; shift < 64; shift += 8) byte(x >> shift);
  };
  number(names.size());
  for (const std::string& name : names) {
    number(name.size());
    for (const char c : name) byte(static_cast<unsigned char>(c));
  }
  return hash;
}

inline void check_names_differ(std::span<const std::string> names) {
  std::vector<const std::string*> sorted;
  sorted.reserve(names.size());
  for (const std::string& name : names) sorted.push_back(&name);
  std::ranges::sort(sorted, [](const std::string* a, const std::string* b) { return *a < *b; });
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (*sorted[i] == *sorted[i - 1]) {
      HIFLOAT_THROW(std::invalid_argument,
                    ("hifloat: two tensors of a scaler group are named '" + *sorted[i] + "'").c_str());
    }
  }
}

inline void check_same_names(std::span<const std::string> own, std::span<const std::string> saved) {
  for (std::size_t i = 0; i < own.size() && i < saved.size(); ++i) {
    if (own[i] != saved[i]) {
      refuse_state("tensor " + std::to_string(i) + " is '" + saved[i] + "', the group's is '" + own[i] + "'");
    }
  }
  if (own.size() != saved.size()) {
    refuse_state("it has " + std::to_string(saved.size()) + " tensors, the group " + std::to_string(own.size()));
  }
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
