# Doxygen has nothing to say against the comments, and every type, function and namespace has one. Members whose name
# and type say it all need none.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND ${DOXYGEN} ${DOXYFILE} ERROR_VARIABLE warnings COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE "[^\n]*warning: Member [^\n]* of (class|struct) [^\n]* is not documented\\.\n" "" warnings "${warnings}")
if(NOT warnings STREQUAL "")
  message(FATAL_ERROR "${warnings}")
endif()
