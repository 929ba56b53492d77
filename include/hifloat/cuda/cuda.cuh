// All of the CUDA part that needs no other library.
#pragma once

#include <hifloat/cuda/block_codec.cuh>
#include <hifloat/cuda/launch.cuh>
#include <hifloat/cuda/scaler_group.cuh>
#include <hifloat/cuda/skinny_product.cuh>
#include <hifloat/cuda/types.cuh>
