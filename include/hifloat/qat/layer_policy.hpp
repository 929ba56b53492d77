// Which layers of a network stay in BF16.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/qat/precision.hpp>

namespace HIFLOAT_NAMESPACE::qat {

/// One item of a LayerPolicy: what it says stays in BF16.
struct LayerRule {
  /// What the other members mean.
  enum class Kind : std::uint8_t {
    first,   ///< the first `from` blocks
    last,    ///< the last `from` blocks
    blocks,  ///< blocks `from` to `to`, counted from 0
    named    ///< modules of this `name`
  };
  Kind kind = Kind::named;  ///< see above
  std::size_t from = 0;     ///< a number of blocks, or the first one
  std::size_t to = 0;       ///< the last one, which is one of them
  std::string name;         ///< of a module; see LayerPolicy

  /// Member by member.
  HIFLOAT_KEYED friend bool operator==(const LayerRule&, const LayerRule&) = default;
};

}  // namespace HIFLOAT_NAMESPACE::qat

namespace HIFLOAT_DETAIL_NAMESPACE {

/// Reads the text of a LayerPolicy. What is wrong is std::invalid_argument, with the number of the character.
class LayerPolicyReader {
 public:
  explicit LayerPolicyReader(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] std::vector<qat::LayerRule> rules() {
    std::vector<qat::LayerRule> rules;
    skip_spaces();
    if (at_ == text_.size()) return rules;
    for (;;) {
      rules.push_back(rule());
      skip_spaces();
      if (at_ == text_.size()) return rules;
      if (text_[at_] != ',') {
        refuse("a comma must follow '" + text_of(rules.back()) +
               "' (names are made of letters, digits, underscores and dots)");
      }
      ++at_;
      skip_spaces();
    }
  }

  /// As the reader takes it.
  [[nodiscard]] static std::string text_of(const qat::LayerRule& rule) {
    using Kind = qat::LayerRule::Kind;
    const std::string from = std::to_string(rule.from);
    if (rule.kind == Kind::first) return "first " + from;
    if (rule.kind == Kind::last) return "last " + from;
    if (rule.kind == Kind::named) return rule.name;
    return rule.from == rule.to ? "block " + from : "blocks " + from + "-" + std::to_string(rule.to);
  }

 private:
  [[nodiscard]] qat::LayerRule rule() {
    using Kind = qat::LayerRule::Kind;
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    const std::string word(text_.substr(begin, at_ - begin));
    if (word.empty()) refuse("'first', 'last', 'block', 'blocks' or a module's name must stand here");
    if (word.front() == '.' || word.back() == '.' || word.find("..") != std::string::npos) {
      refuse("'" + word + "' has nothing before or after a dot");
    }
    if (word.find_first_not_of("0123456789") == std::string::npos) {
      refuse("'first', 'last', 'block' or 'blocks' must stand before the number " + word);
    }
    if (word == "first" || word == "last") {
      return {.kind = word == "first" ? Kind::first : Kind::last, .from = number(word), .to = 0, .name = {}};
    }
    if (word != "block" && word != "blocks") return {.kind = Kind::named, .from = 0, .to = 0, .name = word};
    qat::LayerRule rule{.kind = Kind::blocks, .from = number(word), .to = 0, .name = {}};
    rule.to = rule.from;
    skip_spaces();
    if (word == "block" || at_ == text_.size() || text_[at_] != '-') return rule;
    ++at_;
    rule.to = number("-");
    if (rule.to < rule.from) refuse("the last of several blocks comes before the first");
    return rule;
  }

  [[nodiscard]] std::size_t number(const std::string& before) {
    skip_spaces();
    std::uint64_t value = 0;
    const std::size_t begin = at_;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      value = value * 10 + static_cast<std::uint64_t>(text_[at_] - '0');
      if (value > 1'000'000'000) refuse("no network has so many blocks");
    }
    if (at_ == begin) refuse("a number must follow '" + before + "'");
    return value;
  }

