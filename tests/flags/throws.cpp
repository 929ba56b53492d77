// Compiled with exceptions and linked beside a file without them (aborts.cpp), in front of it in one program and behind
// it in another: here a mistake throws.
#include "mistakes.hpp"

#include <cstdio>
#include <exception>

void use_without_exceptions();  // aborts.cpp

int main() {
  use_without_exceptions();
  for (int i = 0; i < mistake_count; ++i) {
    bool thrown = false;
    try {
      make_mistake(i);
    } catch (const std::exception&) {
      thrown = true;
    }
    if (thrown) continue;
    std::printf("mistake %d went by\n", i);
    return 1;
  }
}
