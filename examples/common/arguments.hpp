// The command line of an example.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

namespace common {

/// One option after another, with or without a value:
///
///     for (common::Arguments arguments(argc, argv); arguments.next();) {
///       if (arguments.is("--full")) {
///         options.full = true;
///       } else if (arguments.is("--seeds")) {
///         options.seeds = arguments.count(1, 100);
///       } else {
///         arguments.refuse();
///       }
///     }
///
/// What cannot be used is an InputError with the option's name.
class Arguments {
 public:
  Arguments(int argc, const char* const* argv) : next_(argv + (argc > 0)), end_(argv + argc) {}

  /// Moves on to the next option. False after the last.
  [[nodiscard]] bool next();
  [[nodiscard]] bool is(std::string_view name) const { return option_ == name; }
  /// The option as it was given, for programs that take more than options.
  [[nodiscard]] std::string_view text() const { return option_; }

  /// The value that follows the option; not empty.
  [[nodiscard]] std::string_view value();
  /// The value, a whole number within these bounds.
  [[nodiscard]] std::uint64_t count(std::uint64_t smallest, std::uint64_t largest);
  /// The value, a number within these bounds.
  [[nodiscard]] double number(double smallest, double largest);
  /// Which of these names the value is.
  [[nodiscard]] std::size_t choice(std::initializer_list<std::string_view> names);

  /// Throws: no option of that name is known.
  [[noreturn]] void refuse() const;
  /// Throws: the value is not what is expected, such as "no whole number".
  [[noreturn]] void refuse(std::string_view value, const std::string& expected) const;

 private:
  template <class Number>
  [[nodiscard]] Number parse(std::string_view text, Number smallest, Number largest, std::string_view what) const;

  const char* const* next_;
  const char* const* end_;
  std::string_view option_;
};

/// What main returns: 0; 2 after an InputError, 1 after another exception, whose text stderr gets.
[[nodiscard]] int run_program(std::string_view name, const std::function<void()>& run);

}  // namespace common
