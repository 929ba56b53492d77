#pragma once
// What a probe has to tell: digests of all that it computed.

#include <cstdint>

struct ProbeDigests {
  std::uint64_t everywhere = 0;  // what has the same bits on every instruction set
  std::uint64_t here = 0;        // products, whose sums are rounded in an order that instruction sets choose

  friend bool operator==(const ProbeDigests&, const ProbeDigests&) = default;
};
