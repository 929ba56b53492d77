#include "compiler.hpp"

#include "registers.hpp"
#include "translator.hpp"

#include <algorithm>
#include <map>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

namespace gpu_emulator {

namespace {

bool starts(const std::string& text, const char* with) { return text.rfind(with, 0) == 0; }

class Compiler {
 public:
  Compiler(const ModuleText& module, const Function& entry) : module_(module), entry_(entry) {}

  Kernel run() {
    kernel_.name = entry_.name;
    kernel_.most_threads = entry_.most_threads;
    kernel_.first_line = entry_.first_line;
    std::stringstream lines(entry_.body);
    for (std::string line; std::getline(lines, line);) kernel_.source_lines.emplace_back(trimmed(line));
    for (const Variable& parameter : entry_.parameters) {
      const std::uint32_t at = aligned(kernel_.parameter_bytes, parameter.alignment);
      names_.define_symbol(parameter.name, {Space::Parameter, at});
      kernel_.parameter_offsets.push_back(at);
      kernel_.parameter_sizes.push_back(parameter.bytes);
      kernel_.parameter_bytes = at + parameter.bytes;
    }
    std::vector<Variable> dynamic;
    for (const Variable& variable : module_.variables()) {
      if (variable.space == ".shared" && variable.is_extern) {
        dynamic.push_back(variable);
      } else if (variable.space == ".shared") {
        declare(variable);
      } else {
        throw Unsupported("a variable of the module: " + variable.name);
      }
    }
    // Dynamic shared memory lies behind what the body declares, and its address has to be known before.
    for (const Statement& s : statements(entry_)) {
      if (s.kind == Statement::Kind::Directive && starts(s.name, ".shared")) declare(read_variable(s.name));
    }
    kernel_.dynamic_shared_begin = kernel_.static_shared_bytes;
    for (const Variable& variable : dynamic) {
      kernel_.dynamic_shared_begin = aligned(kernel_.dynamic_shared_begin, std::max(variable.alignment, 16u));
    }
    for (const Variable& variable : dynamic) {
      names_.define_symbol(variable.name, {Space::Shared, kernel_.dynamic_shared_begin});
    }
    body(entry_, "");
    for (const auto& [position, label] : branches_) {
      const auto found = labels_.find(label);
      if (found == labels_.end()) throw Unsupported("a branch to nowhere: " + label);
      kernel_.code[position].target = found->second;
    }
    names_.finish(kernel_);
    return std::move(kernel_);
  }

 private:
  static std::uint32_t aligned(std::uint32_t offset, std::uint32_t to) { return (offset + to - 1) / to * to; }

  void declare(const Variable& variable) {
    if (variable.space == ".shared") {
      const std::uint32_t at = aligned(kernel_.static_shared_bytes, variable.alignment);
      names_.define_symbol(variable.name, {Space::Shared, at});
      kernel_.static_shared_bytes = at + variable.bytes;
    } else {  // a thread's own, or what it hands to a function
      const std::uint32_t at = aligned(kernel_.local_bytes, std::max(variable.alignment, 8u));
      names_.define_symbol(variable.name, {Space::Local, at});
      kernel_.local_bytes = aligned(at + variable.bytes, 16);
    }
  }

  /// `end`: the label to which a called function returns; none in an entry point.
  void body(const Function& function, const std::string& end) {
    const unsigned scope = ++scopes_;
    names_.begin_scope();
    for (const Statement& statement : statements(function)) {
      try {
        take(function, statement, scope, end);
      } catch (const Unsupported& error) {
        std::string text = statement.name;
        for (const std::string& operand : statement.operands) text += " " + operand;
        throw Unsupported(std::string(error.what()) + ": " + function.name + ", line " +
                          std::to_string(statement.line) + ": " + text);
      }
    }
    names_.end_scope();
  }

