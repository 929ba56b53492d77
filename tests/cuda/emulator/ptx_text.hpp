// PTX as text: a module's functions, and a function's statements.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gpu_emulator {

struct Variable {
  std::string name, space;  ///< ".shared", ".param" and so on
  std::uint32_t bytes = 0, alignment = 1;
  bool is_extern = false;
};

/// An entry point or a function.
struct Function {
  std::string name;
  std::vector<Variable> results, parameters;
  unsigned most_threads = 1024;
  std::string body;
  std::uint32_t first_line = 0;
};

/// A function's statement: a label, a directive, an instruction, or the begin or end of a scope.
struct Statement {
  enum class Kind { Label, Directive, Instruction, ScopeBegin, ScopeEnd } kind = Kind::Instruction;
  std::uint32_t line = 0;
  std::string guard;  ///< "%p1", "!%p1" or nothing
  std::string name;   ///< a label's or an instruction's; of a directive all of it
  std::vector<std::string> operands;
};

class ModuleText {
 public:
  /// Unsupported for what can't be read.
  explicit ModuleText(std::string_view ptx);

  [[nodiscard]] const Function* find(const std::string& name) const;
  [[nodiscard]] const std::vector<Variable>& variables() const noexcept { return variables_; }

 private:
  void read_function(std::string_view head, std::string_view body, std::uint32_t line);

  std::map<std::string, Function> functions_;
  std::vector<Variable> variables_;
};

[[nodiscard]] std::vector<Statement> statements(const Function& function);
/// As ".shared .align 8 .b8 name[640]".
[[nodiscard]] Variable read_variable(std::string_view declaration);
/// At commas outside brackets.
[[nodiscard]] std::vector<std::string> split(std::string_view list);
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace gpu_emulator
