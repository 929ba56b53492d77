#include "registers.hpp"

#include "ptx_text.hpp"

#include <algorithm>
#include <cstring>
#include <sstream>

namespace gpu_emulator {

namespace {

bool is_number(const std::string& text) {
  return !text.empty() && (std::isdigit(static_cast<unsigned char>(text[0])) != 0 || text[0] == '-');
}

/// As 5, -5, 0x5, 0f40A00000 or 0d4014000000000000.
std::uint64_t number(const std::string& text) {
  std::size_t used = 0;
  std::uint64_t value = 0;
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'f' || text[1] == 'd')) {
    value = std::stoull(text.substr(2), &used, 16);
    used += 2;
  } else if (text[0] == '-') {
    value = static_cast<std::uint64_t>(std::stoll(text, &used, 0));
  } else {
    value = std::stoull(text, &used, 0);
  }
  if (used != text.size()) throw Unsupported("not a number: " + text);
  return value;
}

}  // namespace

std::uint32_t Registers::add(unsigned bits) {
  bits_.push_back(bits);
  return static_cast<std::uint32_t>(bits_.size() - 1);
}

void Registers::declare_registers(const std::string& directive) {
  std::stringstream stream(directive);
  std::string word, type, rest;
  stream >> word >> type;
  std::getline(stream, rest);
  unsigned bits = type == ".pred" ? 1 : static_cast<unsigned>(std::stoul(type.substr(2)));
  if (bits == 8) bits = 16;
  for (const std::string& name : split(rest)) {
    const std::size_t bracket = name.find('<');
    if (bracket == std::string::npos) {
      scopes_.back().registers[name] = add(bits);
      continue;
    }
    const unsigned long count = std::stoul(name.substr(bracket + 1));
    for (unsigned long i = 0; i < count; ++i) {
      scopes_.back().registers[name.substr(0, bracket) + std::to_string(i)] = add(bits);
    }
  }
}

const std::uint32_t* Registers::find(const std::string& name) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    if (const auto found = scope->registers.find(name); found != scope->registers.end()) return &found->second;
  }
  return nullptr;
}

std::optional<Symbol> Registers::symbol(const std::string& name) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    if (const auto found = scope->symbols.find(name); found != scope->symbols.end()) return found->second;
  }
  return std::nullopt;
}

void Registers::alias_symbol(const std::string& name, const std::string& other) {
  const std::optional<Symbol> found = symbol(other);
  if (!found) throw Unsupported("an argument that isn't declared: " + other);
  define_symbol(name, *found);
}

std::optional<Special> Registers::special(const std::string& text) {
  static const std::vector<std::string> names = {"%tid.x",    "%tid.y",    "%tid.z",   "%ntid.x",  "%ntid.y",
                                                 "%ntid.z",   "%ctaid.x",  "%ctaid.y", "%ctaid.z", "%nctaid.x",
                                                 "%nctaid.y", "%nctaid.z", "%laneid"};
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return std::nullopt;
  return static_cast<Special>(found - names.begin());
}

bool Registers::can_be(const std::string& text, unsigned bits) const {
  if (const std::uint32_t* const found = find(text)) return bits_[*found] == bits;
  if (special(text)) return bits == 32;
  return is_number(text) || text == "_" || symbol(text).has_value();
}

Operand Registers::register_of(const std::string& text, unsigned bits) {
  const std::uint32_t* const found = find(text);
  if (found == nullptr) throw Unsupported("not a register: " + text);
  if (bits != 0 && bits_[*found] != bits) throw Unsupported("a register of another width: " + text);
  return {0, *found, bits_[*found]};
}

Operand Registers::constant(std::uint64_t value, unsigned bits) {
  if (bits < 64) value &= (std::uint64_t{1} << bits) - 1;
  const auto [found, is_new] = constants_.try_emplace({value, bits}, 0);
  if (is_new) found->second = add(bits);
  return {0, found->second, bits};
}

Operand Registers::value_of(const std::string& text, unsigned bits) {
  if (find(text) != nullptr) return register_of(text, bits);
  if (const std::optional<Special> found = special(text)) return {0, static_cast<std::uint32_t>(*found), 32};
  if (const std::optional<Symbol> found = symbol(text)) return constant(found->offset, bits);
  if (text == "WARP_SZ") return constant(warp_lanes, bits);
  if (!is_number(text) || bits == 0) throw Unsupported("not a value: " + text);
  return constant(number(text), bits);
}

Operand Registers::sink(unsigned bits) {
  const unsigned width = bits == 0 ? 64 : bits;
  const auto [found, is_new] = sinks_.try_emplace(width, 0);
  if (is_new) found->second = add(width);
  return {0, found->second, width};
}

void Registers::finish(Kernel& kernel) {
  // What is filled before a warp starts comes first.
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < special_registers; ++i) order.push_back(i);
  for (const auto& [value, number] : constants_) order.push_back(number);
  const std::size_t filled = order.size();
  std::vector<bool> is_filled(bits_.size());
  for (const std::uint32_t number : order) is_filled[number] = true;
  for (std::uint32_t i = 0; i < bits_.size(); ++i) {
    if (!is_filled[i]) order.push_back(i);
  }
  std::vector<std::uint32_t> offset(bits_.size()), number(bits_.size());
  std::uint32_t bytes = 0;
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    if (i == filled) kernel.initial_registers.resize(bytes);
    number[order[i]] = i;
    offset[order[i]] = bytes;
    bytes += bits_[order[i]] == 1 ? 8 : warp_lanes * bits_[order[i]] / 8;
  }
  if (filled == order.size()) kernel.initial_registers.resize(bytes);
  for (const auto& [value, of_constant] : constants_) {
    std::byte* const at = kernel.initial_registers.data() + offset[of_constant];
    if (value.second == 1) {
      const std::uint32_t mask = value.first != 0 ? all_lanes : 0;
      std::memcpy(at, &mask, sizeof(mask));
      continue;
    }
    for (unsigned lane = 0; lane < warp_lanes; ++lane) {
      std::memcpy(at + lane * (value.second / 8), &value.first, value.second / 8);
    }
  }
  const auto place = [&](Operand& operand) {
    operand = {offset[operand.number], number[operand.number], operand.bits};
  };
  for (Instruction& in : kernel.code) {
    if (in.guarded) place(in.guard);
    for (unsigned i = 0; i < in.results; ++i) place(in.result[i]);
    for (unsigned i = 0; i < in.sources; ++i) place(in.source[i]);
  }
  kernel.register_bytes = bytes;
  kernel.registers = static_cast<std::uint32_t>(bits_.size());
  kernel.defined_registers = static_cast<std::uint32_t>(filled);
}

}  // namespace gpu_emulator
