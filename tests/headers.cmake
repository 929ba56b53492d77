# Each header that needs no third-party library is compiled alone.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/hifloat/*.hpp)
list(FILTER headers EXCLUDE REGEX "^hifloat/(eigen|mpi|io|cuda)/")

# The CUDA part's, as far as they need no CUDA.
set(cuda_headers codec_tables.cuh commit.cuh functors.cuh group_image.hpp memory.cuh meters.cuh options.cuh random_vector.cuh
  scaled_codes.cuh skinny_job.cuh spread.cuh)
list(TRANSFORM cuda_headers PREPEND hifloat/cuda/)
hifloat_add_headers_alone(cuda_headers_alone HEADERS ${cuda_headers} LIBRARIES hifloat::hifloat)

hifloat_add_headers_alone(headers_alone HEADERS ${headers} LIBRARIES hifloat::hifloat)

# And all of them by nvcc, after the public API as a program.
list(TRANSFORM headers REPLACE "(.+)" "#include <\\1>\n" OUTPUT_VARIABLE all_headers)
list(JOIN all_headers "" all_headers)
set(public_api ${CMAKE_CURRENT_BINARY_DIR}/public_api)
file(CONFIGURE OUTPUT ${public_api}.cpp CONTENT "#include \"${CMAKE_CURRENT_LIST_DIR}/pinned_api.cpp\"\n${all_headers}")
hifloat_add_script_test(public_api_nvcc ${CMAKE_CURRENT_LIST_DIR}/run_nvcc.cmake LABELS compile DEFINES
  NVCC=${HIFLOAT_NVCC} SOURCE=${public_api}.cpp PROGRAM=${public_api}_nvcc)

file(GLOB eigen_headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/hifloat/eigen/*.hpp)
hifloat_add_headers_alone(eigen_headers_alone HEADERS ${eigen_headers} LIBRARIES hifloat::eigen)

file(GLOB io_headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/hifloat/io/*.hpp)
hifloat_add_headers_alone(io_headers_alone HEADERS ${io_headers} LIBRARIES hifloat::io)

# And for the other compilers that are tested, whatever the project's own is: minutes, with nvcc a quarter of an hour.
# hifloat_add_headers_alone_test(<name> <compiler> <flags> EXCLUDE|INCLUDE <regular expression of headers>)
function(hifloat_add_headers_alone_test name compiler flags filter which)
  hifloat_add_script_test(headers_${name} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/headers_alone.cmake LABELS slow DEFINES
    COMPILER=${compiler} FLAGS=${flags} FILTER=${filter} WHICH=${which}
    SOURCE=${CMAKE_CURRENT_BINARY_DIR}/header_${name}.cpp
    EIGEN=$<TARGET_PROPERTY:Eigen3::Eigen,INTERFACE_INCLUDE_DIRECTORIES>)
  set_tests_properties(headers_${name} PROPERTIES TIMEOUT 3600)
endfunction()
foreach(version IN ITEMS 14 19)
  find_program(HIFLOAT_CLANG_${version} clang++-${version})
  mark_as_advanced(HIFLOAT_CLANG_${version})
  hifloat_add_headers_alone_test(clang_${version} "${HIFLOAT_CLANG_${version}}"
    "-fsyntax-only -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror" EXCLUDE "mpi/|cuda/")
endforeach()
set(nvcc_flags
  "-Xcompiler=-Wall,-Wextra,-Wconversion,-Wsign-conversion,-Wshadow -Werror all-warnings -x cu -c -o ${CMAKE_CURRENT_BINARY_DIR}")
hifloat_add_headers_alone_test(nvcc_alone "${HIFLOAT_NVCC}" "${nvcc_flags}/header_nvcc.o" EXCLUDE "mpi/|cuda/nccl|eigen/")
# What Eigen 3.4 asks for itself: nvcc knows no system headers, and warns of Eigen's.
hifloat_add_headers_alone_test(nvcc_eigen "${HIFLOAT_NVCC}"
  "--expt-relaxed-constexpr -diag-suppress 20012 ${nvcc_flags}/header_nvcc_eigen.o" INCLUDE "eigen/")

# And for a compiler that isn't here.
hifloat_add_script_test(msvc_syntax ${CMAKE_CURRENT_LIST_DIR}/msvc_syntax.cmake LABELS compile DEFINES
  WORK_DIR=${CMAKE_CURRENT_BINARY_DIR}/msvc_syntax)
