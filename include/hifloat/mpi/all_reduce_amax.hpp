// The amaxes of a ScalerGroup over all ranks: one MPI_Allreduce for all tensors. Amaxes travel as the magnitude bits of
// binary32 numbers, reduced by MPI_MAX: the result does not depend on any order, every rank holds the same bits, and a
// NaN on one rank is seen by all.
//
// Over the ranks of a data-parallel group alone, or of tensor- and expert-parallel ones: give their communicator. Where
// a tensor is split in several ways, reduce over one communicator after the other: a maximum of maxima is the maximum.
#pragma once

#include <algorithm>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/mpi/error.hpp>
#include <hifloat/scaling/scaler_group.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

[[nodiscard]] inline int mpi_count(std::size_t n) {
  if (n > INT_MAX) HIFLOAT_THROW(std::invalid_argument, "hifloat: MPI takes at most 2^31 - 1 elements in a call");
  return static_cast<int>(n);
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_MPI_NAMESPACE {

/// Each becomes the maximum over all ranks. Collective; every rank gives as many, at most 2^31 - 1, else
/// std::invalid_argument. What MPI returns is mpi::Error.
inline void all_reduce_amax(std::span<std::uint32_t> magnitude_bits, MPI_Comm communicator) {
  detail::check_mpi(MPI_Allreduce(MPI_IN_PLACE, magnitude_bits.data(), detail::mpi_count(magnitude_bits.size()),
                                  MPI_UINT32_T, MPI_MAX, communicator));
}

/// What was observed for the tensors of a group since its last commit; then commit the group. Collective.
template <class Algorithm, std::size_t Window>
void all_reduce_amax(ScalerGroup<Algorithm, Window>& group, MPI_Comm communicator) {
  all_reduce_amax(group.staged(), communicator);
}

/// For ScalerGroup::set_reduction: each commit then reduces by itself, and so does a cold start with FirstAmax. The
/// communicator must outlive the group.
[[nodiscard]] inline AmaxReduction amax_reduction(MPI_Comm communicator) {
  return [communicator](std::span<std::uint32_t> bits) { all_reduce_amax(bits, communicator); };
}

/// all_reduce_amax while the program does something else. The constructor takes what was observed and starts; `finish`
/// waits and puts the maxima into the group, to be committed. Nothing is observed in between.
template <class Algorithm, std::size_t Window>
class PendingAllReduce {
 public:
  /// Collective. The group must outlive the object. mpi::Error where MPI returns one.
  PendingAllReduce(ScalerGroup<Algorithm, Window>& group, MPI_Comm communicator)
      : group_(&group), amaxes_(group.staged().begin(), group.staged().end()) {
    detail::check_mpi(MPI_Iallreduce(MPI_IN_PLACE, amaxes_.data(), detail::mpi_count(amaxes_.size()), MPI_UINT32_T,
                                     MPI_MAX, communicator, &request_));
    std::ranges::fill(group.staged(), 0u);
  }
  PendingAllReduce(const PendingAllReduce&) = delete;
  PendingAllReduce& operator=(const PendingAllReduce&) = delete;
  /// Does what `finish` does, if that was not called: MPI goes on writing until then, and no amax is lost.
  ~PendingAllReduce() {
    if (finished_) return;
    MPI_Wait(&request_, MPI_STATUS_IGNORE);
    (void)put_back();
  }

  /// True once the maxima are there: `finish` will not wait.
  [[nodiscard]] bool is_done() {
    int done = 0;
    detail::check_mpi(MPI_Test(&request_, &done, MPI_STATUS_IGNORE));
    return done != 0;
  }
  /// To be called once. If an amax was observed on this rank since the start, it is merged, and the call ends in
  /// std::logic_error: the other ranks have not heard of it, and their scales would differ.
  void finish() {
    finished_ = true;
    detail::check_mpi(MPI_Wait(&request_, MPI_STATUS_IGNORE));
    if (!put_back()) {
      HIFLOAT_THROW(std::logic_error, "hifloat: an amax was observed while the step's amaxes were being reduced");
    }
  }

 private:
  /// Merges the maxima into the group; false if something had been observed there.
  bool put_back() noexcept {
    bool untouched = true;
    const std::span<std::uint32_t> staged = group_->staged();
    for (std::size_t i = 0; i < staged.size(); ++i) {
      untouched = untouched && staged[i] == 0;
      staged[i] = (std::max)(staged[i], amaxes_[i]);
    }
    return untouched;
  }

  ScalerGroup<Algorithm, Window>* group_;
  std::vector<std::uint32_t> amaxes_;
  MPI_Request request_ = MPI_REQUEST_NULL;
  bool finished_ = false;
};

}  // namespace HIFLOAT_MPI_NAMESPACE
