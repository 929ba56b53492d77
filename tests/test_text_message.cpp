// Messages about sizes, whose numbers are written without an allocation.
#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>

#include <hifloat/error.hpp>
#include <hifloat/matrix_view.hpp>

namespace test_text_message {

namespace hf = hifloat;

TEST_CASE("sizes are written in full, and a message ends where its memory does") {
  for (const std::size_t n : {std::size_t{0}, std::size_t{9}, std::size_t{10}, std::size_t{10203}, ~std::size_t{0}}) {
    hf::detail::Message message;
    message.add("of ");
    message.add(n);
    CHECK(message.c_str() == "of " + std::to_string(n));
  }
  hf::detail::Message message;
  std::string all;
  for (std::size_t n = 1000; n < 1200; ++n) {
    message.add(n);
    all += std::to_string(n);
  }
  const std::string kept = message.c_str();
  CHECK(kept.size() >= 200);
  CHECK(kept == all.substr(0, kept.size()));
  CHECK_THROWS_WITH_AS(hf::detail::refuse_sizes("of ", std::size_t{7}), "of 7", std::invalid_argument);
  CHECK_THROWS_WITH_AS(hf::detail::refuse_index("at ", std::size_t{7}), "at 7", std::out_of_range);
}

TEST_CASE("what checks sizes is constexpr where they are right") {
  static constexpr std::array<int, 6> numbers{1, 2, 3, 4, 5, 6};
  static_assert(hf::row_major(numbers, 2, 3).block(1, 1, 1, 2)(0, 1) == 6);
  CHECK_THROWS_WITH_AS((void)hf::row_major(numbers, 2, 3).block(1, 1, 1, 3),
                       "hifloat: a block of 1 x 3 from (1, 1) on reaches past the end of its matrix of 2 x 3",
                       std::invalid_argument);
}

}  // namespace test_text_message
