// The 16-bit storage types: a word widens exactly, and a float narrows to the nearest word, ties to the even one.

#include "model/hif8_model.hpp"

#include <hifloat/storage.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>

namespace test_codec_storage {
namespace {

template <class Word, class Widen>
void check_storage(Widen model_of, int infinity_word, int nan_word) {
  const auto value = [&](int word) { return model_of(static_cast<std::uint16_t>(word)).value; };
  const auto narrowed = [](double x) { return int{Word(static_cast<float>(x)).bits()}; };
  int widened_wrong = 0;
  int narrowed_wrong = 0;
  for (int word = 0; word < 0x10000; ++word) {
    const float widened = static_cast<float>(Word::from_bits(static_cast<std::uint16_t>(word)));
    if (std::isnan(value(word))) {
      if (!std::isnan(widened)) ++widened_wrong;
      if (narrowed(value(word)) != nan_word) ++narrowed_wrong;
      continue;
    }
    const auto expected = std::bit_cast<std::uint32_t>(static_cast<float>(value(word)));
    if (std::bit_cast<std::uint32_t>(widened) != expected) ++widened_wrong;
    if (narrowed(value(word)) != word) ++narrowed_wrong;
  }
  CHECK(widened_wrong == 0);
  CHECK(narrowed_wrong == 0);

  // Between neighbours, the largest finite word and infinity's place one step above it among them.
  int rounded_wrong = 0;
  for (int word = 0; word < infinity_word; ++word) {
    const double low = value(word);
    const double high = word + 1 == infinity_word ? 2.0 * low - value(word - 1) : value(word + 1);
    const auto tie = static_cast<float>((low + high) / 2.0);
    if (static_cast<double>(tie) != (low + high) / 2.0) continue;  // needs more bits than a float has
    const float below = std::nextafter(tie, 0.0f);
    const float above = std::bit_cast<float>(std::bit_cast<std::uint32_t>(tie) + 1);
    const int even = word % 2 == 0 ? word : word + 1;
    for (const int sign : {0, 0x8000}) {
      const double direction = sign == 0 ? 1.0 : -1.0;
      if (narrowed(direction * static_cast<double>(tie)) != (even | sign)) ++rounded_wrong;
      if (narrowed(direction * static_cast<double>(below)) != (word | sign)) ++rounded_wrong;
      if (narrowed(direction * static_cast<double>(above)) != ((word + 1) | sign)) ++rounded_wrong;
    }
  }
  CHECK(rounded_wrong == 0);
}

}  // namespace

TEST_CASE("every binary16 word widens exactly and comes back") {
  check_storage<hifloat::binary16>(model::binary16, 0x7C00, 0x7E00);
  CHECK(hifloat::binary16(65520.0f).bits() == 0x7C00);
  CHECK(hifloat::binary16(-1e30f).bits() == 0xFC00);
  CHECK(hifloat::binary16(0x1p-25f).bits() == 0x0000);
  CHECK(hifloat::binary16(-0x1p-60f).bits() == 0x8000);
}

TEST_CASE("every bfloat16 word widens exactly and comes back") {
  check_storage<hifloat::bfloat16>(model::bfloat16, 0x7F80, 0x7FC0);
  CHECK(hifloat::bfloat16(-0x1p-149f).bits() == 0x8000);
}

}  // namespace test_codec_storage
