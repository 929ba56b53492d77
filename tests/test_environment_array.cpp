// The caller's floating-point environment changes no bit of what an array function gives, and comes back as it was.
#include "model/environments.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include <hifloat/array.hpp>

namespace test_environment_array {

namespace hf = hifloat;

namespace {

// As bytes: comparing numbers would be floating-point work.
class Results {
 public:
  template <class T>
  void add(const std::vector<T>& x) {
    const std::size_t end = bytes_.size();
    bytes_.resize(end + x.size() * sizeof(T));
    std::memcpy(bytes_.data() + end, x.data(), x.size() * sizeof(T));
  }
  friend bool operator==(const Results&, const Results&) = default;

 private:
  std::vector<std::uint8_t> bytes_;
};

/// Every number of a 16-bit type, subnormals, infinities and NaN included.
template <class T>
std::vector<T> all_numbers() {
  std::vector<T> x;
  for (std::uint32_t word = 0; word < 0x10000; ++word) x.push_back(T::from_bits(static_cast<std::uint16_t>(word)));
  return x;
}

/// All that the array functions make of these numbers. What is not finite is left out of the first part: it would leave
/// every block to the scalar kernel.
template <class T>
void add(Results& results, float scale) {
  const std::vector<T> all = all_numbers<T>();
  const std::size_t finite = std::is_same_v<T, hf::binary16> ? 0x7C00 : 0x7F80;
  for (const std::size_t n : {finite, all.size()}) {
    const std::vector<T> x(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n));
    std::vector<hf::hif8_t> codes(n);
    std::vector<T> y(n);
    std::vector<float> z(n);
    const hf::QuantizeStats stats = hf::quantize(x, codes, scale);
    results.add(codes);
    results.add(std::vector{stats.amax, hf::abs_max(x)});
    hf::decode(codes, y, scale);
    results.add(y);
    hf::fake_quantize(x, z, scale);
    results.add(z);
  }
}

Results everything() {
  Results results;
  for (const float scale : {1.0f, 3.7f, 0x1p-120f, 0x1p120f}) {
    add<hf::binary16>(results, scale);
    add<hf::bfloat16>(results, scale);
  }
  return results;
}

}  // namespace

TEST_CASE("rounding modes") { float_control::check_rounding_modes(&everything); }

#if defined(HIFLOAT_TEST_HAS_FLOAT_CONTROL)
TEST_CASE("what else the CPU's control register changes") { float_control::check_control_register(&everything); }
#endif

}  // namespace test_environment_array
