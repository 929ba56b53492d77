# The packagings say the version that the headers say, and have a part for each component with needs of its own. Conan's
# recipe is only compiled.
cmake_minimum_required(VERSION 3.25)
file(READ ${PACKAGING_DIR}/vcpkg/hifloat/vcpkg.json port)
string(JSON version GET "${port}" version-semver)
if(NOT version STREQUAL VERSION)
  message(FATAL_ERROR "the vcpkg port has version ${version}, config.hpp ${VERSION}")
endif()

file(READ ${PACKAGING_DIR}/conan/conanfile.py recipe)
foreach(component IN ITEMS eigen io mpi)
  string(JSON dependency GET "${port}" features ${component} dependencies 0)  # stops where there is none
  if(NOT recipe MATCHES "\"${component}\": ")
    message(FATAL_ERROR "the Conan recipe has no component ${component}")
  endif()
endforeach()

find_program(PYTHON NAMES python3)
if(PYTHON)
  execute_process(COMMAND ${PYTHON} -c "import sys; compile(open(sys.argv[1]).read(), sys.argv[1], 'exec')"
    ${PACKAGING_DIR}/conan/conanfile.py COMMAND_ERROR_IS_FATAL ANY)
else()
  message(NOTICE "no python3 found: the Conan recipe is not compiled")
endif()
