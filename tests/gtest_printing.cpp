// hifloat/testing.hpp with GoogleTest, included in the order that doctest would not like.
#include <hifloat/testing.hpp>

#include <gtest/gtest.h>

#include <vector>

#include <hifloat/hifloat.hpp>

namespace hf = hifloat;

TEST(GoogleTest, PrintsTheNumberAndItsCode) {
  EXPECT_EQ(::testing::PrintToString(hf::hif8_t(0.6f)), "0.6 (0x1A)");
  EXPECT_EQ(::testing::PrintToString(hf::formats::e4m3fn(0.6f)), "0.625 (0x32)");
}

TEST(GoogleTest, TakesExpectations) {
  const std::vector<float> x = hf::testing::normal_tensor(100, 1);
  std::vector<hf::hif8_t> codes(x.size());
  hf::encode(x, codes, 2.0f);
  const auto expectation = hf::testing::expect_quantized_near(x, codes, 2.0f);
  EXPECT_TRUE(expectation) << expectation.message();
  EXPECT_FALSE(hf::testing::expect_quantized_near(x, codes, 4.0f));
}
