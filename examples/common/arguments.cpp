#include "arguments.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iostream>
#include <string>
#include <string_view>

#include "format_number.hpp"
#include "input_error.hpp"
#include "parse_number.hpp"

namespace common {
namespace {

std::string bound_text(std::uint64_t bound) { return std::to_string(bound); }
std::string bound_text(double bound) { return format_number(bound); }

}  // namespace

bool Arguments::next() {
  if (next_ == end_) return false;
  option_ = *next_++;
  return true;
}

std::string_view Arguments::value() {
  if (next_ == end_) throw InputError(std::string(option_) + " needs a value (--help says which)");
  const std::string_view value = *next_++;
  if (value.empty()) throw InputError(std::string(option_) + ": its value is empty");
  return value;
}

template <class Number>
Number Arguments::parse(std::string_view text, Number smallest, Number largest, std::string_view what) const {
  Number number{};
  if (!parse_number(text, number) || !(number >= smallest && number <= largest)) {
    refuse(text, "no " + std::string(what) + " from " + bound_text(smallest) + " to " + bound_text(largest));
  }
  return number;
}

std::uint64_t Arguments::count(std::uint64_t smallest, std::uint64_t largest) {
  return parse(value(), smallest, largest, "whole number");
}

double Arguments::number(double smallest, double largest) { return parse(value(), smallest, largest, "number"); }

std::size_t Arguments::choice(std::initializer_list<std::string_view> names) {
  const std::string_view text = value();
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) {
    std::string all;
    for (const std::string_view name : names) all.append(all.empty() ? "" : ", ").append(name);
    refuse(text, "none of " + all);
  }
  return static_cast<std::size_t>(found - names.begin());
}

void Arguments::refuse() const {
  throw InputError("unknown option '" + std::string(option_) + "' (--help lists them)");
}

void Arguments::refuse(std::string_view value, const std::string& expected) const {
  throw InputError(std::string(option_) + ": '" + std::string(value) + "' is " + expected);
}

int run_program(std::string_view name, const std::function<void()>& run) {
  try {
    run();
    return 0;
  } catch (const InputError& error) {
    std::cerr << name << ": " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << name << ": " << error.what() << '\n';
    return 1;
  }
}

}  // namespace common
