// The MPI part, on as many ranks as it is started on. Every test case runs on all ranks, in the same order.
#include <doctest/doctest.h>

#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <hifloat/mpi/agreement.hpp>
#include <hifloat/mpi/all_reduce_amax.hpp>
#include <hifloat/scaling/delayed_scaler.hpp>

namespace hf = hifloat;
namespace mpi = hifloat::mpi;

namespace {

constexpr float inf = std::numeric_limits<float>::infinity();
using Group = hf::ScalerGroup<hf::amax::Max, 4>;

int rank() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}
int ranks() {
  int size = 0;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return size;
}
std::string message_of(auto&& call) {
  try {
    call();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "no exception";
}

/// A group as one process would have it that sees all ranks' amaxes.
void observe_all(Group& group, int step) {
  for (int r = 0; r < ranks(); ++r) {
    for (std::size_t i = 0; i < group.size(); ++i) {
      group.observe(i, static_cast<float>(1 + (r * 7 + step * 3 + static_cast<int>(i) * 5) % 11));
    }
  }
}
void observe_own(Group& group, int step) {
  for (std::size_t i = 0; i < group.size(); ++i) {
    group.observe(i, static_cast<float>(1 + (rank() * 7 + step * 3 + static_cast<int>(i) * 5) % 11));
  }
}

}  // namespace

TEST_CASE("all ranks have the scales of one process that sees everything") {
  Group alone({"a", "b", "c"}), reduced = alone, hooked = alone, overlapped = alone;
  hooked.set_reduction(mpi::amax_reduction(MPI_COMM_WORLD));
  for (int step = 0; step < 20; ++step) {
    observe_all(alone, step);
    for (Group* group : {&reduced, &hooked, &overlapped}) observe_own(*group, step);
    alone.commit();
    mpi::all_reduce_amax(reduced, MPI_COMM_WORLD);
    reduced.commit();
    hooked.commit();
    {
      mpi::PendingAllReduce pending(overlapped, MPI_COMM_WORLD);
      std::this_thread::sleep_for(std::chrono::microseconds(100 * rank()));  // work
      while (!pending.is_done()) {}
      pending.finish();
    }
    overlapped.commit();
    for (std::size_t i = 0; i < alone.size(); ++i) {
      CHECK(reduced.scale(i) == alone.scale(i));
      CHECK(hooked.scale(i) == alone.scale(i));
      CHECK(overlapped.scale(i) == alone.scale(i));
    }
    CHECK_NOTHROW(mpi::check_same_scales(reduced, MPI_COMM_WORLD));
  }
}

TEST_CASE("a NaN or an infinity on the last rank drops the step on all of them") {
  Group group({"a", "b"});
  observe_own(group, 0);
  mpi::all_reduce_amax(group, MPI_COMM_WORLD);
  group.commit();
  const float scale = group.scale(1);
  observe_own(group, 1);
  if (rank() == ranks() - 1) {
    group.observe(0, std::numeric_limits<float>::quiet_NaN());
    group.observe(1, -inf);
  }
  mpi::all_reduce_amax(group, MPI_COMM_WORLD);
  CHECK(std::isnan(std::bit_cast<float>(group.staged()[0])));
  CHECK(group.staged()[1] == 0x7F800000u);
  group.commit();
  CHECK(group.dropped_steps(0) == 1);
  CHECK(group.dropped_steps(1) == 1);
  CHECK(group.scale(1) == scale);
}

TEST_CASE("a cold start is one start: the first tensor's scale is that of all ranks' amaxes") {
  Group group({"a"});
  group.set_reduction(mpi::amax_reduction(MPI_COMM_WORLD));
  const std::vector<float> x(rank() == 0 ? 0 : 3, static_cast<float>(rank()));  // rank 0 has nothing
  const auto q = group.quantize(0, x);
  const float amax = static_cast<float>(ranks() - 1);
  CHECK(q.inverse_scale() == doctest::Approx(amax == 0 ? 1.0f : amax / 15.0f));
}

TEST_CASE("sub-communicators: even and odd ranks by themselves, then all") {
  MPI_Comm half = MPI_COMM_NULL;
  MPI_Comm_split(MPI_COMM_WORLD, rank() % 2, rank(), &half);
  Group group({"a"});
  group.observe(0, static_cast<float>(1 + rank()));
  mpi::all_reduce_amax(group, half);
  int largest_of_half = rank();
  MPI_Allreduce(MPI_IN_PLACE, &largest_of_half, 1, MPI_INT, MPI_MAX, half);
  CHECK(std::bit_cast<float>(group.staged()[0]) == static_cast<float>(1 + largest_of_half));
  mpi::all_reduce_amax(group, MPI_COMM_WORLD);
  CHECK(std::bit_cast<float>(group.staged()[0]) == static_cast<float>(ranks()));
  MPI_Comm_free(&half);
}

