// Fields, bytes and bits of integers, as the PTX ISA defines them.

#include "operations.hpp"

#include <bit>
#include <cstdint>

namespace gpu_emulator {

namespace {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

struct BitFieldInsert {
  u32 operator()(u32 a, u32 b, u32 position, u32 length) const {
    position &= 0xFF;
    length &= 0xFF;
    const u64 field = length >= 32 ? 0xFFFFFFFFu : (u64{1} << length) - 1;
    const u32 mask = position >= 32 ? 0 : static_cast<u32>(field << position);
    return (b & ~mask) | (position >= 32 ? 0 : (a << position & mask));
  }
};
struct BitFieldExtract {
  u32 operator()(u32 a, u32 position, u32 length) const {
    position &= 0xFF;
    length &= 0xFF;
    const u64 field = length >= 32 ? 0xFFFFFFFFu : (u64{1} << length) - 1;
    return position >= 32 ? 0 : static_cast<u32>(a >> position & field);
  }
};
/// Bytes of {b, a}, picked by four bits each, of which the top one asks for the byte's sign in all its bits.
struct Permute {
  u32 operator()(u32 a, u32 b, u32 selector) const {
    const u64 bytes = u64{b} << 32 | a;
    u32 result = 0;
    for (unsigned i = 0; i < 4; ++i) {
      const u32 pick = selector >> (4 * i);
      const u32 byte = static_cast<u32>(bytes >> (8 * (pick & 7)) & 0xFF);
      result |= ((pick & 8) != 0 ? (byte & 0x80) != 0 ? 0xFFu : 0u : byte) << (8 * i);
    }
    return result;
  }
};
struct Logic3 {
  u32 operator()(u32 a, u32 b, u32 c, u32 table) const {
    u32 result = 0;
    for (unsigned i = 0; i < 8; ++i) {
      if ((table >> i & 1) != 0) result |= ((i & 4) != 0 ? a : ~a) & ((i & 2) != 0 ? b : ~b) & ((i & 1) != 0 ? c : ~c);
    }
    return result;
  }
};
template <bool Left, bool Wrap>
struct FunnelShift {
  u32 operator()(u32 a, u32 b, u32 by) const {
    by = Wrap ? by & 31 : by < 32 ? by : 32;
    const u64 both = u64{b} << 32 | a;
    return static_cast<u32>(Left ? (by == 32 ? both << 32 : both << by) >> 32 : both >> by);
  }
};
template <class T>
struct CountOnes {
  u32 operator()(T a) const { return static_cast<u32>(std::popcount(a)); }
};
template <class T>
struct LeadingZeros {
  u32 operator()(T a) const { return static_cast<u32>(std::countl_zero(a)); }
};

}  // namespace

void add_bit_operations(OperationTable& t) {
  add_operation<BitFieldInsert, u32, u32, u32, u32, u32>(t, "bfi.b32");
  add_operation<BitFieldExtract, u32, u32, u32, u32>(t, "bfe.u32");
  add_operation<Permute, u32, u32, u32, u32>(t, "prmt.b32");
  add_operation<Logic3, u32, u32, u32, u32, u32>(t, "lop3.b32");
  add_operation<FunnelShift<true, true>, u32, u32, u32, u32>(t, "shf.l.wrap.b32");
  add_operation<FunnelShift<true, false>, u32, u32, u32, u32>(t, "shf.l.clamp.b32");
  add_operation<FunnelShift<false, true>, u32, u32, u32, u32>(t, "shf.r.wrap.b32");
  add_operation<FunnelShift<false, false>, u32, u32, u32, u32>(t, "shf.r.clamp.b32");
  add_operation<CountOnes<u32>, u32, u32>(t, "popc.b32");
  add_operation<CountOnes<u64>, u32, u64>(t, "popc.b64");
  add_operation<LeadingZeros<u32>, u32, u32>(t, "clz.b32");
  add_operation<LeadingZeros<u64>, u32, u64>(t, "clz.b64");
}

}  // namespace gpu_emulator
