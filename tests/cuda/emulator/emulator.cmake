# The GPU tests once more, on the emulated GPU: their objects, linked with it in place of the CUDA runtime. They must have
# PTX in them.
file(GLOB emulator_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cpp)
if(NOT TARGET CUDA::cublasLt)
  list(FILTER emulator_sources EXCLUDE REGEX "/cublaslt\\.cpp$")
endif()
add_library(gpu_emulator STATIC ${emulator_sources})
target_include_directories(gpu_emulator SYSTEM PRIVATE ${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES})
target_compile_features(gpu_emulator PUBLIC cxx_std_20)
target_link_libraries(gpu_emulator PRIVATE hifloat_warnings)
# A register is read as whatever type the instruction at hand says, not as the one it was written with.
target_compile_options(gpu_emulator PRIVATE -O3 -fno-strict-aliasing -ffp-contract=off ${HIFLOAT_NATIVE_FLAGS})
set_target_properties(gpu_emulator PROPERTIES UNITY_BUILD OFF)

# hifloat_add_emulated_test(<name> OBJECTS <object library>... [SETTINGS <variable>=<value>...])
# runs it twice: in the order written, and in a shuffled one.
function(hifloat_add_emulated_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "OBJECTS;SETTINGS")
  list(TRANSFORM arg_OBJECTS REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>")
  add_executable(test_${name} ${arg_OBJECTS})
  target_link_libraries(test_${name} PRIVATE gpu_emulator Threads::Threads)
  set_target_properties(test_${name} PROPERTIES LINKER_LANGUAGE CXX)
  add_test(NAME ${name} COMMAND test_${name})
  add_test(NAME ${name}_shuffled COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "${arg_SETTINGS}")
  set_tests_properties(${name}_shuffled PROPERTIES ENVIRONMENT "GPU_EMULATOR_SEED=1;${arg_SETTINGS}")
  set_tests_properties(${name} ${name}_shuffled PROPERTIES LABELS emulated TIMEOUT 600)
endfunction()

set(emulator_tests test_emulator.cu test_mistakes.cu test_races.cu)
set(emulator_test_libraries doctest::doctest)
if(TARGET CUDA::cublasLt)
  list(APPEND emulator_tests test_cublaslt.cu)
  list(APPEND emulator_test_libraries hifloat::cublaslt)
endif()
list(TRANSFORM emulator_tests PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
hifloat_add_cuda_objects(gpu_emulator_objects SOURCES ${emulator_tests} LIBRARIES ${emulator_test_libraries}
  OPTIONS -no-compress)
hifloat_add_emulated_test(gpu_emulator OBJECTS gpu_emulator_objects)
set(test_objects gpu_test_usable gpu_test_reference)
foreach(name IN ITEMS gpu_calls gpu_device_api gpu_group gpu_options gpu_skinny)
  hifloat_add_emulated_test(emulated_${name} OBJECTS ${name}_objects ${test_objects} SETTINGS HIFLOAT_GPU_QUICK=1)
endforeach()
if(TARGET gpu_matmul_objects)
  hifloat_add_emulated_test(emulated_gpu_matmul OBJECTS gpu_matmul_objects ${test_objects} SETTINGS HIFLOAT_GPU_QUICK=1)
endif()
hifloat_add_emulated_test(emulated_gpu_arrays OBJECTS gpu_arrays_objects ${test_objects}
  SETTINGS HIFLOAT_GPU_QUICK=9)
hifloat_add_emulated_test(emulated_gpu_arrays_fast_math OBJECTS gpu_arrays_fast_math_objects ${test_objects}
  SETTINGS HIFLOAT_GPU_QUICK=27)

# What kernels cost, counted.
hifloat_add_cuda_objects(emulated_gpu_cost_objects SOURCES ${CMAKE_CURRENT_LIST_DIR}/cost.cu
  LIBRARIES doctest::doctest OPTIONS -no-compress)
hifloat_add_emulated_test(emulated_gpu_cost OBJECTS emulated_gpu_cost_objects ${test_objects})
