#include "block.hpp"

#include "meetings.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>

namespace gpu_emulator {

namespace {

constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

/// Groups at the same position, neither of which waits, go on as one.
void join(std::vector<LaneGroup>& groups) {
  for (std::size_t i = 0; i < groups.size(); ++i) {
    for (std::size_t j = groups.size(); j-- > i + 1;) {
      if (groups[i].position != groups[j].position || groups[i].waits != groups[j].waits) continue;
      groups[i].lanes |= groups[j].lanes;
      groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(j));
    }
  }
}

}  // namespace

Block::Block(const Launch& launch, DeviceMemory& memory, Segments& segments, const Schedule& schedule,
             std::vector<std::byte>& registers)
    : launch_(launch),
      kernel_(*launch.kernel),
      memory_(memory),
      segments_(segments),
      schedule_(schedule),
      threads_(launch.block[0] * launch.block[1] * launch.block[2]),
      warps_((threads_ + warp_lanes - 1) / warp_lanes),
      shared_(kernel_.dynamic_shared_begin + launch.dynamic_shared_bytes),
      local_(std::size_t{threads_} * kernel_.local_bytes),
      shared_stamps_(shared_.size()) {
  const std::size_t bytes = (kernel_.register_bytes + 63) / 64 * 64;
  if (registers.size() < bytes * warps_.size()) registers.resize(bytes * warps_.size());
  for (Warp& warp : warps_) {
    warp.block = this;
    warp.index = static_cast<unsigned>(&warp - warps_.data());
    warp.registers = registers.data() + warp.index * bytes;
    warp.defined.resize(kernel_.registers);
  }
}

void Block::open_segment(Warp& warp) {
  if (segments_.exhausted()) throw Unsupported("too long a run: the numbers of segments are used up");
  warp.segment = segments_.open({index_, warp.index, barriers_, warp.meetings});
}

void Block::start(Warp& warp) {
  const unsigned first = warp.index * warp_lanes;
  const unsigned lanes = std::min(threads_ - first, warp_lanes);
  warp.present = lanes == warp_lanes ? all_lanes : (1u << lanes) - 1;
  warp.groups = {{warp.present, 0, false}};
  warp.meetings = 0;
  std::memcpy(warp.registers, kernel_.initial_registers.data(), kernel_.initial_registers.size());
  std::fill(warp.defined.begin(), warp.defined.end(), 0u);
  std::fill_n(warp.defined.begin(), kernel_.defined_registers, all_lanes);
  const std::uint32_t x = launch_.block[0], y = launch_.block[1];
  const std::uint32_t grid_x = launch_.grid[0], grid_y = launch_.grid[1];
  const auto set = [&](Special special, auto of_lane) {
    const Operand place{static_cast<unsigned>(special) * 4 * warp_lanes, 0, 32};
    for (unsigned lane = 0; lane < warp_lanes; ++lane) warp.lanes<std::uint32_t>(place)[lane] = of_lane(lane);
  };
  set(Special::TidX, [&](unsigned lane) { return (first + lane) % x; });
  set(Special::TidY, [&](unsigned lane) { return (first + lane) / x % y; });
  set(Special::TidZ, [&](unsigned lane) { return (first + lane) / x / y; });
  set(Special::CtaidX, [&](unsigned) { return index_ % grid_x; });
  set(Special::CtaidY, [&](unsigned) { return index_ / grid_x % grid_y; });
  set(Special::CtaidZ, [&](unsigned) { return index_ / grid_x / grid_y; });
  set(Special::LaneId, [](unsigned lane) { return lane; });
  for (unsigned axis = 0; axis < 3; ++axis) {
    set(static_cast<Special>(static_cast<unsigned>(Special::NtidX) + axis),
        [&](unsigned) { return launch_.block[axis]; });
    set(static_cast<Special>(static_cast<unsigned>(Special::NctaidX) + axis),
        [&](unsigned) { return launch_.grid[axis]; });
  }
  open_segment(warp);
}

