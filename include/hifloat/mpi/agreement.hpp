// Ranks that must hold the same: states are sent to all of them, and what differs is named. All of it is collective,
// and where one rank finds something wrong, all of them throw: none is left waiting.
#pragma once

#include <algorithm>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <hifloat/bits.hpp>
#include <hifloat/config.hpp>
#include <hifloat/error.hpp>
#include <hifloat/mpi/all_reduce_amax.hpp>
#include <hifloat/mpi/error.hpp>
#include <hifloat/scaling/saved_state.hpp>
#include <hifloat/scaling/scaler_group.hpp>

namespace HIFLOAT_DETAIL_NAMESPACE {

[[nodiscard]] inline int mpi_rank(MPI_Comm communicator) {
  int rank = 0;
  check_mpi(MPI_Comm_rank(communicator, &rank));
  return rank;
}

/// The root's text, on all ranks.
inline void broadcast_text(std::string& text, int root, MPI_Comm communicator) {
  std::uint64_t size = text.size();
  check_mpi(MPI_Bcast(&size, 1, MPI_UINT64_T, root, communicator));
  text.resize(size);
  constexpr std::size_t most = std::size_t{1} << 30;
  for (std::size_t first = 0; first < text.size(); first += most) {
    const std::size_t n = (std::min)(most, text.size() - first);
    check_mpi(MPI_Bcast(text.data() + first, static_cast<int>(n), MPI_CHAR, root, communicator));
  }
}

/// What a call throws, as text; without exceptions it ends the program by itself.
template <class Call>
[[nodiscard]] std::string complaint_of(Call&& call) {
#if HIFLOAT_HAS_EXCEPTIONS
  try {
    call();
  } catch (const std::exception& error) {
    return error.what();
  }
#else
  call();
#endif
  return {};
}

/// Whether a word has one value on all ranks, for each of them: the maximum, and that of the complement.
[[nodiscard]] inline std::vector<bool> words_agree(std::span<const std::uint32_t> words, MPI_Comm communicator) {
  std::vector<std::uint32_t> both(words.begin(), words.end());
  for (const std::uint32_t word : words) both.push_back(~word);
  mpi::all_reduce_amax(both, communicator);  // any words have a maximum
  std::vector<bool> same(words.size());
  for (std::size_t i = 0; i < words.size(); ++i) same[i] = both[i] == ~both[words.size() + i];
  return same;
}

/// Names one after the other, each after its length.
[[nodiscard]] inline std::string joined(std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names) text += std::to_string(name.size()) + ":" + name;
  return text;
}
[[nodiscard]] inline std::vector<std::string> split_names(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::size_t size = std::stoull(std::string(text.substr(0, colon)));
    names.emplace_back(text.substr(colon + 1, size));
    text.remove_prefix(colon + 1 + size);
  }
  return names;
}

/// The first difference between this rank's names and rank 0's, in words.
[[nodiscard]] inline std::string difference_of_names(std::span<const std::string> own,
                                                     std::span<const std::string> first, int rank) {
  const std::string me = "rank " + std::to_string(rank);
  for (std::size_t i = 0; i < own.size() && i < first.size(); ++i) {
    if (own[i] != first[i]) {
      return "the ranks hold different tensors: tensor " + std::to_string(i) + " is '" + own[i] + "' on " + me +
             " and '" + first[i] + "' on rank 0";
    }
  }
  if (own.size() == first.size()) return {};
  const bool more = own.size() > first.size();
  return "the ranks hold different tensors: " + me + " has " + std::to_string(own.size()) + ", rank 0 has " +
         std::to_string(first.size()) + "; '" + (more ? own[first.size()] : first[own.size()]) + "' is only on " +
         (more ? me : "rank 0");
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_MPI_NAMESPACE {

/// Every rank says what is wrong, or nothing. If one of them says something, all throw it as a Mismatch: what the
/// lowest of these ranks said.
inline void agree(std::string complaint, MPI_Comm communicator) {
  int first = complaint.empty() ? INT_MAX : detail::mpi_rank(communicator);
  detail::check_mpi(MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT, MPI_MIN, communicator));
  if (first == INT_MAX) return;
  detail::broadcast_text(complaint, first, communicator);
  HIFLOAT_THROW(Mismatch, ("hifloat: " + complaint).c_str());
}

/// Mismatch, which names the first tensor that differs and where, unless all ranks hold the same tensors in the same
/// order. Compares hashes; names travel only if those differ. To be called once, before the first step.
template <class Algorithm, std::size_t Window>
void check_same_tensors(const ScalerGroup<Algorithm, Window>& group, MPI_Comm communicator) {
  const std::uint64_t hash = group.names_hash();
  const std::vector<std::uint32_t> words{static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(hash >> 32)};
  const std::vector<bool> same = detail::words_agree(words, communicator);
  if (same[0] && same[1]) return;
  std::string first = detail::joined(group.names());
  detail::broadcast_text(first, 0, communicator);
  agree(detail::difference_of_names(group.names(), detail::split_names(first), detail::mpi_rank(communicator)),
        communicator);
}

/// Mismatch, which names the tensors, unless every scale has the same bits on all ranks. The groups hold the same
/// tensors.
template <class Algorithm, std::size_t Window>
void check_same_scales(const ScalerGroup<Algorithm, Window>& group, MPI_Comm communicator) {
  std::vector<std::uint32_t> scales;
  for (std::size_t i = 0; i < group.size(); ++i) scales.push_back(detail::bit_cast<std::uint32_t>(group.scale(i)));
  const std::vector<bool> same = detail::words_agree(scales, communicator);
  std::string complaint;
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (!same[i]) complaint += (complaint.empty() ? "" : ", ") + ("'" + group.names()[i] + "'");
  }
  if (complaint.empty()) return;
  HIFLOAT_THROW(Mismatch, ("hifloat: the ranks have different scales for " + complaint).c_str());
}

/// Every rank's group, or scaler, takes the root's state. What a rank finds wrong with the state (another
/// algorithm, window or list of tensors) is a Mismatch on all ranks, and the scalers of the others than the root may
/// then have changed.
template <class Scaler>
void broadcast_state(Scaler& scaler, int root, MPI_Comm communicator) {
  std::string text;
  if (detail::mpi_rank(communicator) == root) {
    const std::vector<std::byte> bytes = to_bytes(scaler.state());
    text.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  detail::broadcast_text(text, root, communicator);
  std::string complaint;
  if (detail::mpi_rank(communicator) != root) {
    const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
    complaint = detail::complaint_of([&] { scaler.load(from_bytes<typename Scaler::state_type>(bytes)); });
    if (!complaint.empty()) {
      complaint = "rank " + std::to_string(detail::mpi_rank(communicator)) + " can't take rank " +
                  std::to_string(root) + "'s state: " + complaint;
    }
  }
  agree(std::move(complaint), communicator);
}

}  // namespace HIFLOAT_MPI_NAMESPACE