TEST_CASE("an amax observed during the reduction is refused; one that is never finished is waited for") {
  Group group({"a"});
  group.observe(0, 1.0f);
  {
    mpi::PendingAllReduce pending(group, MPI_COMM_WORLD);
    group.observe(0, 2.0f);
    CHECK_THROWS_AS(pending.finish(), std::logic_error);
  }
  mpi::PendingAllReduce never_finished(group, MPI_COMM_WORLD);
}

TEST_CASE("different tensors are named, on every rank the same") {
  const bool last = rank() == ranks() - 1 && ranks() > 1;
  const std::string me = std::to_string(ranks() - 1);
  const auto message = [&](std::vector<std::string> others, std::vector<std::string> own) {
    return message_of([&] { mpi::check_same_tensors(Group(last ? own : others), MPI_COMM_WORLD); });
  };
  CHECK(message({"a", "b"}, {"a", "b"}) == "no exception");
  if (ranks() == 1) return;
  CHECK(message({"a", "b", "c"}, {"a", "x", "c"}) ==
        "hifloat: the ranks hold different tensors: tensor 1 is 'x' on rank " + me + " and 'b' on rank 0");
  CHECK(message({"a", "b"}, {"a", "b", "c"}) ==
        "hifloat: the ranks hold different tensors: rank " + me + " has 3, rank 0 has 2; 'c' is only on rank " + me);
  CHECK(message({"a", "b"}, {}) ==
        "hifloat: the ranks hold different tensors: rank " + me + " has 0, rank 0 has 2; 'a' is only on rank 0");
  CHECK(message({"3:a", ""}, {"3:a", ":"}) ==
        "hifloat: the ranks hold different tensors: tensor 1 is ':' on rank " + me + " and '' on rank 0");
}

TEST_CASE("different scales are named") {
  Group group({"a", "b", "c"});
  CHECK_NOTHROW(mpi::check_same_scales(group, MPI_COMM_WORLD));
  if (ranks() == 1) return;
  group.observe(1, static_cast<float>(1 + rank()));
  group.observe(2, 4.0f);
  group.commit();
  CHECK(message_of([&] { mpi::check_same_scales(group, MPI_COMM_WORLD); }) ==
        "hifloat: the ranks have different scales for 'b'");
}

TEST_CASE("a state goes to all ranks; what one can't take is an error on all") {
  Group group({"a", "b"});
  for (int step = 0; step < 3 + rank(); ++step) {
    observe_own(group, step);
    group.commit();
  }
  const int root = ranks() - 1;
  mpi::broadcast_state(group, root, MPI_COMM_WORLD);
  CHECK_NOTHROW(mpi::check_same_scales(group, MPI_COMM_WORLD));
  CHECK(group.recorded_steps(0) == static_cast<std::uint64_t>(3 + root));
  if (ranks() == 1) return;

  Group other(rank() == 1 ? std::vector<std::string>{"a", "z"} : std::vector<std::string>{"a", "b"});
  const std::string message = message_of([&] { mpi::broadcast_state(other, 0, MPI_COMM_WORLD); });
  CHECK(message.find("rank 1 can't take rank 0's state: ") != std::string::npos);
  CHECK(message.find("'z'") != std::string::npos);

  hf::DelayedScaler<hf::amax::Max, 8> scaler;
  scaler.observe(static_cast<float>(1 + rank()));
  scaler.commit();
  mpi::broadcast_state(scaler, 0, MPI_COMM_WORLD);
  CHECK(scaler.scale() == 15.0f);
}

TEST_CASE("100,000 tensors in one call") {
  std::vector<std::string> names;
  for (int i = 0; i < 100000; ++i) names.push_back(std::to_string(i));
  hf::ScalerGroup<hf::amax::MostRecent, 1> group(names);
  for (std::size_t i = static_cast<std::size_t>(rank()); i < group.size(); i += static_cast<std::size_t>(ranks())) {
    group.observe(i, 2.0f);
  }
  mpi::all_reduce_amax(group, MPI_COMM_WORLD);
  group.commit();
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < group.size(); ++i) wrong += group.scale(i) != 7.5f;
  CHECK(wrong == 0);
}

TEST_CASE("an error of MPI is an exception, where the communicator lets it return") {
  MPI_Comm copy = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &copy);
  MPI_Comm_set_errhandler(copy, MPI_ERRORS_RETURN);
  CHECK_THROWS_AS(hf::detail::check_mpi(MPI_Bcast(nullptr, -1, MPI_CHAR, 0, copy)), mpi::Error);
  MPI_Comm_free(&copy);
}
