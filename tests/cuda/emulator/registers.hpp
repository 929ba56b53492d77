// What names in PTX stand for: registers, constants, special registers, variables; and where those lie in a warp's
// register file.
#pragma once

#include "program.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gpu_emulator {

/// A variable's address.
struct Symbol {
  Space space;
  std::uint32_t offset;
};

class Registers {
 public:
  void begin_scope() { scopes_.emplace_back(); }
  void end_scope() { scopes_.pop_back(); }

  /// As ".reg .b32 %r<100>" or ".reg .b64 %SP".
  void declare_registers(const std::string& directive);
  void define_symbol(const std::string& name, Symbol symbol) { scopes_.back().symbols[name] = symbol; }
  void alias_symbol(const std::string& name, const std::string& other);
  [[nodiscard]] std::optional<Symbol> symbol(const std::string& name) const;

  [[nodiscard]] bool is_register(const std::string& text) const { return find(text) != nullptr || special(text); }
  /// Whether an operand can be of so many bits.
  [[nodiscard]] bool can_be(const std::string& text, unsigned bits) const;
  /// Of so many bits; 0 for any.
  [[nodiscard]] Operand register_of(const std::string& text, unsigned bits);
  /// A register, or a constant: a number, an address, a special register.
  [[nodiscard]] Operand value_of(const std::string& text, unsigned bits);
  [[nodiscard]] Operand sink(unsigned bits);

  /// Lays the register file out: until then operands only have numbers.
  void finish(Kernel& kernel);

 private:
  struct Scope {
    std::map<std::string, std::uint32_t> registers;
    std::map<std::string, Symbol> symbols;
  };
  struct Constant {
    std::uint64_t bits;
    std::uint32_t number;
  };

  [[nodiscard]] const std::uint32_t* find(const std::string& name) const;
  [[nodiscard]] static std::optional<Special> special(const std::string& text);
  [[nodiscard]] Operand constant(std::uint64_t value, unsigned bits);
  [[nodiscard]] std::uint32_t add(unsigned bits);

  std::vector<Scope> scopes_{1};
  std::vector<unsigned> bits_ = std::vector<unsigned>(special_registers, 32);  ///< of each register; special ones first
  std::map<std::pair<std::uint64_t, unsigned>, std::uint32_t> constants_;
  std::map<unsigned, std::uint32_t> sinks_;
};

}  // namespace gpu_emulator
