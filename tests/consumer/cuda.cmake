# HIFLOAT_CUDA's three values in a project of somebody else's, with NVCC in the path, an older one and without any. The
# project finds its own settings untouched, and builds a CUDA program with an installed package where there is a compiler.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE ${WORK_DIR})
set(path $ENV{PATH})
unset(ENV{CUDACXX})

set(toolchain -G ${GENERATOR} -DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM} -DCMAKE_CXX_COMPILER=${CXX})
set(as_subdirectory -DHIFLOAT_SOURCE_DIR=${HIFLOAT_SOURCE_DIR})

# configure(<build directory> <variable for the result> <variable for the output> <argument>...)
function(configure build result output)
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/cuda_project -B ${WORK_DIR}/${build}
    ${toolchain} ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text)
  set(${result} ${code} PARENT_SCOPE)
  set(${output} "${text}" PARENT_SCOPE)
endfunction()

function(expect what condition output)
  if(NOT "${output}" MATCHES "${condition}")
    message(FATAL_ERROR "${what}: expected '${condition}' in:\n${output}")
  endif()
endfunction()

# expect_left_out(<which compiler> <regular expression of what it lacks>): AUTO says so and goes on, ON is an error.
function(expect_left_out which why)
  configure(auto_${which} code text ${as_subdirectory})
  expect("AUTO, ${which}" "hifloat: ${why}: hifloat::cuda is left out" "${text}")
  expect("AUTO, ${which}" "hifloat::cuda: no" "${text}")
  if(code)
    message(FATAL_ERROR "AUTO, ${which}: it must go on:\n${text}")
  endif()
  configure(on_${which} code text ${as_subdirectory} -DHIFLOAT_CUDA=ON)
  string(REGEX REPLACE "[ \n]+" " " text "${text}")
  expect("ON, ${which}" "HIFLOAT_CUDA is ON, but ${why}" "${text}")
  if(NOT code)
    message(FATAL_ERROR "ON, ${which}: it must be an error:\n${text}")
  endif()
endfunction()

# Without: only what the C++ compiler needs.
set(ENV{PATH} /usr/bin:/bin)
set(ENV{CUDA_PATH} "")
if(NOT EXISTS /usr/bin/nvcc)
  expect_left_out(without "no CUDA compiler was found")
endif()

if(NOT NVCC)
  message(NOTICE "no nvcc found: only tested without it")
  return()
endif()
cmake_path(GET NVCC PARENT_PATH nvcc_dir)
set(ENV{PATH} ${nvcc_dir}:${path})
configure(off code text ${as_subdirectory} -DHIFLOAT_CUDA=OFF)
expect("OFF" "hifloat::cuda: no" "${text}")
configure(auto code text ${as_subdirectory} -DUSES_CUDA=ON)
expect("AUTO with a compiler" "hifloat::cuda: yes" "${text}")
if(code)
  message(FATAL_ERROR "AUTO with a compiler:\n${text}")
endif()

# An older one: NVCC, but for the release that it says.
file(CONFIGURE OUTPUT ${WORK_DIR}/older/nvcc NEWLINE_STYLE UNIX @ONLY CONTENT [=[
#!/bin/sh
if test "$1" = --version; then
  echo "Cuda compilation tools, release 12.9, V12.9.86"
else
  exec "@NVCC@" "$@"
fi
]=])
file(CHMOD ${WORK_DIR}/older/nvcc PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
set(ENV{CUDACXX} ${WORK_DIR}/older/nvcc)
expect_left_out(older "[^ ]*nvcc is of CUDA 12.9, before 13")
unset(ENV{CUDACXX})

# Who builds a package need not be who compiles CUDA with it.
execute_process(COMMAND ${CMAKE_COMMAND} -S ${HIFLOAT_SOURCE_DIR} -B ${WORK_DIR}/hifloat ${toolchain} -DHIFLOAT_CUDA=OFF
  -DHIFLOAT_BUILD_TESTS=OFF -DHIFLOAT_BUILD_BENCHMARKS=OFF -DHIFLOAT_BUILD_EXAMPLES=OFF
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --install ${WORK_DIR}/hifloat --prefix ${WORK_DIR}/prefix
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
configure(installed code text -DCMAKE_PREFIX_PATH=${WORK_DIR}/prefix -DVERSION=${VERSION} -DUSES_CUDA=ON)
expect("an installed package" "hifloat::cuda: yes" "${text}")
if(code)
  message(FATAL_ERROR "an installed package:\n${text}")
endif()
if(EXISTS ${nvcc_dir}/../lib64/libcublasLt.so)
  expect("an installed package" "hifloat::cublaslt: yes" "${text}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK_DIR}/installed COMMAND_ERROR_IS_FATAL ANY)

# A CUDA toolkit can be there without cublasLt.
configure(without_cublaslt code text -DCMAKE_PREFIX_PATH=${WORK_DIR}/prefix -DVERSION=${VERSION} -DUSES_CUDA=ON
  -DCUDA_cublasLt_LIBRARY:FILEPATH=)
expect("without cublasLt" "hifloat::cublaslt: no" "${text}")
if(code)
  message(FATAL_ERROR "without cublasLt:\n${text}")
endif()
