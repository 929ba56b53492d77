// MPI's C interface, and what becomes of its error codes.
#pragma once

// The C++ bindings, gone from the standard since MPI-3, are not wanted from the implementations that still have them.
#if !defined(OMPI_SKIP_MPICXX)
#define OMPI_SKIP_MPICXX 1
#endif
#if !defined(MPICH_SKIP_MPICXX)
#define MPICH_SKIP_MPICXX 1
#endif
#include <mpi.h>

#include <array>
#include <stdexcept>
#include <string>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>

/// One scale on all ranks.
namespace HIFLOAT_NAMESPACE::mpi {

/// A call of MPI that failed, where the communicator's error handler lets it return (MPI_ERRORS_RETURN); by default MPI
/// ends the job.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The ranks of a communicator do not hold the same. Thrown on all of them, with the same message.
class Mismatch : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace HIFLOAT_NAMESPACE::mpi

namespace HIFLOAT_DETAIL_NAMESPACE {

inline void check_mpi(int code) {
  if (code == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(code, text.data(), &length);
  HIFLOAT_THROW(mpi::Error, (std::string("hifloat: MPI: ") + text.data()).c_str());
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
