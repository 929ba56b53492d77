# Each header that needs no third-party library is compiled alone.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/hifloat/*.hpp)
list(FILTER headers EXCLUDE REGEX "^hifloat/(eigen|mpi|io|cuda)/")

# The CUDA part's, as far as they need no CUDA.
set(cuda_headers codec_tables.cuh commit.cuh functors.cuh group_image.hpp memory.cuh meters.cuh options.cuh random_vector.cuh
  scaled_codes.cuh skinny_job.cuh spread.cuh)
list(TRANSFORM cuda_headers PREPEND hifloat/cuda/)
hifloat_add_headers_alone(cuda_headers_alone HEADERS ${cuda_headers} LIBRARIES hifloat::hifloat)

hifloat_add_headers_alone(headers_alone HEADERS ${headers} LIBRARIES hifloat::hifloat)

list(TRANSFORM headers REPLACE "(.+)" "#include <\\1>\n" OUTPUT_VARIABLE all_headers)
list(JOIN all_headers "" all_headers)
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/all_headers.cpp CONTENT "${all_headers}int main() {}\n")

file(GLOB eigen_headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/hifloat/eigen/*.hpp)
hifloat_add_headers_alone(eigen_headers_alone HEADERS ${eigen_headers} LIBRARIES hifloat::eigen)

file(GLOB io_headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/hifloat/io/*.hpp)
hifloat_add_headers_alone(io_headers_alone HEADERS ${io_headers} LIBRARIES hifloat::io)

# And for the clangs that are tested, whatever the project's own compiler is: minutes.
foreach(version IN ITEMS 14 19)
  find_program(HIFLOAT_CLANG_${version} clang++-${version})
  mark_as_advanced(HIFLOAT_CLANG_${version})
  hifloat_add_script_test(headers_clang_${version} ${CMAKE_CURRENT_LIST_DIR}/headers_clang.cmake LABELS slow DEFINES
    CLANG=${HIFLOAT_CLANG_${version}} "WITHOUT=mpi|cuda" EIGEN=$<TARGET_PROPERTY:Eigen3::Eigen,INTERFACE_INCLUDE_DIRECTORIES>
    SOURCE=${CMAKE_CURRENT_BINARY_DIR}/header_clang_${version}.cpp)
endforeach()

# And for a compiler that isn't here.
hifloat_add_script_test(msvc_syntax ${CMAKE_CURRENT_LIST_DIR}/msvc_syntax.cmake LABELS compile DEFINES
  WORK_DIR=${CMAKE_CURRENT_BINARY_DIR}/msvc_syntax)
