// Integer arithmetic, logic, comparison and selection, as the PTX ISA defines them.

#include "operations.hpp"

#include <cstdint>
#include <string>
#include <type_traits>

namespace gpu_emulator {

namespace {

using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using s16 = std::int16_t;
using s32 = std::int32_t;
using s64 = std::int64_t;
__extension__ using u128 = unsigned __int128;
__extension__ using s128 = __int128;

template <class T>
using wide_t = std::conditional_t<sizeof(T) == 2, std::conditional_t<std::is_signed_v<T>, s32, u32>,
                                  std::conditional_t<sizeof(T) == 4, std::conditional_t<std::is_signed_v<T>, s64, u64>,
                                                     std::conditional_t<std::is_signed_v<T>, s128, u128>>>;
template <class T>
u64 wrapped(T x) {
  return static_cast<u64>(x);
}

template <class T>
struct Add {
  T operator()(T a, T b) const { return static_cast<T>(wrapped(a) + wrapped(b)); }
};
template <class T>
struct Sub {
  T operator()(T a, T b) const { return static_cast<T>(wrapped(a) - wrapped(b)); }
};
template <class T>
struct MulLow {
  T operator()(T a, T b) const { return static_cast<T>(wrapped(a) * wrapped(b)); }
};
template <class T>
struct MulHigh {
  T operator()(T a, T b) const { return static_cast<T>((wide_t<T>{a} * wide_t<T>{b}) >> (8 * sizeof(T))); }
};
template <class T>
struct MulWide {
  wide_t<T> operator()(T a, T b) const { return wide_t<T>{a} * wide_t<T>{b}; }
};
template <class T>
struct MadLow {
  T operator()(T a, T b, T c) const { return static_cast<T>(wrapped(a) * wrapped(b) + wrapped(c)); }
};
template <class T>
struct MadWide {
  wide_t<T> operator()(T a, T b, wide_t<T> c) const {
    return static_cast<wide_t<T>>(wrapped(MulWide<T>{}(a, b)) + wrapped(c));
  }
};
/// By zero: all bits set, as GPUs do; the PTX ISA leaves it open.
template <class T>
struct Div {
  T operator()(T a, T b) const {
    if (b == 0) return static_cast<T>(~T{0});
    if constexpr (std::is_signed_v<T>) {
      if (b == -1) return static_cast<T>(0 - wrapped(a));
    }
    return static_cast<T>(a / b);
  }
};
template <class T>
struct Rem {
  T operator()(T a, T b) const {
    if (b == 0) return a;
    if constexpr (std::is_signed_v<T>) {
      if (b == -1) return 0;
    }
    return static_cast<T>(a % b);
  }
};
template <class T>
struct Min {
  T operator()(T a, T b) const { return a < b ? a : b; }
};
template <class T>
struct Max {
  T operator()(T a, T b) const { return a < b ? b : a; }
};
template <class T>
struct Neg {
  T operator()(T a) const { return static_cast<T>(0 - wrapped(a)); }
};
template <class T>
struct Abs {
  T operator()(T a) const { return a < 0 ? static_cast<T>(0 - wrapped(a)) : a; }
};
struct And {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(a & b);
  }
};
struct Or {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(a | b);
  }
};
struct Xor {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(a ^ b);
  }
};
struct Not {
  template <class T>
  T operator()(T a) const {
    return static_cast<T>(~a);
  }
  bool operator()(bool a) const { return !a; }
};
/// Amounts beyond the width count as the width.
template <class T>
struct ShiftLeft {
  T operator()(T a, u32 by) const { return by < bits_of<T> ? static_cast<T>(wrapped(a) << by) : T{0}; }
};
template <class T>
struct ShiftRight {
  T operator()(T a, u32 by) const {
    if (by < bits_of<T>) return static_cast<T>(a >> by);
    return a < 0 ? static_cast<T>(-1) : T{0};
  }
};

