#include "row.hpp"

#include "buffer.hpp"
#include "thread_pair.hpp"
#include "yardsticks.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <random>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <hifloat/array.hpp>

namespace hf = hifloat;

namespace bench {
namespace {

constexpr float scale = 1.7f;
constexpr hf::PhiloxKey key{.seed = 1, .stream = 2};

/// Inputs and outputs of all kernels, as long as the largest size.
struct Arrays {
  explicit Arrays(std::size_t n)
      : x(n), relu(n), y(n), in_place(n), codes(n), bf16(n), f16(n), words(n), copied(4 * n) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal(0.0f, 3.0f);
    std::vector<float> some(std::min(n, std::size_t{1} << 20));
    for (float& element : some) element = normal(random);
    for (std::size_t i = 0; i < n; ++i) {
      const float element = some[i % some.size()];
      x.all()[i] = in_place.all()[i] = element;
      relu.all()[i] = std::max(element, 0.0f);
      bf16.all()[i] = hf::bfloat16(element);
      f16.all()[i] = hf::binary16(element);
    }
    hf::encode(x.all(), codes.all(), scale);
  }
  Buffer<float> x, relu, y, in_place;
  Buffer<hf::hif8_t> codes;
  Buffer<hf::bfloat16> bf16;
  Buffer<hf::binary16> f16;
  Buffer<hf::bfloat16> words;  // output of 16 bits
  Buffer<std::byte> copied;
};

/// The kernels at one size.
class RowsOfSize {
 public:
  RowsOfSize(std::vector<Row>& rows, const Arrays& arrays, Place place, std::size_t n)
      : rows_(rows), a_(arrays), place_(place), n_(n) {}

  template <class R>
  void encode(const char* rounding) const {
    using Code = hf::hif8<R>;
    const auto x = a_.x.first(n_);
    const std::span codes(reinterpret_cast<Code*>(a_.codes.all().data()), n_);
    add(std::string("f32 encode, ") + rounding, 5, sum(), [=] {
      if constexpr (R::uses_random) {
        hf::encode(x, codes, scale, key);
      } else {
        hf::encode(x, codes, scale);
      }
    });
  }
  /// Under an instruction set that may not be the active one.
  void encode_with(const char* isa) const {
    using Kernel = hf::detail::EncodeKernel<hf::hif8_t, float>;
    const float* x = a_.x.all().data();
    auto* codes = reinterpret_cast<std::uint8_t*>(a_.codes.all().data());
    for (std::size_t i = 0; i < hf::detail::AllBackends::size; ++i) {
      if (std::string_view(hf::detail::AllBackends::names[i]) != isa) continue;
      if (!hf::detail::AllBackends::is_usable(i)) {
        std::cout << "This CPU does not run " << isa << ": its rows are left out.\n";
        continue;
      }
      const auto call = hf::detail::AllBackends::table<Kernel>[i];
      add(std::string("f32 encode, ties away, ") + isa, 5, sum(),
          [=, n = n_] { call(x, codes, n, hf::detail::KernelParams(hf::ScaleParams{.scale = scale}, {}, n)); });
    }
  }
  void others() const {
    const auto x = a_.x.first(n_), relu = a_.relu.first(n_), y = a_.y.first(n_), in_place = a_.in_place.first(n_);
    const auto codes = a_.codes.first(n_);
    const auto bf16 = a_.bf16.first(n_), words = a_.words.first(n_);
    const auto f16 = a_.f16.first(n_);
    const std::span halves(reinterpret_cast<hf::binary16*>(words.data()), n_);
    const double n = static_cast<double>(n_);

    add("f32 decode", 5, {"write-only fill", n, 4 * n, [=] { write_only_fill(y); }},
        [=] { hf::decode(codes, y, scale); });
    add("bf16 encode", 3, copy_of(3), [=] { hf::encode(bf16, codes, scale); });
    add("bf16 encode, unscaled", 3, copy_of(3), [=] { hf::encode(bf16, codes); });
    add("bf16 decode", 3, copy_of(3), [=] { hf::decode(codes, words, scale); });
    add("bf16 decode, unscaled", 3, copy_of(3), [=] { hf::decode(codes, words); });
    add("f16 encode", 3, copy_of(3), [=] { hf::encode(f16, codes, scale); });
    add("f16 decode", 3, copy_of(3), [=] { hf::decode(codes, halves, scale); });
    add("f16 decode, unscaled", 3, copy_of(3), [=] { hf::decode(codes, halves); });
    const auto quantize = [=] { benchmark::DoNotOptimize(hf::quantize(x, codes, scale)); };
    add("quantize", 5, sum(), quantize);
    const Work two_passes = {"two passes", n, 9 * n, [=] {
                               benchmark::DoNotOptimize(hf::abs_max(x));
                               hf::encode(x, codes, scale);
                             }};
    rows_.push_back({place_, {"quantize", n, 5 * n, quantize}, two_passes});
    add("quantize, half zeros", 5, sum(), [=] { benchmark::DoNotOptimize(hf::quantize(relu, codes, scale)); });
    add("fake_quantize in place", 8, {"x *= s", n, 8 * n, [=] { scale_in_place(in_place, one_); }},
        [=] { hf::fake_quantize(in_place, in_place, scale); });
    add("fake_quantize", 8, copy_of(8), [=] { hf::fake_quantize(x, y, scale); });
    rows_.push_back({place_, {"abs_max", n, 4 * n, [=] { benchmark::DoNotOptimize(hf::abs_max(x)); }}, sum()});
  }