  void take(const Function& function, const Statement& s, unsigned scope, const std::string& end) {
    const auto label = [&](const std::string& name) { return name + "@" + std::to_string(scope); };
    switch (s.kind) {
      case Statement::Kind::ScopeBegin: names_.begin_scope(); return;
      case Statement::Kind::ScopeEnd: names_.end_scope(); return;
      case Statement::Kind::Label: labels_[label(s.name)] = static_cast<std::uint32_t>(kernel_.code.size()); return;
      case Statement::Kind::Directive:
        if (starts(s.name, ".reg")) {
          names_.declare_registers(s.name);
        } else if (starts(s.name, ".local") || starts(s.name, ".param")) {
          declare(read_variable(s.name));
        } else if (!starts(s.name, ".pragma") && !starts(s.name, ".loc") &&
                   !(starts(s.name, ".shared") && &function == &entry_)) {
          throw Unsupported("a directive that isn't known");
        }
        return;
      case Statement::Kind::Instruction: break;
    }
    Instruction in;
    in.line = s.line;
    if (!s.guard.empty()) {
      in.guarded = true;
      in.guard_negated = s.guard[0] == '!';
      in.guard = names_.register_of(s.guard.substr(in.guard_negated ? 1 : 0), 1);
    }
    if (s.name == "bra" || s.name == "bra.uni") {
      in.control = Control::Branch;
      branches_.emplace_back(kernel_.code.size(), label(s.operands.at(0)));
    } else if (s.name == "ret" && !end.empty()) {
      in.control = Control::Branch;
      branches_.emplace_back(kernel_.code.size(), end);
    } else if (s.name == "ret" || s.name == "exit") {
      in.control = Control::Exit;
    } else if (starts(s.name, "call")) {
      call(s);
      return;
    } else if (s.name == "bar.sync" || s.name == "barrier.sync") {
      if (s.operands != std::vector<std::string>{"0"}) throw Unsupported("a barrier other than 0, or of some threads");
      in.control = Control::BlockBarrier;
    } else {
      translator_.translate(in, s);
    }
    kernel_.code.push_back(in);
  }

  /// call (result), name, (arguments): the function's body, here, with its parameters' names for the arguments.
  void call(const Statement& s) {
    if (!s.guard.empty()) throw Unsupported("a guarded call");
    std::vector<std::string> operands = s.operands;
    std::vector<std::string> results;
    const auto inside = [](const std::string& text) {
      return split(std::string_view(text).substr(1, text.size() - 2));
    };
    if (operands.at(0)[0] == '(') {
      results = inside(operands[0]);
      operands.erase(operands.begin());
    }
    const std::vector<std::string> arguments = operands.size() > 1 ? inside(operands[1]) : std::vector<std::string>{};
    const Function* const function = module_.find(operands.at(0));
    if (function == nullptr) throw Unsupported("a call of a function that isn't there");
    if (++depth_ > 16) throw Unsupported("a recursive call");
    if (arguments.size() != function->parameters.size() || results.size() != function->results.size()) {
      throw Unsupported("a call with other arguments than declared");
    }
    names_.begin_scope();
    for (std::size_t i = 0; i < arguments.size(); ++i) names_.alias_symbol(function->parameters[i].name, arguments[i]);
    for (std::size_t i = 0; i < results.size(); ++i) names_.alias_symbol(function->results[i].name, results[i]);
    const std::string end = "end of call " + std::to_string(kernel_.code.size());
    body(*function, end);
    labels_[end] = static_cast<std::uint32_t>(kernel_.code.size());
    names_.end_scope();
    --depth_;
  }

  const ModuleText& module_;
  const Function& entry_;
  Kernel kernel_;
  Registers names_;
  Translator translator_{names_};
  std::map<std::string, std::uint32_t> labels_;
  std::vector<std::pair<std::size_t, std::string>> branches_;
  unsigned scopes_ = 0, depth_ = 0;
};

}  // namespace

Kernel compile(const ModuleText& module, const std::string& name) {
  const Function* const entry = module.find(name);
  if (entry == nullptr) throw Unsupported("no kernel of this name: " + name);
  return Compiler(module, *entry).run();
}

}  // namespace gpu_emulator
