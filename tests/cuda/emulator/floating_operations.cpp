// Floating-point arithmetic and conversions. A binary32 result that is NaN is 0x7FFFFFFF, as on a GPU; instructions
// with .ftz take subnormal operands and results for zeros of their sign. Rounding is to nearest even throughout: other
// modes are not modelled. This file must be compiled without contraction of a multiplication with an addition.

#include "binary16.hpp"
#include "operations.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>

namespace gpu_emulator {

namespace {

template <bool Flush, class T>
T flushed(T x) {
  return Flush && std::fpclassify(x) == FP_SUBNORMAL ? std::copysign(T{0}, x) : x;
}
template <bool Flush, class T>
T result_of(T x) {
  if constexpr (std::is_same_v<T, float>) {
    if (std::isnan(x)) return std::bit_cast<float>(0x7FFFFFFFu);
  }
  return flushed<Flush>(x);
}

template <bool Flush>
struct Add {
  template <class T>
  T operator()(T a, T b) const {
    return result_of<Flush>(flushed<Flush>(a) + flushed<Flush>(b));
  }
};
template <bool Flush>
struct Sub {
  template <class T>
  T operator()(T a, T b) const {
    return result_of<Flush>(flushed<Flush>(a) - flushed<Flush>(b));
  }
};
template <bool Flush>
struct Mul {
  template <class T>
  T operator()(T a, T b) const {
    return result_of<Flush>(flushed<Flush>(a) * flushed<Flush>(b));
  }
};
template <bool Flush>
struct Fma {
  template <class T>
  T operator()(T a, T b, T c) const {
    return result_of<Flush>(std::fma(flushed<Flush>(a), flushed<Flush>(b), flushed<Flush>(c)));
  }
};
template <bool Flush>
struct Div {
  template <class T>
  T operator()(T a, T b) const {
    return result_of<Flush>(flushed<Flush>(a) / flushed<Flush>(b));
  }
};
template <bool Flush>
struct Sqrt {
  template <class T>
  T operator()(T a) const {
    return result_of<Flush>(std::sqrt(flushed<Flush>(a)));
  }
};
/// Of a number and NaN the number; -0 is below +0.
template <bool Flush>
struct Min {
  template <class T>
  T operator()(T a, T b) const {
    const bool first = std::isnan(b) || a < b || (a == b && std::signbit(a));
    return result_of<Flush>(flushed<Flush>(first ? a : b));
  }
};
template <bool Flush>
struct Max {
  template <class T>
  T operator()(T a, T b) const {
    const bool first = std::isnan(b) || a > b || (a == b && !std::signbit(a));
    return result_of<Flush>(flushed<Flush>(first ? a : b));
  }
};
template <bool Flush>
struct Neg {
  template <class T>
  T operator()(T a) const {
    return flushed<Flush>(-a);
  }
};
template <bool Flush>
struct Abs {
  template <class T>
  T operator()(T a) const {
    return flushed<Flush>(std::fabs(a));
  }
};

/// False where an operand is NaN, unless the comparison is an unordered one.
template <bool Flush, class Ordered, bool IfNan>
struct Compare {
  template <class T>
  bool operator()(T a, T b) const {
    if (std::isnan(a) || std::isnan(b)) return IfNan;
    return Ordered{}(flushed<Flush>(a), flushed<Flush>(b));
  }
};

template <class T, bool Flush>
void add_arithmetic(OperationTable& t, const std::string& type) {
  const std::string end = (Flush ? ".ftz." : ".") + type;
  // Without a mode: rounded to nearest, and free to be contracted by the assembler.
  for (const char* mode : {".rn", ""}) {
    add_operation<Add<Flush>, T, T, T>(t, std::string("add") + mode + end);
    add_operation<Sub<Flush>, T, T, T>(t, std::string("sub") + mode + end);
    add_operation<Mul<Flush>, T, T, T>(t, std::string("mul") + mode + end);
  }
  add_operation<Fma<Flush>, T, T, T, T>(t, "fma.rn" + end);
  add_operation<Div<Flush>, T, T, T>(t, "div.rn" + end);
  add_operation<Sqrt<Flush>, T, T>(t, "sqrt.rn" + end);
  add_operation<Min<Flush>, T, T, T>(t, "min" + end);
  add_operation<Max<Flush>, T, T, T>(t, "max" + end);
  add_operation<Neg<Flush>, T, T>(t, "neg" + end);
  add_operation<Abs<Flush>, T, T>(t, "abs" + end);
  const auto add_comparison = [&]<class Ordered>(const char* name, Ordered) {
    add_operation<Compare<Flush, Ordered, false>, Predicate, T, T>(t, std::string("setp.") + name + end);
    add_operation<Compare<Flush, Ordered, true>, Predicate, T, T>(t, std::string("setp.") + name + "u" + end);
  };
  add_comparison("eq", std::equal_to<T>{});
  add_comparison("ne", std::not_equal_to<T>{});
  add_comparison("lt", std::less<T>{});
  add_comparison("le", std::less_equal<T>{});
  add_comparison("gt", std::greater<T>{});
  add_comparison("ge", std::greater_equal<T>{});
}

template <class D>
struct Convert {
  template <class S>
  D operator()(S x) const {
    return static_cast<D>(x);
  }
};
struct WidenHalf {
  float operator()(std::uint16_t x) const { return from_binary16(x); }
};
struct Narrow {
  float operator()(double x) const { return result_of<false>(static_cast<float>(x)); }
};
/// To an integer, limited to those there are; NaN becomes zero, or for 64 bits the number with only the top bit set.
template <class D>
struct Truncate {
  template <class S>
  D operator()(S x) const {
    if (std::isnan(x)) return sizeof(D) == 8 ? static_cast<D>(std::uint64_t{1} << 63) : D{0};
    const S limit = std::ldexp(S{1}, std::numeric_limits<D>::digits);
    if (x >= limit) return std::numeric_limits<D>::max();
    if (x < -limit || (std::is_unsigned_v<D> && x <= -1)) return std::numeric_limits<D>::min();
    return static_cast<D>(x);
  }
};

template <class I>
void add_integer_conversions(OperationTable& t, const std::string& type) {
  add_operation<Convert<float>, float, I>(t, "cvt.rn.f32." + type);
  add_operation<Convert<double>, double, I>(t, "cvt.rn.f64." + type);
  add_operation<Truncate<I>, I, float>(t, "cvt.rzi." + type + ".f32");
  add_operation<Truncate<I>, I, double>(t, "cvt.rzi." + type + ".f64");
}

}  // namespace

void add_floating_operations(OperationTable& t) {
  add_arithmetic<float, false>(t, "f32");
  add_arithmetic<float, true>(t, "f32");
  add_arithmetic<double, false>(t, "f64");
  add_operation<Move, float, float>(t, "mov.f32");
  add_operation<Move, double, double>(t, "mov.f64");
  add_operation<Select, float, float, float, Predicate>(t, "selp.f32");
  add_operation<Select, double, double, double, Predicate>(t, "selp.f64");
}

void add_conversions(OperationTable& t) {
  add_operation<WidenHalf, float, std::uint16_t>(t, "cvt.f32.f16");
  add_operation<Convert<double>, double, float>(t, "cvt.f64.f32");
  add_operation<Narrow, float, double>(t, "cvt.rn.f32.f64");
  add_integer_conversions<std::uint32_t>(t, "u32");
  add_integer_conversions<std::uint64_t>(t, "u64");
  add_integer_conversions<std::int32_t>(t, "s32");
  add_integer_conversions<std::int64_t>(t, "s64");
}

const OperationTable& operations() {
  static const OperationTable table = [] {
    OperationTable t;
    add_integer_operations(t);
    add_bit_operations(t);
    add_floating_operations(t);
    add_conversions(t);
    return t;
  }();
  return table;
}

}  // namespace gpu_emulator