 private:
  /// In the caches a kernel stands beside memcpy, from memory beside what reads or writes the same array.
  void add(std::string name, double bytes_of_element, Work from_memory, std::function<void()> run) const {
    const double n = static_cast<double>(n_);
    rows_.push_back({place_,
                     {std::move(name), n, bytes_of_element * n, std::move(run)},
                     place_ == Place::Memory ? std::move(from_memory) : copy_of(bytes_of_element)});
  }
  [[nodiscard]] Work copy_of(double bytes_of_element) const {
    const double n = static_cast<double>(n_);
    const auto from = std::as_bytes(a_.x.all());
    const auto to = a_.copied.all();
    const auto bytes = static_cast<std::size_t>(bytes_of_element * n);
    return {"memcpy", n, bytes_of_element * n, [=] { copy(from, to, bytes); }};
  }
  [[nodiscard]] Work sum() const {
    const double n = static_cast<double>(n_);
    const auto x = a_.x.first(n_);
    return {"read-only sum", n, 4 * n, [=] { benchmark::DoNotOptimize(read_only_sum(x)); }};
  }

  std::vector<Row>& rows_;
  const Arrays& a_;
  Place place_;
  std::size_t n_;
  static inline volatile float one_ = 1.0f;
};

/// One call, with all that it checks. A scaled one looks at the floating-point environment besides.
void add_calls(std::vector<Row>& rows, const Arrays& arrays) {
  constexpr int repeats = 1000;
  const auto add = [&](std::string name, std::size_t n, auto call) {
    rows.push_back({Place::Call,
                    {std::move(name), repeats, repeats * 5.0 * static_cast<double>(n),
                     [=] {
                       for (int i = 0; i < repeats; ++i) {
                         call();
                         benchmark::ClobberMemory();
                       }
                     }},
                    {}});
  };
  for (const std::size_t n : {1u, 7u, 64u, 256u, 1000u}) {
    const auto x = arrays.x.first(n);
    const auto codes = arrays.codes.first(n);
    const std::string name = "f32 encode of " + std::to_string(n);
    add(name + ", unscaled", n, [=] { hf::encode(x, codes); });
    add(name, n, [=] { hf::encode(x, codes, scale); });
  }
}

void add_two_threads(std::vector<Row>& rows, const Arrays& arrays, bool memory) {
  static const ThreadPair pair;
  const std::string name = "f32 encode, ties away, two threads";
  const auto encode = [&](std::size_t n) -> std::function<void()> {
    return [x = arrays.x.first(n), codes = arrays.codes.first(n)] { hf::encode(hf::on(pair, x), codes, scale); };
  };
  // An array that fills the larger part of two caches: each thread's half stays in its own.
  constexpr std::size_t both = 12 * size_of_L2;
  const Work one = {
      "one thread", both / 2, 5.0 * both / 2,
      [x = arrays.x.first(both / 2), codes = arrays.codes.first(both / 2)] { hf::encode(x, codes, scale); }};
  rows.push_back({Place::L2, {name, both, 5.0 * both, encode(both)}, one});
  if (!memory) return;
  const double n = size_of_memory;
  const Work sum = {"sum, two threads", n, 4 * n, [x = arrays.x.all()] {
                      const auto half = [&](std::size_t i) {
                        benchmark::DoNotOptimize(read_only_sum(x.subspan(i * x.size() / 2, x.size() / 2)));
                      };
                      pair(2, hf::Task(half));
                    }};
  rows.push_back({Place::Memory, {name, n, 5 * n, encode(size_of_memory)}, sum});
}

}  // namespace

std::vector<Row> all_rows(bool memory, bool two_threads) {
  static const Arrays arrays(memory ? size_of_memory : std::size_t{1} << 20);
  std::vector<Row> rows;
  for (const auto& [place, n] :
       {std::pair{Place::L1, size_of_L1}, {Place::L2, size_of_L2}, {Place::Memory, size_of_memory}}) {
    if (place == Place::Memory && !memory) continue;
    const RowsOfSize of_size(rows, arrays, place, n);
    of_size.encode<hf::rounding::TiesAway>("ties away");
    of_size.encode_with("avx512bw");
    of_size.encode_with("avx2");
    of_size.encode<hf::rounding::TowardZero>("toward zero");
    of_size.encode<hf::rounding::TiesEven>("ties to even");
    of_size.encode<hf::rounding::Hybrid>("hybrid");
    of_size.encode<hf::rounding::SimplifiedStochastic>("simplified stochastic");
    of_size.encode<hf::rounding::Stochastic>("stochastic");
    of_size.others();
  }
  if (two_threads) add_two_threads(rows, arrays, memory);
  add_diagnostics(rows, arrays.x.all(), arrays.codes.all());
  add_calls(rows, arrays);
  return rows;
}

}  // namespace bench
