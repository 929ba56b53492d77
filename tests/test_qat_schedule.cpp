// Learning rates by step, and the line that says which layers stay in BF16.

#include <hifloat/qat/layer_policy.hpp>
#include <hifloat/qat/schedule.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace test_qat_schedule {

namespace qat = hifloat::qat;
using namespace hifloat::qat::schedule;
using qat::LayerPolicy;
using qat::Precision;

namespace {

std::vector<double> rates(const auto& schedule, std::uint64_t steps) {
  std::vector<double> values;
  for (std::uint64_t step = 0; step < steps; ++step) values.push_back(schedule(step));
  return values;
}

/// The learning rate of examples/compare_amax, as it is written there.
float example_rate(float first, std::size_t step, std::size_t steps) {
  const float turn = std::numbers::pi_v<float> * static_cast<float>(step) / static_cast<float>(steps);
  return first * (0.55f + 0.45f * std::cos(turn));
}

/// The blocks, of so many, that a policy keeps.
std::vector<std::size_t> kept(const LayerPolicy& policy, std::size_t blocks, const char* module = "mlp") {
  std::vector<std::size_t> list;
  for (std::size_t block = 0; block < blocks; ++block) {
    if (policy.precision(block, blocks, module) == Precision::bf16) list.push_back(block);
  }
  return list;
}
using Blocks = std::vector<std::size_t>;

std::string refusal(const char* text) {
  try {
    (void)LayerPolicy(text);
    return "taken";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("schedules have the values that are written for them") {
  CHECK(rates(Constant{0.5}, 3) == std::vector{0.5, 0.5, 0.5});
  CHECK(rates(LinearWarmup{1.0, 4}, 6) == std::vector{0.25, 0.5, 0.75, 1.0, 1.0, 1.0});
  CHECK(rates(LinearWarmup{1.0, 0}, 2) == std::vector{1.0, 1.0});

  const Cosine half(2.0, 6);
  const std::vector expected{2.0, 1.0 + std::sqrt(0.75), 1.5, 1.0, 0.5, 1.0 - std::sqrt(0.75), 0.0, 0.0};
  for (std::uint64_t step = 0; step < expected.size(); ++step) {
    CHECK(half(step) == doctest::Approx(expected[step]).epsilon(1e-15));
  }
  CHECK(half(std::numeric_limits<std::uint64_t>::max()) == 0.0);
  CHECK(Cosine(2.0, 6, 0.1)(6) == doctest::Approx(0.2).epsilon(1e-15));
  CHECK(Cosine(2.0, 0, 0.5)(0) == 1.0);
  CHECK(Cosine(2.0, 6, 1)(3) == 2.0);  // the share of another type than the rate
  static_assert(std::is_same_v<decltype(Cosine(2.0f, 6, 0.5)), Cosine<float>>);

  CHECK(rates(WarmDown(Constant{1.0, 10}, 0.4), 12) ==
        std::vector{1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.75, 0.5, 0.25, 0.0, 0.0});
  CHECK(rates(WarmDown(Constant{1.0, 4}, 1.0), 5) == std::vector{1.0, 0.75, 0.5, 0.25, 0.0});
  CHECK(rates(WarmDown(Constant{1.0, 2}, 0.0), 4) == std::vector{1.0, 1.0, 1.0, 1.0});
  CHECK(WarmDown(Constant{1.0, 10}, 0.25)(8) == 2.0 / 3.0);  // 2.5 steps are three
}

TEST_CASE("schedules are made of each other") {
  const Sequence rate(LinearWarmup{1.0, 2}, Constant{0.5, 1}, LinearWarmup{4.0, 4});
  CHECK(rate.steps == 7);
  CHECK(rates(rate, 9) == std::vector{0.5, 1.0, 0.5, 1.0, 2.0, 3.0, 4.0, 4.0, 4.0});
  const WarmDown trapezoid(Sequence(LinearWarmup{1.0, 2}, Constant{1.0, 4}), 1.0 / 3);
  CHECK(rates(trapezoid, 7) == std::vector{0.5, 1.0, 1.0, 1.0, 1.0, 0.5, 0.0});
  const Sequence nested(trapezoid, Sequence(Constant{7.0, 1}, Constant{8.0}));
  CHECK(nested.steps == forever);
  CHECK(nested(5) == 0.5);
  CHECK(nested(6) == 7.0);
  CHECK(nested(1'000'000) == 8.0);
  constexpr Sequence folded(LinearWarmup{1.0, 2}, WarmDown(Constant{1.0, 2}, 0.5));
  static_assert(folded(0) == 0.5 && folded(2) == 1.0 && folded(3) == 1.0 && folded(4) == 0.0 && folded.steps == 4);
}

TEST_CASE("the demo's learning rate is a Cosine of float, to the bit") {
  for (const std::size_t steps : {1u, 7u, 100u, 3000u}) {
    for (const float first : {3e-3f, 3e-4f}) {
      const Cosine rate(first, steps, 0.1f);
      std::size_t different = 0;
      for (std::size_t step = 0; step < steps; ++step) {
        different += std::bit_cast<std::uint32_t>(static_cast<float>(rate(step))) !=
                     std::bit_cast<std::uint32_t>(example_rate(first, step, steps));
      }
      CHECK(different == 0);
    }
  }
}

TEST_CASE("a warm-down that can't be is refused") {
  for (const double fraction :
       {-0.1, 1.0000001, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_WITH_AS(WarmDown(Constant{1.0, 10}, fraction), doctest::Contains("[0, 1]"), std::invalid_argument);
  }
  CHECK_THROWS_WITH_AS(WarmDown(Constant{1.0}, 0.5), doctest::Contains("with an end"), std::invalid_argument);
  CHECK(WarmDown(Constant{1.0, 10}, -0.0)(9) == 1.0);
  CHECK(WarmDown(Constant{1.0, 10}, 0.5)(std::numeric_limits<std::uint64_t>::max() - 3) == 0.0);
}

TEST_CASE("a layer policy keeps what its line says") {
  const LayerPolicy policy("first 3, last 2, attention");
  CHECK(kept(policy, 12) == Blocks{0, 1, 2, 10, 11});
  CHECK(kept(policy, 4) == Blocks{0, 1, 2, 3});
  CHECK(kept(policy, 1) == Blocks{0});
  CHECK(kept(policy, 7, "attention").size() == 7);
  CHECK(policy.precision("embedding") == Precision::hif8);
  CHECK(policy.precision("attention") == Precision::bf16);
  CHECK(kept(LayerPolicy("block 0, blocks 4-6,blocks 8"), 12) == Blocks{0, 4, 5, 6, 8});
  CHECK(kept(LayerPolicy("blocks 2-2"), 12) == Blocks{2});
  CHECK(kept(LayerPolicy("first 0, last 0"), 5).empty());
  CHECK(kept(LayerPolicy(""), 5, "attention").empty());
  CHECK(kept(LayerPolicy(), 5).empty());
  CHECK_THROWS_WITH_AS((void)policy.precision(4, 4), doctest::Contains("block 4 of 4"), std::out_of_range);
  CHECK(both(Precision::hif8, Precision::hif8) == Precision::hif8);
  CHECK(both(Precision::bf16, Precision::hif8) == Precision::bf16);
  CHECK(both(Precision::hif8, Precision::bf16) == Precision::bf16);
}

TEST_CASE("a name means a module and its parts") {
  const LayerPolicy policy("attention, lm_head, mlp.down");
  for (const char* name : {"attention", "attention.query", "decoder.attention", "a.attention.b", "lm_head", "mlp.down",
                           "x.mlp.down.weight"}) {
    CAPTURE(name);
    CHECK(policy.precision(name) == Precision::bf16);
  }
  for (const char* name : {"attentions", "self_attention", "mlp", "mlp.up", "mlpxdown", "mlp.down_2", "Attention", "",
                           "my_attention.attention2"}) {
    CAPTURE(name);
    CHECK(policy.precision(name) == Precision::hif8);
  }
}

TEST_CASE("a policy prints as the line that makes it") {
  for (const char* line : {"first 3, last 2, attention", "block 4, blocks 5-17, last 0", "a.b_C.0", "", "blocks"}) {
    const bool is_policy = std::string(line) != "blocks";
    CAPTURE(line);
    if (is_policy) CHECK(LayerPolicy(line).text() == line);
  }
  const LayerPolicy spaced(" first\t3 ,last  2,blocks 1 - 2 ,  attention ");
  CHECK(spaced.text() == "first 3, last 2, blocks 1-2, attention");
  CHECK(LayerPolicy(spaced.text()) == spaced);
  CHECK(LayerPolicy("first 3") != LayerPolicy("last 3"));
}

TEST_CASE("what is no policy is refused, and where it goes wrong is said") {
  const auto says = [](const char* line, const char* character, const char* reason) {
    CAPTURE(line);
    const std::string text = refusal(line);
    CAPTURE(text);
    CHECK(text.find(std::string("'") + line + "', character " + character + ":") != std::string::npos);
    CHECK(text.find(reason) != std::string::npos);
  };
  says("first", "6", "a number must follow 'first'");
  says("first x", "7", "a number must follow 'first'");
  says("first -3", "7", "a number must follow 'first'");
  says("last 2, ", "9", "must stand here");
  says("first 3,, last 2", "9", "must stand here");
  says(",", "1", "must stand here");
  says("frist 3", "7", "a comma must follow 'frist'");
  says("first 3 last 2", "9", "a comma must follow 'first 3'");
  says("first 3.5", "8", "a comma must follow 'first 3'");
  says("attention; mlp", "10", "a comma must follow 'attention'");
  says("self-attention", "5", "names are made of letters, digits, underscores and dots");
  says("blocks 5-", "10", "a number must follow '-'");
  says("blocks 5-3", "11", "before the first");
  says("first 99999999999999999999", "16", "no network");
  says("block 1-2", "8", "a comma must follow 'block 1'");
  says("first 3, 2", "11", "must stand before the number 2");
  for (const char* name : {"attention.", ".attention", "decoder..attention", "."}) {
    says(name, std::to_string(std::string(name).size() + 1).c_str(), "before or after a dot");
  }
}

}  // namespace test_qat_schedule
