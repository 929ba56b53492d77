// expect: hif8_literal_is_neither_a_decimal_nor_a_hexadecimal_number
#include <hifloat/literals.hpp>

using namespace hifloat::literals;

#ifdef HIFLOAT_CONTROL
auto value = 10_hif8;
#else
auto value = 010_hif8;
#endif
