# The CUDA part. On every machine: its work on the CPU (test_cuda_*.cpp, exhaustive_cuda.cpp, beside the others), its code
# as nvcc makes it, and how CMake finds it. On one with a GPU: the tests labelled gpu. Elsewhere they skip and say why, but
# those labelled emulated are the same on an emulated one.
hifloat_add_script_test(cuda_code ${CMAKE_CURRENT_LIST_DIR}/check_kernels.cmake LABELS compile DEFINES
  NVCC=${HIFLOAT_NVCC} SOURCE=${CMAKE_CURRENT_LIST_DIR}/kernels.cu WORK_DIR=${CMAKE_CURRENT_BINARY_DIR}/cuda_kernels)

hifloat_add_script_test(consumer_cuda ${CMAKE_CURRENT_LIST_DIR}/../consumer/cuda.cmake LABELS consumer DEFINES
  NVCC=${HIFLOAT_NVCC} HIFLOAT_SOURCE_DIR=${PROJECT_SOURCE_DIR} WORK_DIR=${CMAKE_CURRENT_BINARY_DIR}/consumer_cuda
  GENERATOR=${CMAKE_GENERATOR} MAKE_PROGRAM=${CMAKE_MAKE_PROGRAM} VERSION=${PROJECT_VERSION})

if(NOT hifloat_has_cuda OR NOT sanitized EQUAL -1)
  return()
endif()

add_library(gpu_test_reference OBJECT ${CMAKE_CURRENT_LIST_DIR}/reference.cpp ${CMAKE_CURRENT_LIST_DIR}/main.cpp)
target_link_libraries(gpu_test_reference PRIVATE hifloat::hifloat hifloat_warnings doctest::doctest)
target_compile_options(gpu_test_reference PRIVATE -O2)

target_compile_definitions(gpu_test_reference PRIVATE GPU_TEST_SKIPPED=77)
hifloat_add_cuda_objects(gpu_test_usable SOURCES ${CMAKE_CURRENT_LIST_DIR}/usable_gpu.cu OPTIONS -no-compress)

# hifloat_add_gpu_test(<name> SOURCES ... [LIBRARIES ...] [OPTIONS <nvcc option>...])
# Its own objects are object library <name>_objects. Their PTX is left readable, for the emulated GPU.
function(hifloat_add_gpu_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES;OPTIONS")
  list(TRANSFORM arg_SOURCES PREPEND ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/)
  hifloat_add_cuda_objects(${name}_objects SOURCES ${arg_SOURCES}
    LIBRARIES doctest::doctest ${arg_LIBRARIES} OPTIONS -no-compress ${arg_OPTIONS})
  add_executable(test_${name}
    $<TARGET_OBJECTS:${name}_objects> $<TARGET_OBJECTS:gpu_test_usable> $<TARGET_OBJECTS:gpu_test_reference>)
  set_target_properties(test_${name} PROPERTIES LINKER_LANGUAGE CUDA)
  target_link_libraries(test_${name} PRIVATE Threads::Threads ${arg_LIBRARIES})
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES LABELS gpu SKIP_RETURN_CODE 77 TIMEOUT 600)
endfunction()

hifloat_add_gpu_test(gpu_arrays SOURCES gpu_arrays.cu)
hifloat_add_gpu_test(gpu_calls SOURCES gpu_calls.cu)
hifloat_add_gpu_test(gpu_device_api SOURCES gpu_device_api.cu)
hifloat_add_gpu_test(gpu_group SOURCES gpu_group.cu)
hifloat_add_gpu_test(gpu_options SOURCES gpu_options.cu)
hifloat_add_gpu_test(gpu_skinny SOURCES gpu_skinny.cu)
hifloat_add_gpu_test(gpu_arrays_fast_math SOURCES gpu_arrays.cu OPTIONS --use_fast_math)
if(TARGET CUDA::cublasLt)
  hifloat_add_gpu_test(gpu_matmul SOURCES gpu_matmul.cu LIBRARIES hifloat::cublaslt)
else()
  message(STATUS "hifloat: no cublasLt found: products on a GPU are not tested")
endif()
if(UNIX AND CMAKE_CUDA_ARCHITECTURES MATCHES "^[0-9]+(-virtual)?(;[0-9]+(-virtual)?)*$")  # those have PTX
  include(${CMAKE_CURRENT_LIST_DIR}/emulator/emulator.cmake)
else()
  message(STATUS "hifloat: the GPU tests don't run on the emulated GPU: it needs PTX, and a Unix")
endif()

# NCCL's part is only compiled: what it needs is several GPUs.
find_path(HIFLOAT_NCCL_HEADERS nccl.h HINTS ${CUDAToolkit_INCLUDE_DIRS})
mark_as_advanced(HIFLOAT_NCCL_HEADERS)
if(HIFLOAT_NCCL_HEADERS)
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/nccl_alone.cu CONTENT
    "#include <hifloat/cuda/nccl.cuh>\ntemplate ncclResult_t hifloat::cuda::all_reduce_amax(const hifloat::cuda::ScalerGroup<>&, \
ncclComm_t, cudaStream_t) noexcept;\n")
  add_library(nccl_alone OBJECT ${CMAKE_CURRENT_BINARY_DIR}/nccl_alone.cu)
  target_link_libraries(nccl_alone PRIVATE hifloat::cuda)
  target_include_directories(nccl_alone SYSTEM PRIVATE ${HIFLOAT_NCCL_HEADERS})
else()
  message(STATUS "hifloat: no NCCL found: cuda/nccl.cuh is not compiled")
endif()
