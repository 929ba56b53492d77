# Makes the single header and builds SOURCE with nothing else of the library in reach, and runs it.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD_DIR} --target amalgamate COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CXX} -std=c++20 -O0 -Wall -Wextra -Werror -I ${BUILD_DIR}/single_include ${SOURCE} -o ${PROGRAM}
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${PROGRAM} COMMAND_ERROR_IS_FATAL ANY)

# Two versions in one program: this one, and one that differs in nothing but its number.
set(two_versions ${CMAKE_CURRENT_LIST_DIR}/two_versions)
set(other_include ${BUILD_DIR}/other_version)
file(READ ${BUILD_DIR}/single_include/hifloat/hifloat.hpp header)
string(REGEX REPLACE "([^a-z])v[0-9]+_[0-9]+([^0-9])" "\\1v9_9\\2" header "${header}")
file(WRITE ${other_include}/hifloat/hifloat.hpp "${header}")
set(compile ${CXX} -std=c++20 -O0 -c ${two_versions}/use.cpp)
execute_process(COMMAND ${compile} -I ${BUILD_DIR}/single_include -DSCALER=one -DUSE=use_one -o ${PROGRAM}_one.o
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${compile} -I ${other_include} -DSCALER=other -DUSE=use_other -o ${PROGRAM}_other.o
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CXX} -std=c++20 ${two_versions}/main.cpp ${PROGRAM}_one.o ${PROGRAM}_other.o -o ${PROGRAM}_both
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${PROGRAM}_both COMMAND_ERROR_IS_FATAL ANY)
