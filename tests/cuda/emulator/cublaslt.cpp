// What cuda/matmul.cuh uses of cublasLt, as its documentation describes it: d = alpha * op(a) * op(b) + beta * c with
// matrices stored column by column. A combination of types that its table doesn't have is not supported, as there. Sums
// are binary32, one product after the other.

#include "device.hpp"

#include <cublasLt.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

using gpu_emulator::Device;

struct Layout {
  std::uint32_t type;
  std::uint64_t rows, columns;
  std::int64_t distance;  ///< of columns
};
struct Product {
  std::int32_t transposes_a, transposes_b, pointer_mode;
};

template <class T, class Opaque>
T read(const Opaque* opaque) {
  static_assert(sizeof(T) <= sizeof(Opaque));
  T value;
  std::memcpy(&value, opaque, sizeof(T));
  return value;
}
template <class T, class Opaque>
void write(Opaque* opaque, const T& value) {
  std::memcpy(opaque, &value, sizeof(T));
}

unsigned bytes_of(std::uint32_t type) { return type == CUDA_R_32F ? 4 : 2; }

/// An element of device memory, or null.
std::byte* element(const void* matrix, const Layout& layout, std::uint64_t row, std::uint64_t column) {
  const std::uint64_t index = row + column * static_cast<std::uint64_t>(layout.distance);
  return Device::get().memory().data(reinterpret_cast<std::uint64_t>(matrix) + index * bytes_of(layout.type),
                                     bytes_of(layout.type));
}
float number(const std::byte* at, std::uint32_t type) {
  if (type == CUDA_R_32F) {
    float value;
    std::memcpy(&value, at, 4);
    return value;
  }
  std::uint16_t bits;
  std::memcpy(&bits, at, 2);
  if (type == CUDA_R_16BF) return std::bit_cast<float>(std::uint32_t{bits} << 16);
  const int exponent = bits >> 10 & 31;
  const float mantissa = static_cast<float>(bits & 0x3FF), sign = bits >> 15 != 0 ? -1.0f : 1.0f;
  if (exponent == 31) return mantissa != 0 ? NAN : sign * INFINITY;
  return sign * (exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(mantissa + 1024, exponent - 25));
}
/// Rounded to nearest even.
void put(std::byte* at, std::uint32_t type, float value) {
  if (type == CUDA_R_32F) {
    std::memcpy(at, &value, 4);
    return;
  }
  const int kept = type == CUDA_R_16BF ? 8 : 11, least = type == CUDA_R_16BF ? -133 : -24;
  const int exponent = value == 0 || !std::isfinite(value) ? 0 : std::ilogb(value);
  const int unit = exponent - kept + 1 < least ? least : exponent - kept + 1;
  const float rounded = std::isfinite(value) ? std::ldexp(std::nearbyint(std::ldexp(value, -unit)), unit) : value;
  std::uint16_t bits;
  if (type == CUDA_R_16BF) {
    bits = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(rounded) >> 16);
  } else {
    const float magnitude = std::fabs(rounded);
    std::uint32_t half = 0;
    if (std::isnan(magnitude)) {
      half = 0x7FFF;
    } else if (magnitude >= 65536) {
      half = 0x7C00;
    } else if (magnitude < 0x1p-14f) {
      half = static_cast<std::uint32_t>(std::ldexp(magnitude, 24));
    } else {
      half = (std::bit_cast<std::uint32_t>(magnitude) >> 13) - (112u << 10);
    }
    bits = static_cast<std::uint16_t>(half | (std::signbit(rounded) ? 0x8000u : 0u));
  }
  std::memcpy(at, &bits, 2);
}

/// op(matrix), row by row; nothing if it is not all in device memory.
std::vector<float> numbers(const void* matrix, const Layout& layout, bool turned) {
  std::vector<float> list;
  const std::uint64_t rows = turned ? layout.columns : layout.rows, columns = turned ? layout.rows : layout.columns;
  for (std::uint64_t i = 0; i < rows; ++i) {
    for (std::uint64_t j = 0; j < columns; ++j) {
      const std::byte* const at = turned ? element(matrix, layout, j, i) : element(matrix, layout, i, j);
      if (at == nullptr) return {};
      list.push_back(number(at, layout.type));
    }
  }
  return list;
}

bool is_in_table(std::uint32_t a, std::uint32_t b, std::uint32_t d) {
  return a == b && ((a == CUDA_R_16F && (d == CUDA_R_16F || d == CUDA_R_32F)) ||
                    (a == CUDA_R_16BF && (d == CUDA_R_16BF || d == CUDA_R_32F)));
}

}  // namespace

