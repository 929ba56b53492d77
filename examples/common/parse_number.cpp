#include "parse_number.hpp"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>
#include <system_error>

namespace common {

bool parse_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

bool parse_number(std::string_view text, double& number) {
  if (text.empty() || text.find_first_of("+ \t\n\v\f\r") == 0 || text.find_first_of("xX") != text.npos) return false;
  const std::string copy(text);
  char* end = nullptr;
  errno = 0;
  number = std::strtod(copy.c_str(), &end);
  const bool is_out_of_range = errno == ERANGE && (std::isinf(number) || !(std::fabs(number) > 0));
  return end == copy.c_str() + copy.size() && !is_out_of_range;
}

}  // namespace common
