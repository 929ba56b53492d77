#include "file_quantizer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <hifloat/diagnostics/quantization_error.hpp>
#include <hifloat/formats/int_grid.hpp>
#include <hifloat/formats/small_float.hpp>
#include <hifloat/io/file_writer.hpp>
#include <hifloat/io/safetensors.hpp>
#include <hifloat/scaling/current_scaler.hpp>

#include "common/progress.hpp"

namespace quantize_file {
namespace {

namespace hf = hifloat;
namespace io = hifloat::io;

constexpr std::size_t piece_size = std::size_t{1} << 20;  // elements

template <class T>
using Type = std::type_identity<T>;

/// f(Type<T>) for the floating-point type T of the elements; false, and no call, if they are none.
template <class F>
bool with_float_type(io::DType dtype, F&& f) {
  switch (dtype) {
    case io::DType::F64: f(Type<double>()); return true;
    case io::DType::F32: f(Type<float>()); return true;
    case io::DType::F16: f(Type<hf::binary16>()); return true;
    case io::DType::BF16: f(Type<hf::bfloat16>()); return true;
    default: return false;
  }
}

template <class F>
void with_rounding(Rounding rounding, F&& f) {
  switch (rounding) {
    case Rounding::TiesAway: return f(Type<hf::rounding::TiesAway>());
    case Rounding::TiesEven: return f(Type<hf::rounding::TiesEven>());
    case Rounding::TowardZero: return f(Type<hf::rounding::TowardZero>());
    case Rounding::Hybrid: return f(Type<hf::rounding::Hybrid>());
    case Rounding::SimplifiedStochastic: return f(Type<hf::rounding::SimplifiedStochastic>());
  }
}

template <class Format>
float scale_in(float amax) {
  return hf::CurrentScaler({.target = hf::formats::traits<Format>::default_target}).scale_for(amax);
}

class FileQuantizer {
 public:
  FileQuantizer(const Options& options, GoOn go_on)
      : options_(options),
        go_on_(go_on),
        scaler_({.target = options.target}),
        reader_(options.input),
        amaxes_(reader_.tensors().size()),
        progress_(all_pieces()) {}

  FileReport run() {
    (void)io::FileWriter(options_.output);  // gone at once: what can't be written is refused before the first pass
    std::vector<io::TensorInfo> tensors = reader_.tensors();
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      with_float_type(tensors[i].dtype, [&](auto type) {
        measure<typename decltype(type)::type>(i);
        tensors[i].dtype = io::DType::U8;
        tensors[i].hif8 = tag(amaxes_[i]);
      });
    }
    io::SafetensorsWriter writer(options_.output, std::move(tensors), reader_.metadata());
    FileReport report;
    for (std::size_t i = 0; i < reader_.tensors().size(); ++i) {
      const bool quantized = with_float_type(info(i).dtype, [&](auto type) {
        with_rounding(options_.rounding, [&](auto rounding) {
          using Code = hf::hif8<typename decltype(rounding)::type, hf::overflow::Infinity>;  // keeps what is infinite
          report.tensors.push_back(quantize<typename decltype(type)::type, Code>(i, writer));
        });
      });
      if (quantized) continue;
      ++report.copied;
      for_each_piece<std::byte>(i, io::byte_size(info(i)),
                                [&](std::uint64_t, std::span<const std::byte> bytes) { writer.write(i, bytes); });
    }
    writer.finish();
    return report;
  }

 private:
  [[nodiscard]] const io::TensorInfo& info(std::size_t tensor) const { return reader_.tensors()[tensor]; }

  /// How many scales it gets.
  [[nodiscard]] std::size_t channels(std::size_t tensor) const {
    const io::TensorInfo& x = info(tensor);
    const bool several = options_.per_channel && x.shape.size() > 1 && io::element_count(x) != 0;
    return several ? static_cast<std::size_t>(x.shape[0]) : 1;
  }

  [[nodiscard]] common::RunCount all_pieces() const {
    std::size_t pieces = 0;
    double bytes = 0;
    for (const io::TensorInfo& x : reader_.tensors()) {
      const bool is_float = with_float_type(x.dtype, [](auto) {});
      const std::size_t passes = is_float ? 2 : 1;
      const std::uint64_t size = is_float ? io::element_count(x) : io::byte_size(x);
      pieces += passes * static_cast<std::size_t>((size + piece_size - 1) / piece_size);
      bytes += static_cast<double>(passes * io::byte_size(x));
    }
    return {pieces, bytes, 1, "pieces"};
  }

