// What names an algorithm in a saved state: its id and its parameters.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/scaling/amax_algorithms.hpp>
#include <hifloat/scaling/refuse_state.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

/// The compiler's name of a type. g++ and clang agree on it for a type that lies in named namespaces.
template <class T>
[[nodiscard]] constexpr std::string_view type_name() noexcept {
#if defined(_MSC_VER) && !defined(__clang__)
  return __FUNCSIG__;
#else
  // g++: "... type_name() [with T = Name; ...]"; clang: "... type_name() [T = Name]".
  std::string_view name = __PRETTY_FUNCTION__;
  name.remove_prefix(name.find("T = ") + 4);
  return name.substr(0, name.find_first_of(";]"));
#endif
}

template <AmaxAlgorithm A>
[[nodiscard]] constexpr std::string_view algorithm_id() noexcept {
  if constexpr (requires { std::string_view(A::id); }) {
    return A::id;
  } else {
    return type_name<A>();
  }
}

template <class A>
concept HasParameters = requires(const A& algorithm) {
  A::with_parameters(algorithm.parameters());
};

/// The parameters: binary64, lowest byte first; or the object's bytes, where it doesn't list them.
template <AmaxAlgorithm A>
[[nodiscard]] std::vector<std::byte> saved_parameters(const A& algorithm) {
  std::vector<std::byte> bytes;
  if constexpr (HasParameters<A>) {
    for (const double parameter : algorithm.parameters()) {
      const auto bits = std::bit_cast<std::uint64_t>(parameter);
      for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<std::byte>(bits >> shift & 0xFF));
    }
  } else if constexpr (!std::is_empty_v<A>) {
    static_assert(std::is_trivially_copyable_v<A>,
                  "to be saved, an amax algorithm needs parameters() and with_parameters()");
    const auto object = std::bit_cast<std::array<std::byte, sizeof(A)>>(algorithm);
    bytes.assign(object.begin(), object.end());
  }
  return bytes;
}

/// The inverse. Another number of bytes than saved_parameters gives is std::invalid_argument.
template <AmaxAlgorithm A>
[[nodiscard]] A algorithm_with_parameters(std::span<const std::byte> bytes) {
  const auto check_size = [&](std::size_t expected) {
    if (bytes.size() != expected) refuse_state("wrong number of algorithm parameters");
  };
  if constexpr (HasParameters<A>) {
    decltype(std::declval<const A&>().parameters()) parameters{};
    check_size(8 * parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      std::uint64_t bits = 0;
      for (std::size_t k = 8; k-- != 0;) bits = bits << 8 | std::to_integer<std::uint64_t>(bytes[8 * i + k]);
      parameters[i] = std::bit_cast<double>(bits);
    }
    return A::with_parameters(parameters);
  } else if constexpr (std::is_empty_v<A>) {
    check_size(0);
    return A{};
  } else {
    std::array<std::byte, sizeof(A)> object{};
    check_size(object.size());
    for (std::size_t i = 0; i < object.size(); ++i) object[i] = bytes[i];
    return std::bit_cast<A>(object);
  }
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
