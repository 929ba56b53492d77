# The CUDA part. On every machine: its work on the CPU (test_cuda_*.cpp, exhaustive_cuda.cpp, beside the others), its code
# as nvcc makes it, and how CMake finds it. On one with a GPU: the tests labelled gpu; elsewhere they skip and say why.
hifloat_add_script_test(cuda_code ${CMAKE_CURRENT_LIST_DIR}/check_kernels.cmake LABELS compile DEFINES
  NVCC=${HIFLOAT_NVCC} SOURCE=${CMAKE_CURRENT_LIST_DIR}/kernels.cu WORK_DIR=${CMAKE_CURRENT_BINARY_DIR}/cuda_kernels)

hifloat_add_script_test(consumer_cuda ${CMAKE_CURRENT_LIST_DIR}/../consumer/cuda.cmake LABELS consumer DEFINES
  NVCC=${HIFLOAT_NVCC} HIFLOAT_SOURCE_DIR=${PROJECT_SOURCE_DIR} WORK_DIR=${CMAKE_CURRENT_BINARY_DIR}/consumer_cuda
  GENERATOR=${CMAKE_GENERATOR} MAKE_PROGRAM=${CMAKE_MAKE_PROGRAM})

if(NOT hifloat_has_cuda OR NOT sanitized EQUAL -1)
  return()
endif()

add_library(gpu_test_reference OBJECT ${CMAKE_CURRENT_LIST_DIR}/reference.cpp ${CMAKE_CURRENT_LIST_DIR}/main.cpp)
target_link_libraries(gpu_test_reference PRIVATE hifloat::hifloat hifloat_warnings doctest::doctest)
target_compile_options(gpu_test_reference PRIVATE -O2)

# hifloat_add_gpu_test(<name> SOURCES ... [OPTIONS <nvcc option>...])
function(hifloat_add_gpu_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;OPTIONS")
  list(TRANSFORM arg_SOURCES PREPEND ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/)
  hifloat_add_cuda_executable(test_${name}
    SOURCES ${arg_SOURCES} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/usable_gpu.cu $<TARGET_OBJECTS:gpu_test_reference>
    LIBRARIES doctest::doctest OPTIONS ${arg_OPTIONS})
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES LABELS gpu SKIP_RETURN_CODE 77 TIMEOUT 600)
endfunction()
target_compile_definitions(gpu_test_reference PRIVATE GPU_TEST_SKIPPED=77)

hifloat_add_gpu_test(gpu_arrays SOURCES gpu_arrays.cu)
hifloat_add_gpu_test(gpu_group SOURCES gpu_group.cu)
hifloat_add_gpu_test(gpu_arrays_fast_math SOURCES gpu_arrays.cu OPTIONS --use_fast_math)
