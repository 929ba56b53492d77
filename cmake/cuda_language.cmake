# For this project's own CUDA programs. Host code gets the project's warnings, but -Wpedantic, which objects to nvcc's own
# intermediate files.
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 90)
  if(NOT HIFLOAT_BUILD_BENCHMARKS)  # tests do with PTX: a driver compiles it for its GPU, the emulated GPU interprets it
    set(CMAKE_CUDA_ARCHITECTURES 90-virtual)
  endif()
endif()
set(CMAKE_CUDA_COMPILER ${HIFLOAT_CUDA_COMPILER})
enable_language(CUDA)
find_package(CUDAToolkit QUIET)  # its cublasLt

set(hifloat_cuda_warnings ${HIFLOAT_WARNINGS})
list(REMOVE_ITEM hifloat_cuda_warnings -Wpedantic)
list(JOIN hifloat_cuda_warnings "," hifloat_cuda_warnings)

# hifloat_add_cuda_executable(<target> SOURCES ... [LIBRARIES ...] [OPTIONS <nvcc option>...])
function(hifloat_add_cuda_executable target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES;OPTIONS")
  add_executable(${target} ${arg_SOURCES})
  hifloat_compile_cuda(${target} LIBRARIES ${arg_LIBRARIES} OPTIONS ${arg_OPTIONS})
endfunction()

# hifloat_add_cuda_objects: an object library of the same.
function(hifloat_add_cuda_objects target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES;OPTIONS")
  add_library(${target} OBJECT ${arg_SOURCES})
  hifloat_compile_cuda(${target} LIBRARIES ${arg_LIBRARIES} OPTIONS ${arg_OPTIONS})
endfunction()

function(hifloat_compile_cuda target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES;OPTIONS")
  set_target_properties(${target} PROPERTIES CUDA_EXTENSIONS OFF)
  target_link_libraries(${target} PRIVATE hifloat::cuda Threads::Threads ${arg_LIBRARIES})
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=${hifloat_cuda_warnings} ${arg_OPTIONS}>
    $<$<AND:$<BOOL:${HIFLOAT_WARNINGS_AS_ERRORS}>,$<COMPILE_LANGUAGE:CUDA>>:-Werror=all-warnings>)
endfunction()