extern "C" {

cublasStatus_t cublasLtCreate(cublasLtHandle_t* handle) {
  static int object;
  *handle = reinterpret_cast<cublasLtHandle_t>(&object);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtDestroy(cublasLtHandle_t) { return CUBLAS_STATUS_SUCCESS; }

cublasStatus_t cublasLtMatrixLayoutInit_internal(cublasLtMatrixLayout_t layout, std::size_t, cudaDataType type,
                                                 std::uint64_t rows, std::uint64_t columns, std::int64_t distance) {
  write(layout, Layout{static_cast<std::uint32_t>(type), rows, columns, distance});
  return distance < static_cast<std::int64_t>(rows) ? CUBLAS_STATUS_INVALID_VALUE : CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulDescInit_internal(cublasLtMatmulDesc_t product, std::size_t, cublasComputeType_t compute,
                                               cudaDataType_t scale) {
  write(product, Product{});
  const bool known = compute == CUBLAS_COMPUTE_32F && scale == CUDA_R_32F;
  return known ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_SUPPORTED;
}
cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t description,
                                              cublasLtMatmulDescAttributes_t attribute, const void* value,
                                              std::size_t bytes) {
  if (bytes != 4) return CUBLAS_STATUS_INVALID_VALUE;
  std::int32_t set;
  std::memcpy(&set, value, 4);
  auto product = read<Product>(description);
  switch (attribute) {
    case CUBLASLT_MATMUL_DESC_TRANSA: product.transposes_a = set; break;
    case CUBLASLT_MATMUL_DESC_TRANSB: product.transposes_b = set; break;
    case CUBLASLT_MATMUL_DESC_POINTER_MODE: product.pointer_mode = set; break;
    default: return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  write(description, product);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulPreferenceInit_internal(cublasLtMatmulPreference_t, std::size_t) {
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t, cublasLtMatmulPreferenceAttributes_t,
                                                    const void*, std::size_t) {
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t, cublasLtMatmulDesc_t, cublasLtMatrixLayout_t a,
                                              cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c,
                                              cublasLtMatrixLayout_t d, cublasLtMatmulPreference_t, int,
                                              cublasLtMatmulHeuristicResult_t found[], int* count) {
  const std::uint32_t type = read<Layout>(d).type;
  const bool known = read<Layout>(c).type == type && is_in_table(read<Layout>(a).type, read<Layout>(b).type, type);
  *count = known ? 1 : 0;
  if (known) found[0] = {};
  return known ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_SUPPORTED;
}

cublasStatus_t cublasLtMatmul(cublasLtHandle_t, cublasLtMatmulDesc_t description, const void* alpha, const void* a,
                              cublasLtMatrixLayout_t a_layout, const void* b, cublasLtMatrixLayout_t b_layout,
                              const void* beta, const void* c, cublasLtMatrixLayout_t c_layout, void* d,
                              cublasLtMatrixLayout_t d_layout, const cublasLtMatmulAlgo_t*, void*, std::size_t,
                              cudaStream_t) {
  const auto product = read<Product>(description);
  const auto of_a = read<Layout>(a_layout), of_b = read<Layout>(b_layout), of_c = read<Layout>(c_layout),
             of_d = read<Layout>(d_layout);
  const bool turns_a = product.transposes_a != CUBLAS_OP_N, turns_b = product.transposes_b != CUBLAS_OP_N;
  const std::uint64_t depth = turns_a ? of_a.rows : of_a.columns;
  if (product.pointer_mode != CUBLASLT_POINTER_MODE_DEVICE || (turns_a ? of_a.columns : of_a.rows) != of_d.rows ||
      (turns_b ? of_b.columns : of_b.rows) != depth || (turns_b ? of_b.rows : of_b.columns) != of_d.columns) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  const Layout factor{CUDA_R_32F, 1, 1, 1};
  const std::byte *const at_alpha = element(alpha, factor, 0, 0), *const at_beta = element(beta, factor, 0, 0);
  if (at_alpha == nullptr || at_beta == nullptr) return CUBLAS_STATUS_EXECUTION_FAILED;
  const std::vector<float> left = numbers(a, of_a, turns_a), right = numbers(b, of_b, !turns_b);
  if (left.empty() || right.empty()) return CUBLAS_STATUS_EXECUTION_FAILED;
  for (std::uint64_t i = 0; i < of_d.rows; ++i) {
    for (std::uint64_t j = 0; j < of_d.columns; ++j) {
      float sum = 0;
      for (std::uint64_t k = 0; k < depth; ++k) sum += left[i * depth + k] * right[j * depth + k];
      sum *= number(at_alpha, CUDA_R_32F);
      const std::byte* const at_c = element(c, of_c, i, j);
      std::byte* const at_d = element(d, of_d, i, j);
      if (at_c == nullptr || at_d == nullptr) return CUBLAS_STATUS_EXECUTION_FAILED;
      const float by = number(at_beta, CUDA_R_32F);
      put(at_d, of_d.type, by == 0 ? sum : by * number(at_c, of_c.type) + sum);
    }
  }
  return CUBLAS_STATUS_SUCCESS;
}

}  // extern "C"
