// A kernel in the form in which it is executed: instructions with their operands resolved, branch targets as positions,
// and immediate values and special registers as registers like all others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace gpu_emulator {

inline constexpr unsigned warp_lanes = 32;
inline constexpr std::uint32_t all_lanes = 0xFFFFFFFFu;

/// PTX that can't be read, or has what is not modelled. Never passed over.
class Unsupported : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Warp;
struct Instruction;
using Execute = void (*)(Warp&, const Instruction&);

/// A register of a warp: its place in the register file, where it has the values of all lanes one after the other (a
/// predicate: one word, a bit for each lane), its number, and the bits of a value (1 for a predicate).
struct Operand {
  std::uint32_t offset = 0, number = 0, bits = 0;
};

/// State spaces. In shared, local and parameter space, addresses begin at 0.
enum class Space : std::uint8_t { Global, Shared, Local, Parameter, Generic };

/// What an instruction does beside computing values from values.
enum class Control : std::uint8_t {
  None,
  Branch,
  Exit,
  BlockBarrier,  ///< all threads of the block have to come here
  WarpMeeting,   ///< the lanes that the instruction names have to come here
};

struct Instruction {
  static constexpr unsigned most_results = 4, most_sources = 12;

  Execute execute = nullptr;
  Control control = Control::None;
  bool guarded = false, guard_negated = false;
  std::uint8_t results = 0, sources = 0;
  std::uint16_t must_be_defined = 0;  ///< a bit for each source
  Space space = Space::Generic;
  std::uint8_t element_bytes = 0, elements = 0;  ///< of an access to memory
  bool sign_extended = false;
  std::uint32_t variant = 0;  ///< what else an instruction says of itself
  std::int64_t displacement = 0;
  std::uint32_t target = 0;
  std::uint32_t line = 0;  ///< of the PTX
  Operand guard;
  Operand result[most_results];
  Operand source[most_sources];
};

/// Registers that are filled before the first instruction, whether a kernel uses them or not.
enum class Special : unsigned {
  TidX,
  TidY,
  TidZ,
  NtidX,
  NtidY,
  NtidZ,
  CtaidX,
  CtaidY,
  CtaidZ,
  NctaidX,
  NctaidY,
  NctaidZ,
  LaneId
};
inline constexpr unsigned special_registers = 13;

struct Kernel {
  std::string name;
  std::vector<Instruction> code;
  std::vector<std::byte> initial_registers;  ///< the special ones, then the constants; the others follow
  std::uint32_t register_bytes = 0, registers = 0, defined_registers = 0;
  std::uint32_t parameter_bytes = 0, local_bytes = 0, static_shared_bytes = 0;
  std::uint32_t dynamic_shared_begin = 0;
  std::vector<std::uint32_t> parameter_offsets, parameter_sizes;
  unsigned most_threads = 1024;
  std::vector<std::string> source_lines;  ///< the PTX, for messages
  std::uint32_t first_line = 0;
};

}  // namespace gpu_emulator
