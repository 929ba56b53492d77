#include "rivals.hpp"

#include <Eigen/Core>

#if defined(BENCH_HAS_OPENBLAS)
#include <cblas.h>
#endif
#if defined(BENCH_HAS_ONEDNN)
#include <oneapi/dnnl/dnnl.hpp>

#include <memory>
#include <unordered_map>
#endif

namespace bench {
namespace {

#if defined(BENCH_HAS_OPENBLAS)
Rival openblas(const Shape& shape, const Matrices& x) {
  openblas_set_num_threads(1);
  const auto m = static_cast<blasint>(shape.m), n = static_cast<blasint>(shape.n), k = static_cast<blasint>(shape.k);
  return {sgemm_name, [=] {
            if (m == 1) {
              cblas_sgemv(CblasRowMajor, CblasTrans, k, n, 1, x.b, n, x.a, 1, 0, x.c, 1);
            } else {
              cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, x.a, k, x.b, n, 0, x.c, n);
            }
          }};
}
#endif

Rival eigen(const Shape& shape, const Matrices& x) {
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Eigen::Index;
  const auto m = static_cast<Index>(shape.m), n = static_cast<Index>(shape.n), k = static_cast<Index>(shape.k);
  return {"Eigen float32", [=] {
            Eigen::Map<Matrix>(x.c, m, n).noalias() =
                Eigen::Map<const Matrix>(x.a, m, k) * Eigen::Map<const Matrix>(x.b, k, n);
          }};
}

#if defined(BENCH_HAS_ONEDNN)
Rival onednn(const Shape& shape, const Matrices& x) {
  using dnnl::memory;
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  const auto m = static_cast<memory::dim>(shape.m), n = static_cast<memory::dim>(shape.n),
             k = static_cast<memory::dim>(shape.k);
  const auto described = [](memory::dim rows, memory::dim columns, memory::data_type type) {
    return memory::desc({rows, columns}, type, memory::format_tag::ab);
  };
  const memory::desc a = described(m, k, memory::data_type::bf16), b = described(k, n, memory::data_type::bf16),
                     c = described(m, n, memory::data_type::f32);
  const dnnl::matmul::primitive_desc how(dnnl::matmul::desc(a, b, c), engine);
  const auto product = std::make_shared<dnnl::matmul>(how);
  const auto stream = std::make_shared<dnnl::stream>(engine);
  const auto in = [&](const memory::desc& d, const void* data) { return memory(d, engine, const_cast<void*>(data)); };
  const std::unordered_map<int, memory> arguments{
      {DNNL_ARG_SRC, in(a, x.a_bf16)}, {DNNL_ARG_WEIGHTS, in(b, x.b_bf16)}, {DNNL_ARG_DST, in(c, x.c)}};
  return {onednn_name, [=] {
            product->execute(*stream, arguments);
            stream->wait();
          }};
}
#endif

}  // namespace

std::vector<Rival> rivals(const Shape& shape, const Matrices& matrices) {
  std::vector<Rival> found;
#if defined(BENCH_HAS_OPENBLAS)
  found.push_back(openblas(shape, matrices));
#endif
  found.push_back(eigen(shape, matrices));
#if defined(BENCH_HAS_ONEDNN)
  try {
    found.push_back(onednn(shape, matrices));
  } catch (const dnnl::error&) {  // this CPU has no bfloat16
  }
#endif
  return found;
}

std::string openblas_core() {
#if defined(BENCH_HAS_OPENBLAS)
  return openblas_get_corename();
#else
  return "";
#endif
}

}  // namespace bench
