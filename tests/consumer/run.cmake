# Builds and runs the consumer project in WORK_DIR, taking hifloat by WAY.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE ${WORK_DIR})

# What the headers may not give away to those who want to see warnings of their own.
set(cxx_flags "${WARNINGS} -Werror")
separate_arguments(warnings UNIX_COMMAND "${cxx_flags}")

set(toolchain -G ${GENERATOR} -DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM} -DCMAKE_CXX_COMPILER=${CXX})
set(arguments -DWAY=${WAY} -DHIFLOAT_SOURCE_DIR=${HIFLOAT_SOURCE_DIR} -DVERSION=${VERSION}
  -DCMAKE_CXX_FLAGS=${cxx_flags} -DARCHIVE=${WORK_DIR}/hifloat.tar.gz)
if(WAY STREQUAL "pkg_config")
  find_program(PKG_CONFIG NAMES pkg-config pkgconf)
  if(NOT PKG_CONFIG)
    message(NOTICE "skipped: no pkg-config found")
    return()
  endif()
endif()
if(WAY STREQUAL "fetch_content")
  file(MAKE_DIRECTORY ${WORK_DIR})
  execute_process(COMMAND ${CMAKE_COMMAND} -E tar czf ${WORK_DIR}/hifloat.tar.gz CMakeLists.txt cmake include
    WORKING_DIRECTORY ${HIFLOAT_SOURCE_DIR} COMMAND_ERROR_IS_FATAL ANY)
endif()
if(WAY MATCHES "find_package|pkg_config")
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${HIFLOAT_SOURCE_DIR} -B ${WORK_DIR}/hifloat ${toolchain}
    -DHIFLOAT_CUDA=OFF
    -DHIFLOAT_BUILD_TESTS=OFF -DHIFLOAT_BUILD_BENCHMARKS=OFF -DHIFLOAT_BUILD_EXAMPLES=OFF COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${CMAKE_COMMAND} --install ${WORK_DIR}/hifloat --prefix ${WORK_DIR}/prefix
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  list(APPEND arguments -DCMAKE_PREFIX_PATH=${WORK_DIR}/prefix)
endif()

# Without CMake: the compiler, and where the headers are.
if(WAY MATCHES "pkg_config|include_path")
  set(flags -I${HIFLOAT_SOURCE_DIR}/include)
  if(WAY STREQUAL "pkg_config")
    set(ENV{PKG_CONFIG_PATH} ${WORK_DIR}/prefix/share/pkgconfig)
    execute_process(COMMAND ${PKG_CONFIG} --cflags "hifloat = ${VERSION}" OUTPUT_VARIABLE flags
      OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    separate_arguments(flags UNIX_COMMAND "${flags}")
  endif()
  file(MAKE_DIRECTORY ${WORK_DIR}/build)
  execute_process(COMMAND ${CXX} -std=c++20 ${warnings} ${flags}
    ${CMAKE_CURRENT_LIST_DIR}/main.cpp ${CMAKE_CURRENT_LIST_DIR}/other.cpp -o ${WORK_DIR}/build/consumer
    COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${WORK_DIR}/build/consumer COMMAND_ERROR_IS_FATAL ANY)
  return()
endif()

execute_process(COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${WORK_DIR}/build ${toolchain} ${arguments}
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK_DIR}/build COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${WORK_DIR}/build/consumer COMMAND_ERROR_IS_FATAL ANY)
