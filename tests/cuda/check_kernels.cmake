# Compiles SOURCE with NVCC for all architectures in one call, warnings as errors and under --use_fast_math, which must
# change nothing: no kernel spills a register or has a stack, and none flushes subnormals.
cmake_minimum_required(VERSION 3.25)
if(NOT NVCC)
  message(NOTICE "skipped: no nvcc found")
  return()
endif()

file(MAKE_DIRECTORY ${WORK_DIR})
execute_process(
  COMMAND ${NVCC} -std=c++20 -I ${INCLUDE_DIR} --use_fast_math --threads 0 --keep --keep-dir ${WORK_DIR}
    -gencode arch=compute_80,code=sm_80 -gencode arch=compute_90,code=sm_90
    -gencode arch=compute_100,code=[sm_100,compute_100] -Xptxas -v
    -Xcompiler=-Wall,-Wextra,-Wconversion,-Wsign-conversion,-Wshadow -Werror all-warnings
    -c ${SOURCE} -o ${WORK_DIR}/kernels.o
  OUTPUT_VARIABLE report ERROR_VARIABLE report RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${report}")
endif()

file(GLOB ptx_files ${WORK_DIR}/*.ptx)
list(LENGTH ptx_files count)
if(NOT count EQUAL 3)
  message(FATAL_ERROR "expected the PTX of three architectures: ${ptx_files}")
endif()
foreach(ptx IN LISTS ptx_files)
  file(STRINGS ${ptx} flushing REGEX "\\.ftz")
  if(flushing)
    message(FATAL_ERROR "${ptx} flushes subnormals: ${flushing}")
  endif()
  file(STRINGS ${ptx} products REGEX "mul\\.rn\\.f32" LIMIT_COUNT 1)
  if(NOT products)
    message(FATAL_ERROR "${ptx} has no multiplication by a scale")
  endif()
endforeach()

string(REGEX MATCHALL "[0-9]+ bytes stack frame, [0-9]+ bytes spill stores, [0-9]+ bytes spill loads" frames "${report}")
list(LENGTH frames kernels)
if(kernels LESS 100)
  message(FATAL_ERROR "ptxas reported only ${kernels} functions:\n${report}")
endif()
list(FILTER frames EXCLUDE REGEX "^0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads$")
if(frames)
  message(FATAL_ERROR "kernels spill registers or have a stack: ${frames}\n${report}")
endif()
message(STATUS "${kernels} functions, none with a stack or spills")

# Files that mean other streams by stream 0 share no function, as those for other CPUs don't.
file(CONFIGURE OUTPUT ${WORK_DIR}/key.cu CONTENT "#include <hifloat/config.hpp>\nkey HIFLOAT_KEY\n")
foreach(stream IN ITEMS legacy per-thread)
  execute_process(COMMAND ${NVCC} -std=c++20 -I ${INCLUDE_DIR} --default-stream ${stream} -E ${WORK_DIR}/key.cu
    OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCH "\nkey [^\n]+" key_${stream} "${text}")
endforeach()
if("${key_legacy}" STREQUAL "" OR key_legacy STREQUAL "${key_per-thread}")
  message(FATAL_ERROR "--default-stream is not in the key: '${key_legacy}', '${key_per-thread}'")
endif()
