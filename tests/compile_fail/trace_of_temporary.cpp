// expect: deleted
#include <vector>

#include <hifloat/diagnostics/trace.hpp>

std::vector<float> recorded();

void replay() {
#ifdef HIFLOAT_CONTROL
  const std::vector<float> amaxes = recorded();
  hifloat::diagnostics::AmaxTrace trace(amaxes), part({amaxes.begin(), amaxes.end()}, "part");
#else
  hifloat::diagnostics::AmaxTrace trace(recorded());
#endif
}
