# What cl.exe sees of the headers has nothing in it that only g++ and clang know. There is no cl here: its macros are
# defined and its competitors' are not, all other headers are empty, and the preprocessor's output is searched.
cmake_minimum_required(VERSION 3.25)
file(GLOB_RECURSE headers RELATIVE ${INCLUDE_DIR} ${INCLUDE_DIR}/hifloat/*.hpp)
foreach(header IN LISTS headers)
  file(STRINGS ${INCLUDE_DIR}/${header} includes REGEX "^ *# *include <[^>]+>")
  list(FILTER includes EXCLUDE REGEX "<hifloat/")
  foreach(include IN LISTS includes)
    string(REGEX REPLACE ".*<(.+)>.*" "\\1" name "${include}")
    file(WRITE ${WORK_DIR}/include/${name} "")
  endforeach()
endforeach()
list(TRANSFORM headers REPLACE "(.+)" "#include <\\1>\n")
list(JOIN headers "" source)
file(WRITE ${WORK_DIR}/all.cpp "${source}")

execute_process(COMMAND ${CXX} -std=c++20 -E -P -nostdinc -nostdinc++ -I ${INCLUDE_DIR} -I ${WORK_DIR}/include
  -U__GNUC__ -U__clang__ -U__SSE2__ -U__x86_64__ -U__aarch64__ -U__linux__ -U__unix__ -U__APPLE__
  -D_MSC_VER=1940 -D_MSVC_LANG=202002L -D_M_X64=100 -D_WIN32=1 -D_WIN64=1
  ${WORK_DIR}/all.cpp
  OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
string(FIND "${text}" "__forceinline" found)
if(found EQUAL -1)
  message(FATAL_ERROR "this is not what cl.exe sees")
endif()
string(REGEX REPLACE "__builtin_bit_cast" "" text "${text}")  # cl.exe has it
string(REGEX REPLACE ";|\\[|\\]" " " text "${text}")          # special in CMake's lists
string(REGEX MATCHALL "[^\n]*(__attribute__|__builtin_|__asm__|[^_a-z]asm |__int128|__PRETTY_FUNCTION__|__restrict__|__typeof|_Pragma)[^\n]*" lines
  "${text}")
foreach(line IN LISTS lines)
  message(SEND_ERROR "cl.exe does not know: ${line}")
endforeach()

# Nor what <windows.h> would replace, whose min and max are macros: their names are in parentheses.
file(GLOB_RECURSE files ${INCLUDE_DIR}/hifloat/*)
foreach(file IN LISTS files)
  file(STRINGS ${file} lines REGEX "(^|[^a-z_(])(min|max) *\\(")
  list(FILTER lines EXCLUDE REGEX "^ *//")
  foreach(line IN LISTS lines)
    message(SEND_ERROR "${file}: a macro of <windows.h>: ${line}")
  endforeach()
endforeach()
