// What the three stamps of a byte find is just what comparing every access with all before it finds.
#include "races.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace {

using gpu_emulator::Segments;

enum class Kind { Read, Write, Atomic };
struct Access {
  Segments::Segment segment;
  unsigned lane;
  Kind kind;
};

bool unordered(const Access& x, const Access& y) {
  const Segments::Segment &a = x.segment, &b = y.segment;
  if (a.block != b.block) return true;
  if (a.block_barriers != b.block_barriers) return false;
  return a.warp != b.warp || (a.warp_barriers == b.warp_barriers && x.lane != y.lane);
}
bool races(const Access& x, const Access& y) {
  const bool harmless = x.kind == y.kind && x.kind != Kind::Write;
  return !harmless && unordered(x, y);
}

struct Counts {
  unsigned races = 0, ordered = 0, differences = 0;
};

/// Accesses of two blocks of two warps; those that race are left out.
void compare(Segments& segments, std::mt19937& random, Counts& counts) {
  constexpr unsigned blocks = 2, warps = 2, lanes = 3, steps = 12;
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  const unsigned reads = below(17), writes = below(3);  // of 16 accesses; the others are atomic
  gpu_emulator::Stamp stamp;
  std::vector<Access> before;
  segments.begin_launch();
  for (unsigned block = 0; block < blocks; ++block) {
    Segments::Segment at[warps];
    std::uint32_t number[warps];
    for (unsigned w = 0; w < warps; ++w) number[w] = segments.open(at[w] = {block, w, 0, 0});
    for (unsigned step = 0; step < steps; ++step) {
      const unsigned warp = below(warps), barrier = below(16);
      for (unsigned w = 0; w < warps; ++w) {
        if (barrier > 2 || (barrier != 0 && w != warp)) continue;
        ++(barrier == 0 ? at[w].block_barriers : at[w].warp_barriers);
        number[w] = segments.open(at[w]);
      }
      const unsigned kind = below(16);
      const Access access{at[warp], below(lanes),
                          kind < writes           ? Kind::Write
                          : kind < writes + reads ? Kind::Read
                                                  : Kind::Atomic};
      const std::uint32_t now = Segments::stamp(number[warp], access.lane);
      const std::uint32_t found = access.kind == Kind::Read    ? segments.read(stamp, now)
                                  : access.kind == Kind::Write ? segments.write(stamp, now)
                                                               : segments.atomic(stamp, now);
      const bool race =
          std::any_of(before.begin(), before.end(), [&](const Access& other) { return races(other, access); });
      if (!race) before.push_back(access);
      ++(race ? counts.races : counts.ordered);
      counts.differences += (found != 0) != race;
    }
  }
}

}  // namespace

TEST_CASE("stamps find just the races that there are") {
  Segments segments;
  std::mt19937 random(1);
  Counts counts;
  for (unsigned i = 0; i < 50000; ++i) compare(segments, random, counts);
  CHECK(counts.differences == 0);
  CHECK(counts.races > 100000);
  CHECK(counts.ordered > 100000);
}