  [[nodiscard]] io::Hif8Tag tag(const std::vector<float>& amaxes) const {
    io::Hif8Tag result{{}, options_.target, {}};
    for (const float amax : amaxes) result.inverse_scales.push_back(1 / scaler_.scale_for(amax));
    with_rounding(options_.rounding,
                  [&](auto type) { result.rounding = io::rounding_name<typename decltype(type)::type>; });
    return result;
  }

  /// f(first, elements) for one piece of the tensor after the other.
  template <class T, class F>
  void for_each_piece(std::size_t tensor, std::uint64_t size, F&& f) {
    std::vector<T> elements(static_cast<std::size_t>(std::min<std::uint64_t>(size, piece_size)));
    for (std::uint64_t first = 0; first < size; first += piece_size) {
      if (!go_on_()) throw std::runtime_error("interrupted: nothing was written");
      const auto start = std::chrono::steady_clock::now();
      const std::span piece(elements.data(),
                            static_cast<std::size_t>(std::min<std::uint64_t>(size - first, piece_size)));
      reader_.read(tensor, first, piece);
      f(first, std::span<const T>(piece));
      progress_.done(info(tensor).name, static_cast<double>(piece.size_bytes()),
                     std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
  }

  /// The first pass: the finite amax of each channel.
  template <class T>
  void measure(std::size_t tensor) {
    std::vector<float>& amaxes = amaxes_[tensor];
    amaxes.resize(channels(tensor));
    for_each_piece<T>(tensor, io::element_count(info(tensor)), [&](std::uint64_t first, std::span<const T> x) {
      io::for_each_channel(info(tensor), amaxes.size(), first, x.size(),
                           [&](std::size_t channel, std::size_t offset, std::size_t size) {
                             float& amax = amaxes[channel];
                             amax = std::max(amax, hf::finite_abs_max(x.subspan(offset, size)));
                           });
    });
  }

  /// The second: codes, and what they and the other formats make of the numbers.
  template <class T, class Code>
  TensorReport quantize(std::size_t tensor, io::SafetensorsWriter& writer) {
    using hf::diagnostics::QuantizationErrorSums;
    const std::vector<float>& amaxes = amaxes_[tensor];
    TensorReport report;
    report.info = info(tensor);
    report.amax = *std::ranges::max_element(amaxes);
    std::array<QuantizationErrorSums, format_names.size()> sums;
    std::vector<Code> all_codes(piece_size);
    std::vector<float> restored(piece_size);
    for_each_piece<T>(tensor, io::element_count(info(tensor)), [&](std::uint64_t first, std::span<const T> all) {
      const std::span codes(all_codes.data(), all.size());
      io::for_each_channel(info(tensor), amaxes.size(), first, all.size(),
                           [&](std::size_t channel, std::size_t offset, std::size_t size) {
                             const std::span<const T> x = all.subspan(offset, size);
                             const std::span<Code> code = codes.subspan(offset, size);
                             const std::span y(restored.data(), size);
                             const float amax = amaxes[channel], scale = scaler_.scale_for(amax);
                             report.stats += hf::quantize(x, code, scale);
                             report.tiers.add<Code>(x, scale);
                             hf::decode(code, y, 1 / scale);
                             sums[0].add(x, y);
                             const auto compare = [&]<class Format>(Type<Format>, QuantizationErrorSums& sum) {
                               hf::fake_quantize<Format>(x, y, scale_in<Format>(amax));
                               sum.add(x, y);
                             };
                             compare(Type<hf::formats::e4m3fn>(), sums[1]);
                             compare(Type<hf::formats::e5m2>(), sums[2]);
                             compare(Type<hf::formats::int_grid<8>>(), sums[3]);
                           });
      writer.write(tensor, codes);
    });
    for (std::size_t i = 0; i < sums.size(); ++i) report.sqnr[i] = sums[i].error().sqnr;
    return report;
  }

  const Options& options_;
  GoOn go_on_;
  hf::CurrentScaler scaler_;
  io::SafetensorsReader reader_;
  std::vector<std::vector<float>> amaxes_;  // of each tensor's channels
  common::Progress progress_;
};

}  // namespace

FileReport quantize_file(const Options& options, GoOn go_on) { return FileQuantizer(options, go_on).run(); }

}  // namespace quantize_file
