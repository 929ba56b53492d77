#include "memory_operations.hpp"

#include "block.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>

namespace gpu_emulator {

namespace {

std::uint64_t extended(std::uint64_t value, unsigned bytes, bool is_signed) {
  const unsigned unused = 64 - 8 * bytes;
  if (!is_signed) return value << unused >> unused;
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(value << unused) >> unused);
}

template <class T>
struct Add {
  T operator()(T old, T x) const { return static_cast<T>(old + x); }
};
template <class T>
struct Min {
  T operator()(T old, T x) const { return x < old ? x : old; }
};
template <class T>
struct Max {
  T operator()(T old, T x) const { return old < x ? x : old; }
};
template <class T>
struct Exchange {
  T operator()(T, T x) const { return x; }
};
template <class T>
struct Or {
  T operator()(T old, T x) const { return old | x; }
};

/// The lanes' order is nobody's to rely on: the highest first, or at random.
template <class T, class F>
void atomic(Warp& warp, const Instruction& in) {
  std::uint32_t left = warp.executing;
  while (left != 0) {
    unsigned lane = 31 - static_cast<unsigned>(std::countl_zero(left));
    if (warp.block->shuffled()) {
      const auto rotated = static_cast<unsigned>(warp.block->random()() % warp_lanes);
      lane =
          (static_cast<unsigned>(std::countr_zero(std::rotr(left, static_cast<int>(rotated)))) + rotated) % warp_lanes;
    }
    left &= ~(1u << lane);
    const std::uint64_t address = warp.value(in.source[0], lane) + static_cast<std::uint64_t>(in.displacement);
    std::byte* const at = warp.block->touch(warp, lane, in.space, address, sizeof(T), Touch::Atomic);
    T old;
    std::memcpy(&old, at, sizeof(T));
    const T made = F{}(old, static_cast<T>(warp.value(in.source[1], lane)));
    std::memcpy(at, &made, sizeof(T));
    if (in.results != 0) warp.set(in.result[0], lane, static_cast<std::uint64_t>(old));
  }
}

}  // namespace

void load(Warp& warp, const Instruction& in) {
  const Touch kind = in.variant == 0 ? Touch::Read : Touch::ReadConstant;
  const unsigned bytes = in.element_bytes * in.elements;
  for_lanes(warp.executing, [&](unsigned lane) {
    const std::uint64_t address = warp.value(in.source[0], lane) + static_cast<std::uint64_t>(in.displacement);
    const std::byte* const from = in.space == Space::Parameter
                                      ? warp.block->parameter(address, bytes)
                                      : warp.block->touch(warp, lane, in.space, address, bytes, kind);
    for (unsigned i = 0; i < in.elements; ++i) {
      std::uint64_t value = 0;
      std::memcpy(&value, from + i * in.element_bytes, in.element_bytes);
      warp.set(in.result[i], lane, in.sign_extended ? extended(value, in.element_bytes, true) : value);
    }
  });
}

void store(Warp& warp, const Instruction& in) {
  const unsigned bytes = in.element_bytes * in.elements;
  for_lanes(warp.executing, [&](unsigned lane) {
    const std::uint64_t address = warp.value(in.source[0], lane) + static_cast<std::uint64_t>(in.displacement);
    std::byte* const to = warp.block->touch(warp, lane, in.space, address, bytes, Touch::Write);
    for (unsigned i = 0; i < in.elements; ++i) {
      const std::uint64_t value = warp.value(in.source[i + 1], lane);
      std::memcpy(to + i * in.element_bytes, &value, in.element_bytes);
    }
  });
}

Execute atomic_operation(const std::string& name) {
  using u32 = std::uint32_t;
  using u64 = std::uint64_t;
  static const std::map<std::string, Execute> table = {
      {"add.u32", &atomic<u32, Add<u32>>},       {"add.u64", &atomic<u64, Add<u64>>},
      {"add.s32", &atomic<u32, Add<u32>>},       {"max.u32", &atomic<u32, Max<u32>>},
      {"max.u64", &atomic<u64, Max<u64>>},       {"max.s32", &atomic<std::int32_t, Max<std::int32_t>>},
      {"min.u32", &atomic<u32, Min<u32>>},       {"min.u64", &atomic<u64, Min<u64>>},
      {"exch.b32", &atomic<u32, Exchange<u32>>}, {"exch.b64", &atomic<u64, Exchange<u64>>},
      {"or.b32", &atomic<u32, Or<u32>>},
  };
  const auto found = table.find(name);
  return found == table.end() ? nullptr : found->second;
}

void pack(Warp& warp, const Instruction& in) {
  for_lanes(warp.executing, [&](unsigned lane) {
    std::uint64_t packed = 0;
    for (unsigned i = in.sources; i-- > 0;)
      packed = packed << (in.source[i].bits % 64) | warp.value(in.source[i], lane);
    warp.set(in.result[0], lane, packed);
  });
}

void unpack(Warp& warp, const Instruction& in) {
  for_lanes(warp.executing, [&](unsigned lane) {
    std::uint64_t packed = warp.value(in.source[0], lane);
    for (unsigned i = 0; i < in.results; ++i) {
      warp.set(in.result[i], lane, packed);
      packed >>= in.result[i].bits % 64;
    }
  });
}

void convert_integer(Warp& warp, const Instruction& in) {
  for_lanes(warp.executing, [&](unsigned lane) {
    const std::uint64_t value = extended(warp.value(in.source[0], lane), in.element_bytes, in.sign_extended);
    // A result narrower than its register is extended as its own type says: `variant`.
    warp.set(in.result[0], lane, extended(value, in.elements, in.variant != 0));
  });
}

void convert_address(Warp& warp, const Instruction& in) {
  for_lanes(warp.executing, [&](unsigned lane) {
    warp.set(in.result[0], lane, warp.value(in.source[0], lane) + static_cast<std::uint64_t>(in.displacement));
  });
}

}  // namespace gpu_emulator
