#include <hifloat/mpi/agreement.hpp>
#include <hifloat/mpi/all_reduce_amax.hpp>
#include <hifloat/mpi/error.hpp>
