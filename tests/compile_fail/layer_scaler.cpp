// expect: LinearTraits
#include <hifloat/hifloat.hpp>

class Fixed {  // has nothing to quantize with
 public:
  explicit Fixed(const hifloat::ScalingOptions&) {}
  void observe(const hifloat::QuantizeStats&) {}
  void commit() {}
  std::uint64_t epoch() const { return 0; }
};
#ifdef HIFLOAT_CONTROL
using Scaler = hifloat::CurrentScaler;
#else
using Scaler = Fixed;
#endif

hifloat::qat::QuantizedLinear<hifloat::qat::W8A8With<Scaler>> layer(8, 4);
