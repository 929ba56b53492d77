// From an instruction's text to what is executed; but for branches, calls and barriers of a block, which are the
// Compiler's.
#pragma once

#include "operations.hpp"
#include "program.hpp"
#include "ptx_text.hpp"
#include "registers.hpp"

#include <string>
#include <vector>

namespace gpu_emulator {

class Translator {
 public:
  explicit Translator(Registers& names) : names_(names) {}

  /// Fills in what is executed, and with what. Unsupported for what isn't modelled.
  void translate(Instruction& in, const Statement& s);

 private:
  /// Not so where registers are of other widths, or vectors, than the operation takes.
  [[nodiscard]] bool fits(const Operation& operation, const Statement& s) const;
  /// Of so many bits; 0 for any.
  void add_result(Instruction& in, const std::string& text, unsigned bits);
  void add_source(Instruction& in, const std::string& text, unsigned bits, bool must_be_defined = false);

  void special(Instruction& in, const Statement& s);
  /// As ld.global.cs.v4.u32: how caches are used is of no consequence here.
  void access(Instruction& in, const Statement& s, const std::vector<std::string>& parts);
  /// As [%rd1+16] or [name+8].
  void address(Instruction& in, const std::string& text);
  [[nodiscard]] bool meeting(Instruction& in, const Statement& s);

  Registers& names_;
};

}  // namespace gpu_emulator
