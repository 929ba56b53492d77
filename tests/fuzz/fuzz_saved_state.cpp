// Saved states: the bytes as they are, which the checksum stops, and the same bytes as the contents behind a header and
// before a checksum that fit. What is taken is saved as the same bytes, and a scaler can go on from it.

#include "check.hpp"

#include <hifloat/qat/state.hpp>
#include <hifloat/scaling/scaling.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

namespace hf = hifloat;

namespace {

using Bytes = std::span<const std::byte>;

template <class State>
void read(Bytes bytes) {
  try {
    const auto state = hf::from_bytes<State>(bytes);
    FUZZ_CHECK(std::ranges::equal(hf::to_bytes(state), bytes));
  } catch (const std::invalid_argument&) {}
}

template <class Scaler>
void go_on(Bytes bytes) {
  try {
    const auto state = hf::from_bytes<typename Scaler::state_type>(bytes);
    if (state.window > 4096) return;  // a window may be large, and then takes memory
    Scaler scaler(state);
    FUZZ_CHECK(scaler.state() == state);
    for (const float amax : {3.0f, 0.0f, INFINITY, 1e-30f}) {
      if constexpr (requires { scaler.size(); }) {
        if (scaler.size() != 0) scaler.observe(scaler.size() - 1, amax);
      } else {
        scaler.observe(amax);
      }
      scaler.commit();
    }
    FUZZ_CHECK(hf::from_bytes<Scaler>(hf::to_bytes(scaler.state())).state() == scaler.state());
  } catch (const std::invalid_argument&) {}
}

void read_all(Bytes bytes) {
  read<hf::qat::FakeQuantizerState>(bytes);
  read<hf::qat::QuantizedLinearState>(bytes);
  read<hf::qat::WarmupGateState>(bytes);
  read<hf::ScalerState>(bytes);
  read<hf::ScalerGroupState>(bytes);
  go_on<hf::DelayedScaler<hf::amax::Max, hf::dynamic_window>>(bytes);
  go_on<hf::DelayedScaler<hf::amax::Percentile, 4>>(bytes);
  go_on<hf::DelayedScaler<hf::amax::ExpSmooth, 6>>(bytes);
  go_on<hf::ScalerGroup<hf::amax::Max, hf::dynamic_window>>(bytes);
  go_on<hf::ScalerGroup<hf::amax::Percentile, 4>>(bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = std::as_bytes(std::span(data, size));
  read_all(bytes);
  constexpr std::size_t header_size = 24, checksum_size = 4;
  if (size < header_size + checksum_size) return 0;
  // The header of a seed says what it is a state of; its length and checksum follow the contents.
  const Bytes contents = bytes.subspan(header_size, size - header_size - checksum_size);
  hf::detail::ByteWriter writer;
  writer.bytes.assign(bytes.begin(), bytes.begin() + 16);
  writer(std::uint64_t{contents.size()});
  writer.bytes.insert(writer.bytes.end(), contents.begin(), contents.end());
  writer(hf::detail::crc32(writer.bytes));
  read_all(writer.bytes);
  return 0;
}
