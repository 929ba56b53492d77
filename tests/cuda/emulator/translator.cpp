#include "translator.hpp"

#include "block.hpp"
#include "meetings.hpp"
#include "memory_operations.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>

namespace gpu_emulator {

namespace {

std::vector<std::string> parts_of(const std::string& name) {
  std::vector<std::string> parts;
  std::stringstream stream(name);
  for (std::string part; std::getline(stream, part, '.');) parts.push_back(part);
  return parts;
}

/// Of a type as "u32".
unsigned type_bits(const std::string& type) {
  unsigned bits = 0;
  if (type.size() >= 2) std::from_chars(type.data() + 1, type.data() + type.size(), bits);
  if (bits == 0) throw Unsupported("not a type: " + type);
  return bits;
}
bool is_integer(const std::string& type) { return type.size() >= 2 && (type[0] == 's' || type[0] == 'u'); }

/// Of {%r1, %r2}, or of one register.
std::vector<std::string> elements_of(const std::string& text) {
  if (text[0] != '{') return {text};
  return split(std::string_view(text).substr(1, text.size() - 2));
}

}  // namespace

void Translator::translate(Instruction& in, const Statement& s) {
  const auto found = operations().find(s.name);
  if (found == operations().end() || !fits(found->second, s)) {
    special(in, s);
    return;
  }
  in.execute = found->second.execute;
  add_result(in, s.operands[0], found->second.result_bits[0]);
  for (std::size_t i = 1; i < s.operands.size(); ++i) add_source(in, s.operands[i], found->second.source_bits[i - 1]);
}

bool Translator::fits(const Operation& operation, const Statement& s) const {
  if (s.operands.size() != 1 + operation.source_bits.size()) return false;
  for (std::size_t i = 0; i < s.operands.size(); ++i) {
    const std::string& text = s.operands[i];
    const unsigned bits = i == 0 ? operation.result_bits[0] : operation.source_bits[i - 1];
    if (text[0] == '{' || !names_.can_be(text, bits)) return false;
  }
  return true;
}

void Translator::add_result(Instruction& in, const std::string& text, unsigned bits) {
  if (in.results == Instruction::most_results) throw Unsupported("too many results");
  in.result[in.results++] = text == "_" ? names_.sink(bits) : names_.register_of(text, bits);
}
void Translator::add_source(Instruction& in, const std::string& text, unsigned bits, bool must_be_defined) {
  if (in.sources == Instruction::most_sources) throw Unsupported("too many operands");
  if (must_be_defined) in.must_be_defined |= static_cast<std::uint16_t>(1u << in.sources);
  in.source[in.sources++] = names_.value_of(text, bits);
}
void Translator::special(Instruction& in, const Statement& s) {
  const std::vector<std::string> parts = parts_of(s.name);
  if (parts[0] == "ld" || parts[0] == "st" || parts[0] == "atom" || parts[0] == "red") {
    access(in, s, parts);
  } else if (parts[0] == "mov" && (s.operands.at(0)[0] == '{' || s.operands.at(1)[0] == '{')) {
    const unsigned bits = type_bits(parts.back());
    const bool packs = s.operands[1][0] == '{';
    in.execute = packs ? &pack : &unpack;
    const std::vector<std::string> list = elements_of(s.operands[packs ? 1 : 0]);
    const unsigned each = bits / static_cast<unsigned>(list.size());
    for (const std::string& element : list) {
      packs ? add_source(in, element, each) : add_result(in, element, each);
    }
    packs ? add_result(in, s.operands[0], bits) : add_source(in, s.operands[1], bits);
  } else if (parts[0] == "cvt" && parts.size() == 3 && is_integer(parts[1]) && is_integer(parts[2])) {
    in.execute = &convert_integer;
    in.element_bytes = static_cast<std::uint8_t>(type_bits(parts[2]) / 8);
    in.elements = static_cast<std::uint8_t>(type_bits(parts[1]) / 8);
    in.sign_extended = parts[2][0] == 's';
    in.variant = parts[1][0] == 's';
    add_result(in, s.operands.at(0), 0);
    add_source(in, s.operands.at(1), names_.is_register(s.operands[1]) ? 0 : type_bits(parts[2]));
  } else if (parts[0] == "cvta") {
    const bool to = parts[1] == "to";
    const std::string& space = parts[to ? 2 : 1];
    const std::uint64_t window = space == "global"   ? 0
                                 : space == "shared" ? Block::shared_window
                                 : space == "local"  ? Block::local_window
                                                     : throw Unsupported("a state space that isn't known");
    in.execute = &convert_address;
    in.displacement = static_cast<std::int64_t>(to ? 0 - window : window);
    add_result(in, s.operands.at(0), 64);
    add_source(in, s.operands.at(1), 64);
  } else if (!meeting(in, s)) {
    throw Unsupported("an instruction that isn't modelled");
  }
}

void Translator::access(Instruction& in, const Statement& s, const std::vector<std::string>& parts) {
  static const std::vector<std::string> caching = {"cs", "cg", "ca",      "cv",  "wb",  "wt",
                                                   "lu", "nc", "relaxed", "gpu", "weak"};
  in.space = Space::Generic;
  in.elements = 1;
  std::string operation;
  for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
    const std::string& part = parts[i];
    if (part == "global")
      in.space = Space::Global;
    else if (part == "shared")
      in.space = Space::Shared;
    else if (part == "local")
      in.space = Space::Local;
    else if (part == "param")
      in.space = Space::Parameter;
    else if (part == "v2")
      in.elements = 2;
    else if (part == "v4")
      in.elements = 4;
    else if (parts[0] == "atom" || parts[0] == "red")
      operation += part + ".";
    else if (std::find(caching.begin(), caching.end(), part) == caching.end())
      throw Unsupported("an access that isn't modelled");
  }
  in.element_bytes = static_cast<std::uint8_t>(type_bits(parts.back()) / 8);
  in.sign_extended = parts.back()[0] == 's';
  const bool stores = parts[0] == "st", reduces = parts[0] == "red";
  const std::size_t at = stores || reduces ? 0 : 1;
  address(in, s.operands.at(at));
  if (parts[0] == "ld") {
    in.execute = &load;
    in.variant = std::find(parts.begin(), parts.end(), "nc") != parts.end();
    for (const std::string& element : elements_of(s.operands[0])) {
      add_result(in, element, 0);
      if (in.result[in.results - 1].bits < 8u * in.element_bytes)
        throw Unsupported("a register too small for what is loaded");
    }
    if (in.results != in.elements) throw Unsupported("a vector of another length");
  } else if (stores) {
    in.execute = &store;
    for (const std::string& element : elements_of(s.operands[1])) {
      add_source(in, element, names_.is_register(element) ? 0 : 8u * in.element_bytes, true);
    }
    if (in.sources != 1 + in.elements) throw Unsupported("a vector of another length");
  } else {
    in.execute = atomic_operation(operation + parts.back());
    if (in.execute == nullptr) throw Unsupported("an atomic operation that isn't modelled");
    if (!reduces) add_result(in, s.operands[0], 8u * in.element_bytes);
    add_source(in, s.operands.at(at + 1), 8u * in.element_bytes, true);
  }
}

