#pragma once
// The kernels of every instruction set that this CPU can run, and of one that it need not have: pairs of bfloat16
// numbers in plain C++.

#include "backends_under_test.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

#include <hifloat/matmul.hpp>

namespace product_test {

using namespace hifloat::detail;

/// What vdpbf16ps does, with blocks so small that all loops run more than once in small products.
namespace pairs {

/// What tiles ask the memory for, and which words of codes they read that they hadn't asked for, while `journal` points
/// to one.
struct MemoryJournal {
  static constexpr std::uintptr_t line = 64;

  void ask(std::uintptr_t address) { asked.insert(address / line); }
  void read(std::uintptr_t address) {
    ++reads;
    if (!asked.contains(address / line)) unasked.push_back(address);
  }

  std::unordered_set<std::uintptr_t> asked;
  std::vector<std::uintptr_t> unasked;
  std::size_t reads = 0;
};
inline thread_local MemoryJournal* journal = nullptr;

struct Products : scalar_products::Products {
  using Number = hifloat::bfloat16;
  struct Word {
    hifloat::bfloat16 pair[2];
  };
  using Words = Word;
  static constexpr std::size_t rows = 3, vectors = 24;
  static constexpr std::size_t stream_rows = 2;
  static constexpr std::size_t slice_words = 14, part_words = 10, few_rows = 6, few_words = 15;
  static constexpr std::size_t block_panels = 2, block_rows = 9;

  static void prefetch(std::uintptr_t address) {
    if (journal != nullptr) journal->ask(address);
  }
  static Words load(const Word* p) { return *p; }
  static void store(Word* p, const Words& x) { *p = x; }
  static Words broadcast(const Word* p) { return *p; }
  static Sums multiply_add(const Words& a, const Words& b, Sums sum) {
    for (std::size_t i = 0; i < 2; ++i) {
      sum += static_cast<float>(a.pair[i]) * static_cast<float>(b.pair[i]);
    }
    return sum;
  }

  /// As Codes leaves them.
  static void arrange(Word* words, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) std::reverse(words + i * vectors, words + (i + 1) * vectors);
  }
  static double widen_sums(const float* sums, std::size_t j) { return static_cast<double>(sums[vectors - 1 - j]); }
};

#include <hifloat/simd/product_tile.inl>

/// Codes in registers, from the last column to the first.
struct Codes {
  using Group = std::array<std::uint8_t, 2 * Products::vectors>;
  static constexpr std::size_t word_rows = 1;
  static constexpr std::size_t bytes = sizeof(Group);

  static Group load(const std::uint8_t* p) {
    if (journal != nullptr) journal->read(reinterpret_cast<std::uintptr_t>(p));
    Group group{};
    std::copy_n(p, bytes, group.begin());
    return group;
  }
  static void words(const Group& codes, Products::Word* words) {
    for (std::size_t i = 0; i < bytes; ++i) {
      words[Products::vectors - 1 - i / 2].pair[i % 2] = hifloat::bfloat16(hifloat::decode(codes[i]));
    }
  }
  static bool nothing_special() { return false; }
  static bool note(bool special, const Group& codes) {
    return special || std::find(codes.begin(), codes.end(), 0x80) != codes.end();
  }
  static bool any_special(bool special) { return special; }
};

}  // namespace pairs

struct NamedKernels {
  std::string name;
  const ProductKernels& (*of)(std::size_t element_size) noexcept;
};

inline const ProductKernels& pair_kernels(std::size_t element_size) noexcept {
  return element_size == 1 ? pairs::kernels_of<pairs::Products, scalar, pairs::Codes>
                           : scalar_products::kernels_of<scalar_products::Products, scalar>;
}

inline std::vector<NamedKernels> kernels_under_test() {
  std::vector<NamedKernels> all{{"scalar", &product_kernels_of<scalar>}, {"pairs", &pair_kernels}};
  simd_test::for_each_backend([&]<class Backend>(Backend) {
    all.push_back({Backend::name, &product_kernels_of<Backend>});
  });
  return all;
}

}  // namespace product_test
