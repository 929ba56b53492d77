// What cuda/matmul.cuh uses of cublasLt, as its documentation describes it: d = alpha * op(a) * op(b) + beta * c with
// matrices stored column by column. A combination of types that its table doesn't have is not supported, as there. Sums
// are binary32, one product after the other, but in two parts that are rounded to d's type where the preference allows
// that. An algorithm has what its caller's preference promised, and needs all of the workspace that it allows.

#include "binary16.hpp"
#include "device.hpp"
#include "streams.hpp"

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
struct Preference {
  std::uint64_t workspace_bytes;
  std::uint32_t alignment[4];  ///< of a, b, c, d
  std::uint32_t reduction_schemes;
};
struct Algorithm {
  Preference preference;
  std::uint32_t type[4];  ///< of a, b, c, d
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

std::byte* element(const void* matrix, const Layout& layout, std::uint64_t row, std::uint64_t column) {
  const std::uint64_t index = row + column * static_cast<std::uint64_t>(layout.distance);
  std::byte* const at = Device::get().memory().data(
      reinterpret_cast<std::uint64_t>(matrix) + index * bytes_of(layout.type), bytes_of(layout.type));
  if (at == nullptr) throw gpu_emulator::Violation("a matrix of cublasLt's outside all allocations");
  return at;
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
  return gpu_emulator::from_binary16(bits);
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

/// op(matrix), row by row.
std::vector<float> numbers(const void* matrix, const Layout& layout, bool turned) {
  std::vector<float> list;
  const std::uint64_t rows = turned ? layout.columns : layout.rows, columns = turned ? layout.rows : layout.columns;
  for (std::uint64_t i = 0; i < rows; ++i) {
    for (std::uint64_t j = 0; j < columns; ++j) {
      list.push_back(number(turned ? element(matrix, layout, j, i) : element(matrix, layout, i, j), layout.type));
    }
  }
  return list;
}

/// Types of a, b, c, d.
bool is_in_table(const std::uint32_t (&type)[4]) {
  const auto [a, b, c, d] = type;
  return a == b && c == d && (a == CUDA_R_16F || a == CUDA_R_16BF) && (d == a || d == CUDA_R_32F);
}

/// A matrix as it is given to a product.
struct Operand {
  const void* data;
  Layout layout;
  bool turned = false;
};
float rounded(float value, std::uint32_t type) {
  std::byte bytes[4];
  put(bytes, type, value);
  return number(bytes, type);
}
void multiply(const Operand& a, const Operand& b, const Operand& c, const Operand& d, const void* alpha,
              const void* beta, std::uint32_t type_of_parts) {
  const std::vector<float> left = numbers(a.data, a.layout, a.turned), right = numbers(b.data, b.layout, !b.turned);
  const Layout factor{CUDA_R_32F, 1, 1, 1};
  const float by = number(element(alpha, factor, 0, 0), CUDA_R_32F),
              by_old = number(element(beta, factor, 0, 0), CUDA_R_32F);
  const std::uint64_t depth = a.turned ? a.layout.rows : a.layout.columns;
  for (std::uint64_t i = 0; i < d.layout.rows; ++i) {
    for (std::uint64_t j = 0; j < d.layout.columns; ++j) {
      const auto part = [&](std::uint64_t k, std::uint64_t end) {
        float sum = 0;
        for (; k < end; ++k) sum += left[i * depth + k] * right[j * depth + k];
        return sum;
      };
      const float sum = by * (type_of_parts == CUDA_R_32F ? part(0, depth)
                                                          : rounded(part(0, depth / 2), type_of_parts) +
                                                                rounded(part(depth / 2, depth), type_of_parts));
      const float old = number(element(c.data, c.layout, i, j), c.layout.type);
      put(element(d.data, d.layout, i, j), d.layout.type, by_old == 0 ? sum : by_old * old + sum);
    }
  }
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
cublasStatus_t cublasLtMatmulPreferenceInit_internal(cublasLtMatmulPreference_t preference, std::size_t) {
  write(preference, Preference{0, {256, 256, 256, 256}, CUBLASLT_REDUCTION_SCHEME_MASK});
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t opaque,
                                                    cublasLtMatmulPreferenceAttributes_t attribute, const void* value,
                                                    std::size_t bytes) {
  auto preference = read<Preference>(opaque);
  const auto set = [&](auto& to) {
    if (bytes != sizeof(to)) return CUBLAS_STATUS_INVALID_VALUE;
    std::memcpy(&to, value, sizeof(to));
    write(opaque, preference);
    return CUBLAS_STATUS_SUCCESS;
  };
  switch (attribute) {
    case CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES: return set(preference.workspace_bytes);
    case CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK: return set(preference.reduction_schemes);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES: return set(preference.alignment[0]);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES: return set(preference.alignment[1]);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES: return set(preference.alignment[2]);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES: return set(preference.alignment[3]);
    default: return CUBLAS_STATUS_NOT_SUPPORTED;
  }
}
cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t, cublasLtMatmulDesc_t, cublasLtMatrixLayout_t a,
                                              cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c,
                                              cublasLtMatrixLayout_t d, cublasLtMatmulPreference_t preference, int,
                                              cublasLtMatmulHeuristicResult_t found[], int* count) {
  const Algorithm algorithm{read<Preference>(preference),
                            {read<Layout>(a).type, read<Layout>(b).type, read<Layout>(c).type, read<Layout>(d).type}};
  *count = is_in_table(algorithm.type) ? 1 : 0;
  if (*count == 0) return CUBLAS_STATUS_NOT_SUPPORTED;
  found[0] = {};
  found[0].workspaceSize = algorithm.preference.workspace_bytes;
  write(&found[0].algo, algorithm);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmul(cublasLtHandle_t, cublasLtMatmulDesc_t description, const void* alpha, const void* a,
                              cublasLtMatrixLayout_t a_layout, const void* b, cublasLtMatrixLayout_t b_layout,
                              const void* beta, const void* c, cublasLtMatrixLayout_t c_layout, void* d,
                              cublasLtMatrixLayout_t d_layout, const cublasLtMatmulAlgo_t* algo, void* workspace,
                              std::size_t workspace_bytes, cudaStream_t stream) {
  const auto product = read<Product>(description);
  const Operand operands[] = {{a, read<Layout>(a_layout), product.transposes_a != CUBLAS_OP_N},
                              {b, read<Layout>(b_layout), product.transposes_b != CUBLAS_OP_N},
                              {c, read<Layout>(c_layout)},
                              {d, read<Layout>(d_layout)}};
  const auto rows = [&](int i) { return operands[i].turned ? operands[i].layout.columns : operands[i].layout.rows; };
  const auto columns = [&](int i) { return operands[i].turned ? operands[i].layout.rows : operands[i].layout.columns; };
  if (product.pointer_mode != CUBLASLT_POINTER_MODE_DEVICE || columns(0) != rows(1) || rows(0) != rows(3) ||
      columns(1) != columns(3) || rows(2) != rows(3) || columns(2) != columns(3)) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  if (algo == nullptr) return CUBLAS_STATUS_NOT_SUPPORTED;
  const auto algorithm = read<Algorithm>(algo);
  for (int i = 0; i < 4; ++i) {
    const std::uint32_t alignment = algorithm.preference.alignment[i];
    if (algorithm.type[i] != operands[i].layout.type || alignment == 0 ||
        reinterpret_cast<std::uint64_t>(operands[i].data) % alignment != 0) {
      return CUBLAS_STATUS_INVALID_VALUE;
    }
  }
  const auto at_workspace = reinterpret_cast<std::uint64_t>(workspace);
  if (workspace_bytes < algorithm.preference.workspace_bytes || at_workspace % 16 != 0 ||
      (workspace_bytes != 0 && Device::get().memory().data(at_workspace, workspace_bytes) == nullptr)) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  constexpr std::uint32_t in_type_of_d = CUBLASLT_REDUCTION_SCHEME_INPLACE | CUBLASLT_REDUCTION_SCHEME_OUTPUT_TYPE;
  const bool rounds_parts = (algorithm.preference.reduction_schemes & in_type_of_d) != 0;
  const std::uint32_t type_of_parts = rounds_parts ? algorithm.type[3] : std::uint32_t{CUDA_R_32F};
  const cudaError_t error = gpu_emulator::enqueue(stream, [=] {
    multiply(operands[0], operands[1], operands[2], operands[3], alpha, beta, type_of_parts);
    return cudaSuccess;
  });
  return error == cudaSuccess ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_EXECUTION_FAILED;
}

}  // extern "C"
