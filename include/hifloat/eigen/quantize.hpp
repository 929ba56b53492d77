// Eigen's matrices under a scaler (hifloat/scaling/scaling.hpp): one scale for a tensor, or one for each row or column.
//
//   auto q = hifloat::eigen::quantize(x, scaler);      // codes as a matrix of x's shape; x may be any expression
//   scaler.observe(q.stats());
//   Eigen::MatrixXf y = q.dequantize();                // or q.dequantize(block)
//
//   hifloat::ScalerGroup<> group(names);               // one name for each row
//   auto w = hifloat::eigen::quantize_rows(weights, group);
//   hifloat::eigen::observe(group, w);
//   group.commit();
//
// Matrices, maps, blocks with any strides, vectors and expressions of float, double, and all 16-bit types that array
// functions take. Codes and stats are those of the array functions on the elements, whatever their strides. Expressions
// are evaluated once.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <hifloat/array.hpp>
#include <hifloat/config.hpp>
#include <hifloat/eigen/lines.hpp>
#include <hifloat/eigen/quantized_matrix.hpp>
#include <hifloat/error.hpp>
#include <hifloat/executor.hpp>
#include <hifloat/philox.hpp>
#include <hifloat/pieces.hpp>
#include <hifloat/scale_params.hpp>
#include <hifloat/scaling/quantize_tensor.hpp>
#include <hifloat/scaling/quantized.hpp>
#include <hifloat/scaling/scaler_group.hpp>
#include <hifloat/stats.hpp>

namespace HIFLOAT_NAMESPACE::eigen {

/// What quantizes one tensor wherever its elements lie: DelayedScaler, CurrentScaler, ScalerGroup::Tensor,
/// VariantScaler, qat::GroupScaler.
template <class S>
concept TensorScaler = requires(const S& scaler, float (*finite_amax)(), QuantizeStats (*pass)(ScaleParams)) {
  { scaler.quantize_in_passes(finite_amax, pass) } -> std::convertible_to<QuantizedInfo>;
};

/// A code type with what its rounding takes besides numbers: nothing, or a PhiloxKey.
template <class Code, class... Key>
concept CodeWithKey = (DeterministicCode<Code> && sizeof...(Key) == 0) ||
                      (RandomCode<Code> && sizeof...(Key) == 1 && (std::same_as<Key, PhiloxKey> && ...));

}  // namespace HIFLOAT_NAMESPACE::eigen

