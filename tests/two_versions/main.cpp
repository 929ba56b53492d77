#include <cstdio>
#include <string>

std::string use_one();
std::string use_other();

int main() {
  const std::string one = use_one(), other = use_other();
  std::printf("%s\n%s\n", one.c_str(), other.c_str());
  return one.starts_with("3.0") && other.starts_with("3.0") && one != other ? 0 : 1;
}