void Translator::address(Instruction& in, const std::string& text) {
  if (text.size() < 3 || text.front() != '[' || text.back() != ']') throw Unsupported("not an address");
  std::string base = text.substr(1, text.size() - 2);
  if (const std::size_t plus = base.find('+'); plus != std::string::npos) {
    const std::string displacement(trimmed(std::string_view(base).substr(plus + 1)));
    in.displacement = std::stoll(displacement);
    base = trimmed(std::string_view(base).substr(0, plus));
  }
  if (const std::optional<Symbol> symbol = names_.symbol(base)) {
    // A parameter of a called function is in its caller's memory.
    if (in.space == Space::Parameter) in.space = symbol->space;
    if (in.space != symbol->space) throw Unsupported("a name of another state space");
    in.displacement += symbol->offset;
    base.assign(1, '0');  // g++ 12 warns of an assigned literal
  }
  add_source(in, base, names_.is_register(base) ? 0 : 64, true);
}

bool Translator::meeting(Instruction& in, const Statement& s) {
  static const std::map<std::string, Meeting> shuffles = {{"shfl.sync.up.b32", Meeting::ShuffleUp},
                                                          {"shfl.sync.down.b32", Meeting::ShuffleDown},
                                                          {"shfl.sync.bfly.b32", Meeting::ShuffleXor},
                                                          {"shfl.sync.idx.b32", Meeting::ShuffleIndex}};
  static const std::map<std::string, Meeting> votes = {{"vote.sync.all.pred", Meeting::VoteAll},
                                                       {"vote.sync.any.pred", Meeting::VoteAny},
                                                       {"vote.sync.ballot.b32", Meeting::VoteBallot}};
  in.control = Control::WarpMeeting;
  if (const auto shuffle_found = shuffles.find(s.name); shuffle_found != shuffles.end()) {
    const std::string& results = s.operands.at(0);
    const std::size_t bar = results.find('|');
    add_result(in, results.substr(0, bar), 32);
    if (bar != std::string::npos) add_result(in, results.substr(bar + 1), 1);
    for (std::size_t i = 1; i < 5; ++i) add_source(in, s.operands.at(i), 32, i != 1);
    in.variant = meeting_variant(shuffle_found->second, 3);
    in.execute = &shuffle;
  } else if (const auto vote_found = votes.find(s.name); vote_found != votes.end()) {
    add_result(in, s.operands.at(0), vote_found->second == Meeting::VoteBallot ? 32 : 1);
    add_source(in, s.operands.at(1), 1, true);
    add_source(in, s.operands.at(2), 32, true);
    in.variant = meeting_variant(vote_found->second, 1);
    in.execute = &vote;
  } else if (s.name == "bar.warp.sync") {
    add_source(in, s.operands.at(0), 32, true);
    in.variant = meeting_variant(Meeting::Barrier, 0);
    in.execute = &meet;
  } else if (s.name == "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32") {
    for (const std::string& d : elements_of(s.operands.at(0))) add_result(in, d, 32);
    for (std::size_t i = 1; i < 4; ++i) {
      for (const std::string& element : elements_of(s.operands.at(i))) add_source(in, element, 32);
    }
    if (in.results != 4 || in.sources != 10) throw Unsupported("a product of other fragments");
    in.variant = meeting_variant(Meeting::Product, no_mask);
    in.execute = &multiply_tf32;
  } else {
    return false;
  }
  return true;
}

}  // namespace gpu_emulator
