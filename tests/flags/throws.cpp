// Compiled with exceptions and linked behind a file without them: a mistake must still throw here.
#include <span>
#include <stdexcept>
#include <vector>

#include <hifloat/hifloat.hpp>

bool mistakes_throw() {
  const std::vector<float> x(3);
  std::vector<hifloat::hif8_t> codes(3);
  try {
    hifloat::encode(x, std::span(codes).first(2));
    return false;
  } catch (const std::invalid_argument&) {}
  try {
    hifloat::encode(x, codes, -1.0f);
    return false;
  } catch (const std::invalid_argument&) {}
  return true;
}