struct Equal {
  template <class T>
  bool operator()(T a, T b) const {
    return a == b;
  }
};
struct NotEqual {
  template <class T>
  bool operator()(T a, T b) const {
    return a != b;
  }
};
struct Less {
  template <class T>
  bool operator()(T a, T b) const {
    return a < b;
  }
};
struct LessEqual {
  template <class T>
  bool operator()(T a, T b) const {
    return a <= b;
  }
};
struct Greater {
  template <class T>
  bool operator()(T a, T b) const {
    return a > b;
  }
};
struct GreaterEqual {
  template <class T>
  bool operator()(T a, T b) const {
    return a >= b;
  }
};

template <class T>
void add_arithmetic(OperationTable& t, const std::string& type) {
  add_operation<Add<T>, T, T, T>(t, "add." + type);
  add_operation<Sub<T>, T, T, T>(t, "sub." + type);
  add_operation<MulLow<T>, T, T, T>(t, "mul.lo." + type);
  add_operation<MulHigh<T>, T, T, T>(t, "mul.hi." + type);
  add_operation<MadLow<T>, T, T, T, T>(t, "mad.lo." + type);
  add_operation<Div<T>, T, T, T>(t, "div." + type);
  add_operation<Rem<T>, T, T, T>(t, "rem." + type);
  add_operation<Min<T>, T, T, T>(t, "min." + type);
  add_operation<Max<T>, T, T, T>(t, "max." + type);
  add_operation<ShiftRight<T>, T, T, u32>(t, "shr." + type);
  add_operation<Move, T, T>(t, "mov." + type);
  add_operation<Select, T, T, T, Predicate>(t, "selp." + type);
  add_operation<Equal, Predicate, T, T>(t, "setp.eq." + type);
  add_operation<NotEqual, Predicate, T, T>(t, "setp.ne." + type);
  add_operation<Less, Predicate, T, T>(t, "setp.lt." + type);
  add_operation<LessEqual, Predicate, T, T>(t, "setp.le." + type);
  add_operation<Greater, Predicate, T, T>(t, "setp.gt." + type);
  add_operation<GreaterEqual, Predicate, T, T>(t, "setp.ge." + type);
  if constexpr (sizeof(T) < 8) {
    add_operation<MulWide<T>, wide_t<T>, T, T>(t, "mul.wide." + type);
    add_operation<MadWide<T>, wide_t<T>, T, T, wide_t<T>>(t, "mad.wide." + type);
  }
  if constexpr (std::is_signed_v<T>) {
    add_operation<Neg<T>, T, T>(t, "neg." + type);
    add_operation<Abs<T>, T, T>(t, "abs." + type);
  }
}

template <class T>
void add_logic(OperationTable& t, const std::string& type) {
  add_operation<And, T, T, T>(t, "and." + type);
  add_operation<Or, T, T, T>(t, "or." + type);
  add_operation<Xor, T, T, T>(t, "xor." + type);
  add_operation<Not, T, T>(t, "not." + type);
  if constexpr (bits_of<T> != 1) {
    add_operation<ShiftLeft<T>, T, T, u32>(t, "shl." + type);
    add_operation<ShiftRight<T>, T, T, u32>(t, "shr." + type);
    add_operation<Move, T, T>(t, "mov." + type);
    add_operation<Select, T, T, T, Predicate>(t, "selp." + type);
    add_operation<Equal, Predicate, T, T>(t, "setp.eq." + type);
    add_operation<NotEqual, Predicate, T, T>(t, "setp.ne." + type);
  }
}

}  // namespace

void add_integer_operations(OperationTable& t) {
  add_arithmetic<u16>(t, "u16");
  add_arithmetic<u32>(t, "u32");
  add_arithmetic<u64>(t, "u64");
  add_arithmetic<s16>(t, "s16");
  add_arithmetic<s32>(t, "s32");
  add_arithmetic<s64>(t, "s64");
  add_logic<u16>(t, "b16");
  add_logic<u32>(t, "b32");
  add_logic<u64>(t, "b64");
  add_logic<Predicate>(t, "pred");
  add_operation<Move, Predicate, Predicate>(t, "mov.pred");
}

}  // namespace gpu_emulator
