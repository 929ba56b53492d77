# The public API as a program: built here by the project's compiler, and by nvcc where there is one.
hifloat_add_executable(pinned_api SOURCES pinned_api.cpp OPTIONS -UNDEBUG)  # its checks are assert()
add_test(NAME pinned_api COMMAND pinned_api)

# nvcc is a program to look for and not a CMake language: its host code runs on machines without a GPU.
find_program(HIFLOAT_NVCC nvcc PATHS ENV CUDA_HOME ENV CUDA_PATH /usr/local/cuda PATH_SUFFIXES bin)
mark_as_advanced(HIFLOAT_NVCC)
hifloat_add_script_test(pinned_api_nvcc ${CMAKE_CURRENT_SOURCE_DIR}/run_nvcc.cmake LABELS compile DEFINES
  NVCC=${HIFLOAT_NVCC} SOURCE=${CMAKE_CURRENT_SOURCE_DIR}/pinned_api.cpp PROGRAM=${CMAKE_CURRENT_BINARY_DIR}/pinned_api_nvcc)
hifloat_add_script_test(headers_nvcc ${CMAKE_CURRENT_SOURCE_DIR}/run_nvcc.cmake LABELS compile DEFINES
  NVCC=${HIFLOAT_NVCC} SOURCE=${CMAKE_CURRENT_BINARY_DIR}/all_headers.cpp PROGRAM=${CMAKE_CURRENT_BINARY_DIR}/headers_nvcc)
