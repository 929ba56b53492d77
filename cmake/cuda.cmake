# hifloat::cuda, for those who compile CUDA: HIFLOAT_CUDA is AUTO (if there is a compiler for it), ON (it must be there) or
# OFF. An nvcc before CUDA 13 is none: the first ones have no C++20, and with the others nothing is tested. Sets
# hifloat_has_cuda. An installed package has the target always: who builds it need not be who compiles with it. The
# language is the including project's to enable; only its compiler is looked for here, and what CMake remembers of that
# is put back.
set(HIFLOAT_CUDA AUTO CACHE STRING "The target hifloat::cuda: AUTO, ON or OFF")
set_property(CACHE HIFLOAT_CUDA PROPERTY STRINGS AUTO ON OFF)
set(hifloat_has_cuda OFF)

if(HIFLOAT_CUDA STREQUAL "AUTO" AND CMAKE_CROSSCOMPILING)
  message(STATUS "hifloat: cross-compiling: hifloat::cuda is left out (HIFLOAT_CUDA=AUTO)")
elseif(HIFLOAT_CUDA STREQUAL "AUTO" OR HIFLOAT_CUDA)
  if(DEFINED CMAKE_CUDA_COMPILER)
    set(HIFLOAT_CUDA_COMPILER ${CMAKE_CUDA_COMPILER})
  elseif(NOT HIFLOAT_CUDA_COMPILER)
    include(CheckLanguage)
    check_language(CUDA)
    set(HIFLOAT_CUDA_COMPILER ${CMAKE_CUDA_COMPILER} CACHE INTERNAL "What check_language(CUDA) found")
    unset(CMAKE_CUDA_COMPILER CACHE)
    unset(CMAKE_CUDA_HOST_COMPILER CACHE)
  endif()
  set(hifloat_cuda_lacks)
  if(NOT HIFLOAT_CUDA_COMPILER)
    set(hifloat_cuda_lacks "no CUDA compiler was found")
  else()
    execute_process(COMMAND ${HIFLOAT_CUDA_COMPILER} --version OUTPUT_VARIABLE hifloat_cuda_version ERROR_QUIET)
    if(hifloat_cuda_version MATCHES "release ([0-9.]+)" AND CMAKE_MATCH_1 VERSION_LESS 13)  # clang says no release
      set(hifloat_cuda_lacks "${HIFLOAT_CUDA_COMPILER} is of CUDA ${CMAKE_MATCH_1}, before 13")
    endif()
  endif()
  if(NOT hifloat_cuda_lacks)
    set(hifloat_has_cuda ON)
  elseif(HIFLOAT_CUDA STREQUAL "AUTO")
    message(STATUS "hifloat: ${hifloat_cuda_lacks}: hifloat::cuda is left out (HIFLOAT_CUDA=AUTO)")
  else()
    message(FATAL_ERROR "hifloat: HIFLOAT_CUDA is ${HIFLOAT_CUDA}, but ${hifloat_cuda_lacks}. Name one in CUDACXX or "
      "CMAKE_CUDA_COMPILER, or set HIFLOAT_CUDA to AUTO or OFF.")
  endif()
endif()

add_library(hifloat_cuda INTERFACE)
set_target_properties(hifloat_cuda PROPERTIES EXPORT_NAME cuda)
if(CMAKE_VERSION VERSION_LESS 3.26)  # knows no CUDA C++20 of nvcc's
  target_compile_options(hifloat_cuda INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20>)
else()
  target_compile_features(hifloat_cuda INTERFACE cuda_std_20)
endif()
target_link_libraries(hifloat_cuda INTERFACE hifloat)

# For those who have found the CUDA toolkit's libraries: cuda/matmul.cuh.
add_library(hifloat_cublaslt INTERFACE)
set_target_properties(hifloat_cublaslt PROPERTIES EXPORT_NAME cublaslt)
target_link_libraries(hifloat_cublaslt INTERFACE hifloat_cuda CUDA::cublasLt)

if(hifloat_has_cuda)
  add_library(hifloat::cuda ALIAS hifloat_cuda)
  add_library(hifloat::cublaslt ALIAS hifloat_cublaslt)
endif()
