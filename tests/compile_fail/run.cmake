# SOURCE must not compile, with an error that its first line describes ("// expect: <regex>"), and must compile with
# HIFLOAT_CONTROL defined: so it is the intended mistake that fails.
cmake_minimum_required(VERSION 3.25)
file(STRINGS ${SOURCE} first_line LIMIT_COUNT 1)
if(NOT first_line MATCHES "^// expect: (.+)$")
  message(FATAL_ERROR "${SOURCE}: the first line must be '// expect: <regex>'")
endif()
set(expected "${CMAKE_MATCH_1}")

set(ENV{LC_ALL} C)  # plain quotes
set(compile ${CXX} -std=c++20 -fsyntax-only -I ${INCLUDE_DIR})
execute_process(COMMAND ${compile} -DHIFLOAT_CONTROL ${SOURCE} RESULT_VARIABLE result ERROR_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the control does not compile:\n${output}")
endif()
execute_process(COMMAND ${compile} ${SOURCE} RESULT_VARIABLE result ERROR_VARIABLE output)
if(result EQUAL 0)
  message(FATAL_ERROR "${SOURCE} compiles, and must not")
elseif(NOT output MATCHES "${expected}")
  message(FATAL_ERROR "the error does not match '${expected}':\n${output}")
endif()
