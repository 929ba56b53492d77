# Each header alone is the first a file includes, for a compiler that is asked for by name: no warnings, and nothing that the
# header forgot to include. The project's own compiler does this when the tests are built (hifloat_add_headers_alone).
cmake_minimum_required(VERSION 3.25)
if(NOT COMPILER)
  message("skipped: this machine has no such compiler")
  return()
endif()
separate_arguments(flags UNIX_COMMAND "${FLAGS}")
file(GLOB_RECURSE headers RELATIVE ${INCLUDE_DIR} ${INCLUDE_DIR}/hifloat/*.hpp ${INCLUDE_DIR}/hifloat/*.cuh)
list(FILTER headers EXCLUDE REGEX "^hifloat/(${WITHOUT})")
foreach(header IN LISTS headers)
  file(WRITE ${SOURCE} "#include <${header}>\n#include <${header}>\n")
  execute_process(COMMAND ${COMPILER} -std=c++20 -I ${INCLUDE_DIR} -isystem ${EIGEN} ${flags} ${SOURCE}
    RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(SEND_ERROR "${header} does not compile alone with ${COMPILER}")
  endif()
endforeach()
