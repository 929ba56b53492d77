# The examples run, and what a user gives them wrong ends in one line and exit code 2.

# hifloat_add_example_test(<name> COMMAND <command>... MATCHES <regex>): succeeds, and prints something that matches.
function(hifloat_add_example_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "MATCHES" "COMMAND")
  add_test(NAME example_${name} COMMAND ${CMAKE_COMMAND} -D CODE=0 -D "MATCHES=${arg_MATCHES}"
    -P ${CMAKE_CURRENT_SOURCE_DIR}/expect.cmake -- ${arg_COMMAND})
  set_tests_properties(example_${name} PROPERTIES TIMEOUT 300)
endfunction()

# An estimate a fourth of what it should be: HiF8 demotes what the others clip.
hifloat_add_example_test(compare_formats COMMAND $<TARGET_FILE:compare_formats>
  MATCHES "normal\n  hif8 +15 +31\\.6[^\n]* 26\\.5[^\n]*\n  e4m3fn +448 +31\\.6[^\n]* 9\\.6 ")
hifloat_add_example_test(spike COMMAND $<TARGET_FILE:spike> MATCHES "step 3: 5000 .*Max 64")
# Of an error of 50 at first, HiF8 is left with the noise and less than a fifth more, BF16 with the noise.
hifloat_add_example_test(eigen_layer COMMAND $<TARGET_FILE:eigen_layer>
  MATCHES "\nHiF8 +5[0-9]\\.[^\n]* 1\\.[01][0-9]+\nBF16 +5[0-9]\\.[^\n]* (0\\.9|1\\.0)[0-9]+\n$")
# HiF8 at target 15 within 1 point of BF16 over 3 seeds, or it fails.
hifloat_add_example_test(digits_mlp COMMAND $<TARGET_FILE:digits_mlp> --check MATCHES "HiF8, target 15")
# Three of its five tests fail, each for its own reason: that is what the example shows.
hifloat_add_executable(kernel_test SOURCES kernel_test.cpp LIBRARIES hifloat_test_main)
add_test(NAME example_kernel_test COMMAND kernel_test)
string(CONCAT kernel_test_output "CASE:  at every boundary.*a tie, up.*CASE:  what is too large.*saturates -> 32768"
  ".*CASE:  subnormal.*flushed to zero.*2 passed .* 3 failed")
set_tests_properties(example_kernel_test PROPERTIES PASS_REGULAR_EXPRESSION "${kernel_test_output}")
# What the larger examples share.
hifloat_add_executable(example_common_test LIBRARIES example_common hifloat_test_main SOURCES
  common/tests/jobs_test.cpp common/tests/record_test.cpp common/tests/statistics_test.cpp common/tests/text_test.cpp)
add_test(NAME example_common COMMAND example_common_test)
set_tests_properties(example_common PROPERTIES TIMEOUT 300)

# Needs no package; one of its cases reads the real ones where they are installed.
hifloat_add_executable(language_test LIBRARIES example_language hifloat_test_main SOURCES
  language/tests/byte_pairs_test.cpp language/tests/corpus_test.cpp language/tests/wordnet_test.cpp)
add_test(NAME example_language COMMAND language_test)
set_tests_properties(example_language PROPERTIES TIMEOUT 300)

# What needs the packages is left out where they are missing.
hifloat_add_executable(qat_study_test LIBRARIES example_qat_study hifloat_test_main SOURCES
  qat_study/tests/qat_study_test.cpp)
add_test(NAME example_qat_study COMMAND qat_study_test)
set_tests_properties(example_qat_study PROPERTIES TIMEOUT 600 LABELS study RUN_SERIAL ON)
hifloat_add_executable(schedule_study_test LIBRARIES example_schedule_study hifloat_test_main SOURCES
  schedule_study/tests/claims_test.cpp schedule_study/tests/options_test.cpp schedule_study/tests/schedule_study_test.cpp)
add_test(NAME example_schedule_study COMMAND schedule_study_test)
set_tests_properties(example_schedule_study PROPERTIES TIMEOUT 600 LABELS study RUN_SERIAL ON)
hifloat_add_example_test(compare_amax_help COMMAND $<TARGET_FILE:compare_amax> --help MATCHES "^compare_amax: ")
hifloat_add_example_test(compare_amax COMMAND $<TARGET_FILE:compare_amax> --steps 16 --seeds 2
  MATCHES "BF16 .*Max 256 .*\n-- .*MostRecent .*Max 64 ")
