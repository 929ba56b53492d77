// What a group of tensors is made of: the memory of all windows, and the list of names.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/scaling/amax_algorithms.hpp>
#include <hifloat/scaling/refuse_state.hpp>
#include <hifloat/scaling/tensor_rules.hpp>

namespace HIFLOAT_NAMESPACE::detail {

/// The windows of `tensors` tensors, one piece of memory for each kind of content.
template <class A>
class GroupStorage {
 public:
  HIFLOAT_KEYED GroupStorage(const A& algorithm, std::size_t window, std::size_t tensors)
      : window_(window),
        lent_words_(lent_words<A>(window)),
        rings_(window * tensors),
        lent_(lent_words_ * tensors),
        running_(IncrementalAmaxAlgorithm<A> ? tensors : 0, algorithm) {}

  HIFLOAT_KEYED [[nodiscard]] std::size_t window() const noexcept { return window_; }
  HIFLOAT_KEYED [[nodiscard]] TensorMemory<A> memory(std::size_t i) noexcept {
    return {std::span(rings_).subspan(i * window_, window_), std::span(lent_).subspan(i * lent_words_, lent_words_),
            IncrementalAmaxAlgorithm<A> ? &running_[i] : nullptr};
  }
  HIFLOAT_KEYED [[nodiscard]] std::span<const float> ring(std::size_t i) const noexcept {
    return std::span(rings_).subspan(i * window_, window_);
  }

 private:
  std::size_t window_;
  std::size_t lent_words_;
  std::vector<float> rings_;
  std::vector<std::uint32_t> lent_;
  std::vector<A> running_;
};

}  // namespace HIFLOAT_NAMESPACE::detail

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
