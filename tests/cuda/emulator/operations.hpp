// What instructions compute from registers alone, by their full names. Memory, control and lanes that exchange values
// are elsewhere.
#pragma once

#include "program.hpp"
#include "warp.hpp"

#include <cstdint>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gpu_emulator {

/// One bit a lane.
struct Predicate {};

struct Operation {
  Execute execute;
  std::vector<unsigned> result_bits, source_bits;
};
using OperationTable = std::unordered_map<std::string, Operation>;

template <class T>
inline constexpr unsigned bits_of = 8 * sizeof(T);
template <>
inline constexpr unsigned bits_of<Predicate> = 1;

namespace lanewise {

template <class T>
struct Access {
  T* values;
  [[nodiscard]] T operator[](unsigned lane) const noexcept { return values[lane]; }
};
template <>
struct Access<Predicate> {
  std::uint32_t* mask;
  [[nodiscard]] bool operator[](unsigned lane) const noexcept { return (*mask >> lane & 1) != 0; }
};
template <class T>
Access<T> access(Warp& warp, const Operand& operand) noexcept {
  if constexpr (bits_of<T> == 1) {
    return {warp.lanes<std::uint32_t>(operand)};
  } else {
    return {warp.lanes<T>(operand)};
  }
}

template <class F, class D, class... S, std::size_t... I>
void apply(Warp& warp, const Instruction& in, std::index_sequence<I...>) noexcept {
  const std::tuple<Access<S>...> sources{access<S>(warp, in.source[I])...};
  const auto of_lane = [&](unsigned lane) { return F{}(std::get<I>(sources)[lane]...); };
  if constexpr (bits_of<D> == 1) {
    std::uint32_t& mask = *warp.lanes<std::uint32_t>(in.result[0]);
    std::uint32_t set = 0;
    for (unsigned lane = 0; lane < warp_lanes; ++lane) set |= std::uint32_t{of_lane(lane)} << lane;
    mask = (mask & ~warp.executing) | (set & warp.executing);
  } else {
    D* const result = warp.lanes<D>(in.result[0]);
    if (warp.executing == all_lanes) {
#if defined(__clang__)
#pragma clang loop vectorize(assume_safety)
#else
#pragma GCC ivdep  // a result may be its own source, at the same lane
#endif
      for (unsigned lane = 0; lane < warp_lanes; ++lane) result[lane] = static_cast<D>(of_lane(lane));
    } else {
      for_lanes(warp.executing, [&](unsigned lane) { result[lane] = static_cast<D>(of_lane(lane)); });
    }
  }
}

template <class F, class D, class... S>
void execute(Warp& warp, const Instruction& in) {
  apply<F, D, S...>(warp, in, std::index_sequence_for<S...>{});
}

}  // namespace lanewise

/// What is the same for all types.
struct Move {
  template <class T>
  T operator()(T a) const {
    return a;
  }
};
struct Select {
  template <class T>
  T operator()(T a, T b, bool c) const {
    return c ? a : b;
  }
};

/// Adds an instruction that computes a D from several S, lane by lane.
template <class F, class D, class... S>
void add_operation(OperationTable& table, const std::string& name) {
  table[name] = {&lanewise::execute<F, D, S...>, {bits_of<D>}, {bits_of<S>...}};
}

void add_integer_operations(OperationTable& table);
void add_bit_operations(OperationTable& table);
void add_floating_operations(OperationTable& table);
void add_conversions(OperationTable& table);

/// All of them.
const OperationTable& operations();

}  // namespace gpu_emulator
