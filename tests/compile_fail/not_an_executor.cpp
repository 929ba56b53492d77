// expect: Executor
#include <vector>

#include <hifloat/array.hpp>

struct Pool {  // has no concurrency()
#ifdef HIFLOAT_CONTROL
  std::size_t concurrency() const { return 2; }
#endif
  void operator()(std::size_t pieces, const hifloat::Task& task) const {
    while (pieces-- != 0) task(pieces);
  }
};

void encode(const std::vector<float>& x, std::vector<hifloat::hif8_t>& codes) {
  hifloat::encode(hifloat::on(Pool{}, x), codes);
}
