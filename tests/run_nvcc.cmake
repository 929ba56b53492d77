# Compiles SOURCE as CUDA with NVCC and its own choice of host compiler, all warnings as errors, and runs it.
cmake_minimum_required(VERSION 3.25)
if(NOT NVCC)
  message(NOTICE "skipped: no nvcc found")
  return()
endif()

# No -Wpedantic: nvcc's own intermediate files are full of line markers that it objects to.
execute_process(
  COMMAND ${NVCC} -std=c++20 -x cu -I ${INCLUDE_DIR}
    -Xcompiler=-Wall,-Wextra,-Wconversion,-Wsign-conversion,-Wshadow -Werror all-warnings ${SOURCE} -o ${PROGRAM}
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${PROGRAM} COMMAND_ERROR_IS_FATAL ANY)