  void skip_spaces() noexcept {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  /// What module names are made of.
  [[nodiscard]] static constexpr bool is_name(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  }

  [[noreturn]] void refuse(const std::string& reason) const {
    HIFLOAT_THROW(std::invalid_argument, ("hifloat: layer policy '" + std::string(text_) + "', character " +
                                          std::to_string(at_ + 1) + ": " + reason)
                                             .c_str());
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// `wanted` is `name`, or some whole parts of it between dots.
[[nodiscard]] constexpr bool names_module(std::string_view wanted, std::string_view name) noexcept {
  for (std::size_t at = name.find(wanted); at != std::string_view::npos; at = name.find(wanted, at + 1)) {
    const std::size_t end = at + wanted.size();
    if ((at == 0 || name[at - 1] == '.') && (end == name.size() || name[end] == '.')) return true;
  }
  return false;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_NAMESPACE::qat {

/// The modules and blocks of a network that stay in BF16, from one line: `LayerPolicy("first 3, last 2, attention")`.
///
///   policy = [ item { "," item } ]                    nothing: all of it is HiF8
///   item   = "first" number | "last" number           blocks at the beginning, at the end
///          | "block" number | "blocks" number "-" number   counted from 0, both ends included
///          | name                                     a module, in every block and outside of them
///
/// Names are made of letters, digits, underscores and dots, and are no numbers. `attention` means a module of that name
/// and all that is part of one: "attention", "attention.query", "decoder.attention". Spaces do not matter.
class LayerPolicy {
 public:
  /// Everything in HiF8.
  HIFLOAT_KEYED LayerPolicy() = default;
  /// A text that is not a policy is std::invalid_argument, which says which character is wrong, and why.
  HIFLOAT_KEYED explicit LayerPolicy(std::string_view text) : rules_(detail::LayerPolicyReader(text).rules()) {}

  /// Of a module in block `block` of `blocks`, counted from 0. A block past the end is std::out_of_range.
  HIFLOAT_KEYED [[nodiscard]] Precision precision(std::size_t block, std::size_t blocks,
                                                  std::string_view module = {}) const {
    if (block >= blocks) {
      detail::refuse_index("hifloat: a layer policy was asked for block ", block, " of ", blocks);
    }
    for (const LayerRule& rule : rules_) {
      if (keeps(rule, block, blocks)) return Precision::bf16;
    }
    return precision(module);
  }
  /// Of a module outside of all blocks, such as an embedding.
  HIFLOAT_KEYED [[nodiscard]] Precision precision(std::string_view module) const {
    for (const LayerRule& rule : rules_) {
      if (rule.kind == LayerRule::Kind::named && detail::names_module(rule.name, module)) return Precision::bf16;
    }
    return Precision::hif8;
  }

  /// In the order in which they were given.
  HIFLOAT_KEYED [[nodiscard]] const std::vector<LayerRule>& rules() const noexcept { return rules_; }
  /// The line that makes this policy.
  HIFLOAT_KEYED [[nodiscard]] std::string text() const {
    std::string line;
    for (const LayerRule& rule : rules_) {
      line += (line.empty() ? "" : ", ") + detail::LayerPolicyReader::text_of(rule);
    }
    return line;
  }

  /// Rule by rule.
  HIFLOAT_KEYED friend bool operator==(const LayerPolicy&, const LayerPolicy&) = default;

 private:
  HIFLOAT_KEYED [[nodiscard]] static bool keeps(const LayerRule& rule, std::size_t block, std::size_t blocks) noexcept {
    switch (rule.kind) {
      case LayerRule::Kind::first: return block < rule.from;
      case LayerRule::Kind::last: return blocks - block <= rule.from;
      case LayerRule::Kind::blocks: return block >= rule.from && block <= rule.to;
      case LayerRule::Kind::named:
      default: return false;
    }
  }

  std::vector<LayerRule> rules_;
};

}  // namespace HIFLOAT_NAMESPACE::qat
