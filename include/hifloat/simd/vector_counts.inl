// How many codes of each exponent there are. Included inside a target region and a namespace of an instruction set.
//
// Each code becomes one bit in one of five rows (exponent_classes.hpp). What is wanted is how often each bit is set:
// the vectors of a row are added bit by bit, with full adders, so that 32 of them end as the digits of a sum (Harley
// and Seal's way to count bits). Only the carry, worth 32, is taken out and counted each time. Rows go one after the
// other over a block: one row's digits and table fit the registers.

/// Where tables of 64 and 128 bytes are at hand, codes become classes first, in a buffer: then a row is one lookup.
template <class P>
inline constexpr bool has_large_tables = requires(Ints x) {
  P::lookup128(class_of_code, x);
  P::lookup64(class_row<0>, x);
};

template <unsigned Row, class P = V>
HIFLOAT_ALWAYS_INLINE Ints class_row_of(Ints x) {
  if constexpr (has_large_tables<P>) {
    return P::lookup64(class_row<Row>, x);
  } else {
    const Ints upper = V::bit_and(V::right16<3>(x), V::set8(15)), lower = V::bit_and(x, V::set8(7));
    return V::bit_and(V::lookup16(class_row_by_upper<Row>, upper), V::lookup16(class_row_by_lower<Row>, lower));
  }
}

inline constexpr int sum_digits = 5;
inline constexpr std::size_t count_step = sizeof(Ints) << sum_digits;  ///< codes that give one carry

/// Adds 2^Level vectors to the lower digits; the carry is worth that much.
template <unsigned Row, int Level>
HIFLOAT_ALWAYS_INLINE Ints add_codes(const std::uint8_t* codes, Ints (&digits)[sum_digits]) {
  if constexpr (Level == 0) {
    (void)digits;
    return class_row_of<Row>(V::load(codes));
  } else {
    const Ints a = add_codes<Row, Level - 1>(codes, digits);
    const Ints b = add_codes<Row, Level - 1>(codes + (sizeof(Ints) << (Level - 1)), digits);
    Ints& digit = digits[Level - 1];
    const Ints carry = V::majority(a, b, digit);
    digit = V::bit_xor3(a, b, digit);
    return carry;
  }
}

HIFLOAT_ALWAYS_INLINE void count_bits(Ints digit, int weight, std::uint64_t* counts) {
  for (int bit = 0; bit < 8; ++bit) {
    const Ints mask = V::set8(1 << bit);
    counts[bit] += V::count_equal8(V::bit_and(digit, mask), mask) << weight;
  }
}

/// A row of whole steps.
template <unsigned Row>
HIFLOAT_ALWAYS_INLINE void count_row(const std::uint8_t* codes, std::size_t n, std::uint64_t* counts) {
  Ints digits[sum_digits];
  for (Ints& digit : digits) digit = V::zero();
  std::uint64_t* const of_row = counts + std::size_t{8} * Row;
  for (std::size_t i = 0; i < n; i += count_step) {
    count_bits(add_codes<Row, sum_digits>(codes + i, digits), sum_digits, of_row);
  }
  for (int level = 0; level < sum_digits; ++level) count_bits(digits[level], level, of_row);
}

inline constexpr std::size_t count_block = 16384;

/// What is counted of whole steps of codes, and whether any of it is in the first row, as far as one knows.
struct Classes {
  const std::uint8_t* data;
  bool any_in_first_row;
};
template <class P = V>
HIFLOAT_ALWAYS_INLINE Classes classes_of(const std::uint8_t* codes, std::size_t n, std::uint8_t* classes) {
  if constexpr (!has_large_tables<P>) {
    return {codes, true};
  } else {
    Ints smallest = V::set8(zero_class);
    for (std::size_t i = 0; i < n; i += sizeof(Ints)) {
      const Ints c = P::lookup128(class_of_code, V::load(codes + i));
      smallest = V::min8(smallest, c);
      V::store(classes + i, c);
    }
    return {classes, V::any_not_below8(V::set8(7), smallest)};
  }
}

/// Adds to counts[exponent_classes]; returns how many codes it took.
HIFLOAT_ALWAYS_INLINE std::size_t count_classes(const std::uint8_t* codes, std::size_t n, std::uint64_t* counts) {
  std::uint8_t buffer[count_block];
  const std::size_t whole = n - n % count_step;
  for (std::size_t i = 0; i < whole; i += count_block) {
    const std::size_t m = whole - i < count_block ? whole - i : count_block;
    const Classes classes = classes_of(codes + i, m, buffer);
    if (classes.any_in_first_row) count_row<0>(classes.data, m, counts);
    count_row<1>(classes.data, m, counts);
    count_row<2>(classes.data, m, counts);
    count_row<3>(classes.data, m, counts);
    count_row<4>(classes.data, m, counts);
  }
  return whole;
}
