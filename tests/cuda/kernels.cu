// Every kind of kernel, to be compiled for every architecture: what the calls below instantiate is what
// check_kernels.cmake looks at.

#include <hifloat/cuda/cuda.cuh>

using namespace hifloat;
using cuda::MergeAmax;
using cuda::MergeStats;

template <class T>
cudaError_t array_calls(const T* x, T* y, hif8_t* codes, QuantizeStats* stats, std::uint32_t* amax) {
  (void)cuda::quantize(x, codes, 1);
  (void)cuda::quantize(x, codes, 1, MergeAmax{amax});
  (void)cuda::quantize(x, codes, 1, MergeStats{stats, amax});
  (void)cuda::quantize(x, reinterpret_cast<hif8<rounding::Stochastic>*>(codes), 1);
  (void)cuda::dequantize(codes, y, 1);
  (void)cuda::fake_quantize(x, y, 1);
  return cuda::abs_max(x, 1, MergeAmax{amax});
}

/// What the other policies' kernels are made of, for one element type.
template <class R>
cudaError_t policy_calls(const float* x, hif8<R>* codes, QuantizeStats* stats) {
  (void)cuda::quantize(x, codes, 1);
  return cuda::quantize(x, codes, 1, MergeStats{stats});
}

template cudaError_t array_calls(const float*, float*, hif8_t*, QuantizeStats*, std::uint32_t*);
template cudaError_t array_calls(const __half*, __half*, hif8_t*, QuantizeStats*, std::uint32_t*);
template cudaError_t array_calls(const __nv_bfloat16*, __nv_bfloat16*, hif8_t*, QuantizeStats*, std::uint32_t*);
template cudaError_t policy_calls(const float*, hif8<rounding::TiesEven>*, QuantizeStats*);
template cudaError_t policy_calls(const float*, hif8<rounding::TowardZero>*, QuantizeStats*);
template cudaError_t policy_calls(const float*, hif8<rounding::Hybrid>*, QuantizeStats*);
template cudaError_t policy_calls(const float*, hif8<rounding::SimplifiedStochastic>*, QuantizeStats*);
template cudaError_t policy_calls(const float*, hif8<rounding::Stochastic>*, QuantizeStats*);

/// The products' kernels: each compiles both for aligned memory and for any.
template <class T>
cudaError_t products(const hif8_t* x, const hif8_t* w, T* y, const float* scales) {
  return cuda::skinny_product(cuda::ScaledCodes<>{x}, cuda::RowScaledCodes<>{w, scales}, y, 1, 1, 1);
}
template cudaError_t products(const hif8_t*, const hif8_t*, float*, const float*);
template cudaError_t products(const hif8_t*, const hif8_t*, __half*, const float*);
template cudaError_t products(const hif8_t*, const hif8_t*, __nv_bfloat16*, const float*);

template class cuda::ScalerGroup<amax::Max>;
template class cuda::ScalerGroup<amax::Mean>;
template class cuda::ScalerGroup<amax::ExpSmooth>;
template class cuda::ScalerGroup<amax::Percentile>;
template class cuda::ScalerGroup<amax::MostRecent>;

/// The device API.
__global__ void users_kernel(const float4* x, const __half2* halves, const __nv_bfloat162* bfloats, float4* y,
                             __half2* half_y, __nv_bfloat162* bfloat_y, cuda::hif8x4<>* fours, cuda::hif8x2<>* twos,
                             hif8<rounding::Stochastic>* random) {
  using Random = cuda::block_encoder<hif8<rounding::Stochastic>>;
  __shared__ cuda::block_encoder<>::Shared table;
  __shared__ Random::Shared random_table;
  __shared__ cuda::block_decoder<>::Shared values;
  __shared__ cuda::block_decoder<__half>::Shared half_values;
  __shared__ cuda::block_decoder<__nv_bfloat16>::Shared bfloat_values;
  const cuda::block_encoder<> encode(table, {.scale = 3.0f});
  const Random encode_random(random_table);
  const cuda::block_decoder<> decode(values, 2.0f);
  const cuda::block_decoder<__half> decode_half(half_values);
  const cuda::block_decoder<__nv_bfloat16> decode_bfloat(bfloat_values);
  const unsigned i = threadIdx.x;
  fours[i] = encode(x[i]);
  twos[2 * i] = encode(halves[i]);
  twos[2 * i + 1] = encode(bfloats[i]);
  y[i] = decode(fours[i]);
  half_y[i] = decode_half(twos[2 * i]);
  bfloat_y[i] = decode_bfloat(twos[2 * i + 1]);
  random[i] = encode_random(x[i].x, static_cast<std::uint16_t>(i));
}
