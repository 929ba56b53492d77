#include "arguments.hpp"

#include <charconv>
#include <cstdint>
#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>

#include "input_error.hpp"

namespace common {

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

std::uint64_t Arguments::count(std::uint64_t smallest, std::uint64_t largest) {
  const std::string_view text = value();
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size() || count < smallest || count > largest) {
    refuse(text, "no whole number from " + std::to_string(smallest) + " to " + std::to_string(largest));
  }
  return count;
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
