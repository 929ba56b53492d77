# What tests, benchmarks and examples need; the library itself needs nothing. The installed package is used where there is
# one, else the pinned release is downloaded. Included at top level, because targets that find_package imports are seen only
# in the directory that asked for them and below.
include(FetchContent)

function(hifloat_require)
  # Unset options of a downloaded project are taken from these variables, which end with this function.
  set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)
  set(BUILD_TESTING OFF)
  set(DOCTEST_NO_INSTALL ON)
  set(EIGEN_BUILD_DOC OFF)
  set(EIGEN_BUILD_PKGCONFIG OFF)
  set(JSON_BuildTests OFF)
  set(JSON_Install ${HIFLOAT_INSTALL})  # hifloat::io names it, and is exported
  set(BENCHMARK_ENABLE_TESTING OFF)
  set(BENCHMARK_ENABLE_INSTALL OFF)
  FetchContent_MakeAvailable(${ARGV})
endfunction()

FetchContent_Declare(doctest
  GIT_REPOSITORY https://github.com/doctest/doctest.git GIT_TAG v2.4.12 GIT_SHALLOW ON SYSTEM
  FIND_PACKAGE_ARGS 2.4.9 CONFIG)
FetchContent_Declare(Eigen3
  GIT_REPOSITORY https://gitlab.com/libeigen/eigen.git GIT_TAG 3.4.0 GIT_SHALLOW ON SYSTEM
  FIND_PACKAGE_ARGS 3.4 CONFIG)
FetchContent_Declare(nlohmann_json
  GIT_REPOSITORY https://github.com/nlohmann/json.git GIT_TAG v3.11.3 GIT_SHALLOW ON SYSTEM
  FIND_PACKAGE_ARGS 3.11 CONFIG)
FetchContent_Declare(benchmark
  GIT_REPOSITORY https://github.com/google/benchmark.git GIT_TAG v1.9.1 GIT_SHALLOW ON SYSTEM
  FIND_PACKAGE_ARGS 1.7.1 CONFIG)

# Optional: what needs it is left out, with a message.
find_package(MPI COMPONENTS CXX QUIET)
if(MPI_CXX_FOUND AND NOT CMAKE_CROSSCOMPILING)
  set(hifloat_has_mpi ON)
  # How many ranks there are is the tests' business, whoever runs them and however few cores there are.
  set(hifloat_mpi_environment OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_btl_vader_single_copy_mechanism=none
    ASAN_OPTIONS=detect_leaks=0)  # those are MPI's
else()
  set(hifloat_has_mpi OFF)
  message(STATUS "hifloat: no MPI found: its tests, example and benchmark are left out")
endif()

if(HIFLOAT_BUILD_TESTS)
  hifloat_require(doctest)
endif()
hifloat_require(Eigen3)
if(HIFLOAT_BUILD_TESTS OR HIFLOAT_BUILD_EXAMPLES)
  hifloat_require(nlohmann_json)
endif()
if(HIFLOAT_BUILD_BENCHMARKS)
  hifloat_require(benchmark)
endif()