namespace HIFLOAT_DETAIL_NAMESPACE {

template <class Group>
void check_one_tensor_for_each(std::size_t lines, const Group& group) {
  if (group.size() == lines) return;
  refuse_sizes("hifloat: a scaler group of size ", group.size(), " for a matrix of ", lines, " lines");
}

/// Quantizes all lines with one scale. Codes lie together, in the order of the lines.
template <class E, class T, class Scaler, class Code, class... Key>
[[nodiscard]] QuantizedInfo quantize_with_one_scale(const E& executor, const MemoryLines<const T>& x,
                                                    const Scaler& scaler, std::span<Code> codes, const Key&... key) {
  if (x.are_adjacent()) return scaler.quantize(on(executor, x.joined()), codes, key...);
  LineReader from(x);
  const auto finite_amax = [&] {
    float amax = 0.0f;
    for (std::size_t i = 0; i < x.count; ++i) amax = merged(amax, finite_abs_max(from[i]));
    return amax;
  };
  return scaler.quantize_in_passes(finite_amax, [&](const ScaleParams& params) {
    QuantizeStats stats{};
    for (std::size_t i = 0; i < x.count; ++i) {
      const std::size_t first = i * x.length;
      stats += hifloat::quantize(from[i], codes.subspan(first, x.length), params, starting_at(key, first)...);
    }
    return stats;
  });
}

/// Quantizes each line of x with the group's tensor of that number.
template <class Code, Lines lines, class X, class Group, class... Key>
[[nodiscard]] auto quantize_lines(const X& x, const Group& group, const Key&... key) {
  const std::size_t count = line_count<lines>(x);
  check_one_tensor_for_each(count, group);
  PlainMatrix<X, Code> codes;
  codes.resize(x.rows(), x.cols());
  std::vector<QuantizedInfo> infos(count);
  read_in_memory(x, [&](const auto& y) {
    LineReader from(lines_of<lines>(y));
    write_lines(lines_of<lines>(codes), [&](std::size_t i, const auto& line) {
      infos[i] = group.quantize(i, from[i], line, starting_at(key, i * line.size())...);
    });
  });
  return eigen::QuantizedLines<PlainMatrix<X, Code>, lines>(std::move(codes), std::move(infos));
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_EIGEN_NAMESPACE {

/// The codes of x in x's shape and storage order, with all that it takes to read them: scaler.quantize of its elements,
/// by an executor (executor.hpp) where they lie one after the other. Random bits are those of a dense matrix of that
/// order: element i in storage order takes number key.first_index + i. Errors are the scaler's.
template <class Code = hif8_t, Executor E, class X, TensorScaler S, class... Key>
  requires FloatingStorage<typename X::Scalar> && CodeWithKey<Code, Key...>
[[nodiscard]] auto quantize(const E& executor, const Eigen::MatrixBase<X>& x, const S& scaler, const Key&... key) {
  using Codes = detail::PlainMatrix<X, Code>;
  Codes codes;
  codes.resize(x.rows(), x.cols());
  constexpr Lines stored = detail::stored_lines<X>;
  const std::span to = detail::lines_of<stored>(codes).joined();
  const QuantizedInfo info = detail::read_in_memory(x.derived(), [&](const auto& y) {
    return detail::quantize_with_one_scale(executor, detail::lines_of<stored>(y), scaler, to, key...);
  });
  return QuantizedMatrix<Codes>(std::move(codes), info);
}

/// The same on the calling thread.
template <class Code = hif8_t, class X, TensorScaler S, class... Key>
  requires FloatingStorage<typename X::Scalar> && CodeWithKey<Code, Key...>
[[nodiscard]] auto quantize(const Eigen::MatrixBase<X>& x, const S& scaler, const Key&... key) {
  return quantize<Code>(executor::Serial{}, x, scaler, key...);
}

/// Row i with the scale of the group's tensor i. Random bits are those of a dense row-major matrix, whatever the
/// storage order of x. A group of another size than x has rows is std::invalid_argument; other errors are the group's.
/// (Where a group with a reduction is cold, each row is reduced by itself: see ScalerGroup::set_reduction.)
template <class Code = hif8_t, class X, AmaxAlgorithm A, std::size_t W, class... Key>
  requires FloatingStorage<typename X::Scalar> && CodeWithKey<Code, Key...>
[[nodiscard]] auto quantize_rows(const Eigen::MatrixBase<X>& x, const ScalerGroup<A, W>& group, const Key&... key) {
  return detail::quantize_lines<Code, Lines::Rows>(x.derived(), group, key...);
}

/// The same for columns; random bits are those of a dense column-major matrix.
template <class Code = hif8_t, class X, AmaxAlgorithm A, std::size_t W, class... Key>
  requires FloatingStorage<typename X::Scalar> && CodeWithKey<Code, Key...>
[[nodiscard]] auto quantize_columns(const Eigen::MatrixBase<X>& x, const ScalerGroup<A, W>& group, const Key&... key) {
  return detail::quantize_lines<Code, Lines::Columns>(x.derived(), group, key...);
}

/// The amax of each line goes to the group's tensor of that number; then commit the group. Another number of lines than
/// of tensors is std::invalid_argument.
template <AmaxAlgorithm A, std::size_t W, class Codes, Lines lines>
void observe(ScalerGroup<A, W>& group, const QuantizedLines<Codes, lines>& quantized) {
  detail::check_one_tensor_for_each(quantized.infos().size(), group);
  for (std::size_t i = 0; i < group.size(); ++i) group.observe(i, quantized.infos()[i].stats());
}

}  // namespace HIFLOAT_EIGEN_NAMESPACE
