# What quantize_file makes of a file, and how it refuses what it can't use.
hifloat_add_executable(quantize_file_test LIBRARIES example_quantize_file hifloat_test_main SOURCES
  quantize_file/tests/quantize_file_test.cpp)
target_compile_definitions(quantize_file_test PRIVATE HIFLOAT_QUANTIZE_FILE="$<TARGET_FILE:quantize_file>")
add_dependencies(quantize_file_test quantize_file)
add_test(NAME example_quantize_file COMMAND quantize_file_test)
add_test(NAME example_quantize_file_full COMMAND quantize_file_test)  # with files of more than a gigabyte
set_tests_properties(example_quantize_file_full PROPERTIES LABELS slow ENVIRONMENT HIFLOAT_TEST_FULL=1)
# They share a folder.
set_tests_properties(example_quantize_file example_quantize_file_full PROPERTIES TIMEOUT 300
  RESOURCE_LOCK quantize_file_test)

find_package(Python3 COMPONENTS Interpreter QUIET)
if(Python3_FOUND)
  add_test(NAME example_quantize_file_figures COMMAND ${Python3_EXECUTABLE}
    ${CMAKE_CURRENT_LIST_DIR}/tests/check_figures.py $<TARGET_FILE:quantize_file> ${CMAKE_CURRENT_BINARY_DIR}/figures)
else()
  message(STATUS "hifloat: no Python 3: the figures that quantize_file prints are not checked")
endif()

# hifloat_add_quantize_file_refusal(<name> MESSAGE <regex> ARGS <argument>...)
function(hifloat_add_quantize_file_refusal name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "MESSAGE" "ARGS")
  add_test(NAME example_quantize_file_refuses_${name} COMMAND ${CMAKE_COMMAND} -D CODE=2 -D "MATCHES=${arg_MESSAGE}"
    -P ${CMAKE_CURRENT_SOURCE_DIR}/expect.cmake -- $<TARGET_FILE:quantize_file> ${arg_ARGS})
endfunction()

set(work ${CMAKE_CURRENT_BINARY_DIR}/refused)
file(CONFIGURE OUTPUT ${work}/foreign.safetensors CONTENT "a zip archive or so")
hifloat_add_quantize_file_refusal(one_file MESSAGE "needs two files" ARGS in)
hifloat_add_quantize_file_refusal(three_files MESSAGE "needs two files, not 'more' too" ARGS in out more)
hifloat_add_quantize_file_refusal(option MESSAGE "unknown option '--more'" ARGS in out --more)
hifloat_add_quantize_file_refusal(target MESSAGE "--target: '65536' is no number from 1 to 32768" ARGS in out --target 65536)
hifloat_add_quantize_file_refusal(rounding MESSAGE "--rounding: 'up' is no rounding" ARGS in out --rounding up)
hifloat_add_quantize_file_refusal(missing MESSAGE "not_there: cannot be opened" ARGS ${work}/not_there out)
hifloat_add_quantize_file_refusal(foreign MESSAGE "foreign.safetensors: not a safetensors file"
  ARGS ${work}/foreign.safetensors out)
hifloat_add_example_test(quantize_file_help COMMAND $<TARGET_FILE:quantize_file> --help MATCHES "^quantize_file: ")