void Block::run(unsigned index) {
  index_ = index;
  barriers_ = 0;
  random_.seed(schedule_.seed * 0x9E3779B97F4A7C15u + index);
  std::fill(shared_stamps_.begin(), shared_stamps_.end(), Stamp{});
  for (Warp& warp : warps_) start(warp);
  std::vector<State> states(warps_.size(), State::Running);
  std::vector<unsigned> running(warps_.size());
  for (;;) {
    std::iota(running.begin(), running.end(), 0u);
    std::erase_if(running, [&](unsigned i) { return states[i] != State::Running; });
    while (!running.empty()) {
      const std::size_t pick = schedule_.shuffled ? random_() % running.size() : 0;
      const unsigned i = running[pick];
      states[i] =
          advance(warps_[i], schedule_.shuffled ? 1 + random_() % 256 : std::numeric_limits<std::uint64_t>::max());
      if (states[i] != State::Running) running.erase(running.begin() + static_cast<std::ptrdiff_t>(pick));
    }
    if (std::all_of(states.begin(), states.end(), [](State s) { return s == State::Ended; })) return;
    release_barrier(states);
    std::fill(states.begin(), states.end(), State::Running);
    running.resize(warps_.size());
  }
}

void Block::release_barrier(const std::vector<State>& states) {
  const std::uint32_t position =
      std::find_if(warps_.begin(), warps_.end(), [](const Warp& w) { return !w.groups.empty(); })->groups[0].position;
  const std::string at = ": " + kernel_.name + ", line " + std::to_string(kernel_.code[position].line);
  for (std::size_t i = 0; i < states.size(); ++i) {
    Warp& warp = warps_[i];
    if (states[i] == State::Ended || static_cast<unsigned>(std::popcount(warp.present)) <
                                         std::min<unsigned>(warp_lanes, threads_ - warp.index * warp_lanes)) {
      throw Violation("a barrier that threads of the block don't come to, having ended" + at);
    }
    if (warp.groups[0].position != position) throw Violation("warps wait at different barriers" + at);
  }
  ++barriers_;
  for (Warp& warp : warps_) {
    warp.groups[0].waits = false;
    ++warp.groups[0].position;
    open_segment(warp);
  }
}

Block::State Block::advance(Warp& warp, std::uint64_t budget) {
  while (budget != 0) {
    join(warp.groups);
    if (warp.groups.empty()) return State::Ended;
    std::size_t next = warp.groups.size(), runnable = 0;
    for (std::size_t i = 0; i < warp.groups.size(); ++i) {
      const LaneGroup& group = warp.groups[i];
      if (group.waits) continue;
      ++runnable;
      const bool preferred = schedule_.shuffled
                                 ? random_() % runnable == 0
                                 : next == warp.groups.size() || group.position < warp.groups[next].position;
      if (preferred) next = i;
    }
    if (runnable == 0) {
      const Instruction& in = kernel_.code[warp.groups[0].position];
      if (warp.groups.size() == 1 && in.control == Control::BlockBarrier) return State::AtBarrier;
      throw Violation("lanes wait for others of their warp that don't come: " + where(warp, in, warp.groups[0].lanes));
    }
    std::uint32_t stop = nowhere;
    for (std::size_t i = 0; i < warp.groups.size(); ++i) {
      if (i != next && !warp.groups[i].waits) stop = std::min(stop, warp.groups[i].position);
    }
    std::uint64_t turn =
        schedule_.shuffled && stop != nowhere ? std::min<std::uint64_t>(budget, 1 + random_() % 64) : budget;
    const std::uint64_t before = turn;
    run_group(warp, next, schedule_.shuffled ? nowhere : stop, turn);
    budget -= before - turn;
  }
  return warp.groups.empty() ? State::Ended : State::Running;
}