file(CONFIGURE OUTPUT trace.csv CONTENT "step,tensor,amax\n0,w,1\n1,w,1\n2,w,4\n3,w,1\n4,w,nan\n5,w,2\n")
# Of four finite steps after the first, MostRecent is passed at steps 2 and 5, Max 2 and longer at step 2 only.
hifloat_add_example_test(compare_amax_trace COMMAND $<TARGET_FILE:compare_amax> --trace ${CMAKE_CURRENT_BINARY_DIR}/trace.csv
  MATCHES "1 of them not finite.*\nmax +2 +25.00 +4.00x +4.00x.*\nmost_recent +1 +50.00 +4.00x +4.00x")

# hifloat_add_refusal(<name> MESSAGE <regex> [CONTENT <text>] [BY <target>] ARGS <argument>...): compare_amax, or the
# target, refuses ARGS, where @FILE@ is a file that holds CONTENT.
function(hifloat_add_refusal name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "MESSAGE;CONTENT;BY" "ARGS")
  if(NOT arg_BY)
    set(arg_BY compare_amax)
  endif()
  set(file ${CMAKE_CURRENT_BINARY_DIR}/refused/${name})
  file(CONFIGURE OUTPUT ${file} CONTENT "${arg_CONTENT}" @ONLY NEWLINE_STYLE UNIX)
  string(REPLACE @FILE@ ${file} arguments "${arg_ARGS}")
  add_test(NAME example_refuses_${name} COMMAND ${CMAKE_COMMAND} -D CODE=2 -D "MATCHES=${arg_MESSAGE}"
    -P ${CMAKE_CURRENT_SOURCE_DIR}/expect.cmake -- $<TARGET_FILE:${arg_BY}> ${arguments})
endfunction()

hifloat_add_refusal(unknown_option MESSAGE "unknown option '--stepz'" ARGS --stepz 3)
hifloat_add_refusal(missing_value MESSAGE "--steps needs a value" ARGS --steps)
hifloat_add_refusal(bad_number MESSAGE "--steps: '12x' is no whole number" ARGS --steps 12x)
hifloat_add_refusal(target_outside_the_format MESSAGE "--target: '17' is no positive HiF8 value" ARGS --target 17)
hifloat_add_refusal(missing_wav MESSAGE "cannot be read" ARGS --wav @FILE@.not_there)
hifloat_add_refusal(foreign_wav MESSAGE "not a RIFF WAVE file" CONTENT "ID3 is no speech" ARGS --wav @FILE@)
# Sizes are four bytes: "aaaa" is about 1.6 GB.
hifloat_add_refusal(truncated_wav MESSAGE "truncated" CONTENT "RIFFaaaaWAVEfmt aaaarest" ARGS --wav @FILE@)
hifloat_add_refusal(trace_without_header MESSAGE "line 1: the header has not all of step, tensor and amax" CONTENT "1,w,2\n" ARGS --trace @FILE@)
hifloat_add_refusal(trace_with_bad_amax MESSAGE "line 3: the amax is no number"
  CONTENT "step,tensor,amax\n1,w,2.5\n2,w,loud\n" ARGS --trace @FILE@)
hifloat_add_refusal(trace_with_a_step_back MESSAGE "line 3: step 1 of this tensor does not come after step 2"
  CONTENT "step,tensor,amax\n2,w,2.5\n1,w,2\n" ARGS --trace @FILE@)
hifloat_add_refusal(trace_with_a_short_line MESSAGE "line 2: fewer columns than the header has" CONTENT "step,tensor,amax\n2,w\n" ARGS --trace @FILE@)
hifloat_add_refusal(rate_that_is_no_number BY schedule_study MESSAGE "--rate: 'fast' is no number from 1e-06 to 10" ARGS --rate fast)
hifloat_add_refusal(unknown_optimiser BY schedule_study MESSAGE "--optimiser: 'lion' is none of adamw, sgd" ARGS --optimiser lion)
hifloat_add_refusal(two_presets BY schedule_study MESSAGE "--quick and --full exclude each other" ARGS --quick --full)
hifloat_add_refusal(missing_wordnet BY schedule_study MESSAGE "apt-get install wordnet-base" ARGS --wordnet @FILE@.not_there)

hifloat_add_refusal(qat_study_without_wordnet BY qat_study MESSAGE "cannot be read .Debian: apt-get install wordnet-base."
  ARGS --wordnet @FILE@.not_there)

# Without gnuplot --plot says so before it trains.
add_test(NAME example_refuses_plot_without_gnuplot COMMAND ${CMAKE_COMMAND} -E env PATH=
  ${CMAKE_COMMAND} -D CODE=2 -D "MATCHES=needs gnuplot" -P ${CMAKE_CURRENT_SOURCE_DIR}/expect.cmake --
  $<TARGET_FILE:compare_amax> --plot plot.svg)

include(quantize_file/tests.cmake)
if(hifloat_has_mpi)
  include(distributed_qat/tests.cmake)
endif()