/// Until the group's lanes part, wait or end, come to where another group is (`stop`), or the budget is used up.
void Block::run_group(Warp& warp, std::size_t group, std::uint32_t stop, std::uint64_t& budget) {
  std::uint32_t position = warp.groups[group].position;
  std::uint32_t lanes = warp.groups[group].lanes;
  const auto leave = [&] { warp.groups[group].position = position; };
  while (budget != 0) {
    --budget;
    if (position >= kernel_.code.size()) throw Violation("ran past the end of " + kernel_.name);
    const Instruction& in = kernel_.code[position];
    std::uint32_t guarded = lanes;
    if (in.guarded) {
      if ((~warp.defined[in.guard.number] & lanes) != 0) {
        throw Violation("a branch or guard on a value that was never written: " + where(warp, in, lanes));
      }
      const std::uint32_t guard = *warp.lanes<std::uint32_t>(in.guard);
      guarded &= in.guard_negated ? ~guard : guard;
    }
    executed_ += static_cast<unsigned>(std::popcount(guarded));
    switch (in.control) {
      case Control::None:
        if (guarded != 0) execute(warp, in, guarded);
        ++position;
        break;
      case Control::Branch:
        if (guarded == lanes) {
          position = in.target;
        } else if (guarded == 0) {
          ++position;
        } else {
          warp.groups[group] = {guarded, in.target, false};
          warp.groups.push_back({lanes & ~guarded, position + 1, false});
          return;
        }
        break;
      case Control::Exit:
        warp.present &= ~guarded;
        warp.groups[group] = {lanes & ~guarded, position + 1, false};
        if (lanes == guarded) warp.groups.erase(warp.groups.begin() + static_cast<std::ptrdiff_t>(group));
        return;
      case Control::BlockBarrier:
        if (guarded != lanes) throw Violation("a barrier for some lanes of a warp: " + where(warp, in, lanes));
        warp.groups[group] = {lanes, position, true};
        return;
      case Control::WarpMeeting:
        if (guarded != lanes) throw Unsupported("a guarded meeting of lanes: " + where(warp, in, lanes));
        if (!all_met(warp, in, lanes)) {
          warp.groups[group] = {lanes, position, true};
          join(warp.groups);
          for (LaneGroup& waiting : warp.groups) {
            if (waiting.position != position || !waiting.waits) continue;
            if (!all_met(warp, in, waiting.lanes)) continue;
            execute(warp, in, waiting.lanes);
            waiting = {waiting.lanes, position + 1, false};
          }
          return;
        }
        execute(warp, in, lanes);
        ++position;
        break;
    }
    if (position >= stop) break;
  }
  leave();
}

void Block::execute(Warp& warp, const Instruction& in, std::uint32_t lanes) {
  warp.executing = lanes;
  std::uint32_t defined = all_lanes;
  for (unsigned i = 0; i < in.sources; ++i) {
    const std::uint32_t of_source = warp.defined[in.source[i].number];
    if ((in.must_be_defined >> i & 1) != 0 && (~of_source & lanes) != 0) {
      throw Violation("the use of a value that was never written: " + where(warp, in, lanes & ~of_source));
    }
    defined &= of_source;
  }
  for (unsigned i = 0; i < in.results; ++i) {
    std::uint32_t& of_result = warp.defined[in.result[i].number];
    of_result = (of_result & ~lanes) | (defined & lanes);
  }
  try {
    in.execute(warp, in);
  } catch (const Violation& violation) {
    throw Violation(violation.what() + (": " + where(warp, in, lanes)));
  }
  if (makes_memory_visible(in) && lanes == warp.present) {
    ++warp.meetings;
    open_segment(warp);
  }
}

bool Block::all_met(Warp& warp, const Instruction& in, std::uint32_t lanes) const {
  const std::uint32_t wanted = lanes_wanted(warp, in, lanes);
  if ((lanes & ~wanted) != 0) {
    throw Violation("a meeting with lanes that it doesn't name: " + where(warp, in, lanes & ~wanted));
  }
  if ((wanted & ~warp.present) != 0) {
    throw Violation("a meeting that names lanes that have ended: " + where(warp, in, lanes));
  }
  return wanted == lanes;
}

std::string Block::where(const Warp& warp, const Instruction& in, std::uint32_t lanes) const {
  const std::size_t line = in.line - kernel_.first_line;
  return kernel_.name + ", block " + std::to_string(index_) + ", thread " +
         std::to_string(warp.thread_of(static_cast<unsigned>(std::countr_zero(lanes)))) + ", line " +
         std::to_string(in.line) + (line < kernel_.source_lines.size() ? ": " + kernel_.source_lines[line] : "");
}

}  // namespace gpu_emulator
