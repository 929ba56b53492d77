# The examples run, and what a user gives them wrong ends in one line and exit code 2.
add_test(NAME example_spike COMMAND spike)
set_tests_properties(example_spike PROPERTIES PASS_REGULAR_EXPRESSION "Max 64")

# HiF8 at target 15 within 1 point of BF16 over 3 seeds, or it fails.
add_test(NAME example_digits_mlp COMMAND digits_mlp --check)

add_test(NAME example_compare_amax COMMAND compare_amax --steps 16 --seeds 2)
set_tests_properties(example_compare_amax PROPERTIES
  PASS_REGULAR_EXPRESSION "BF16.*Max 256.*MostRecent.*Max 64" FAIL_REGULAR_EXPRESSION "diverged;nan")

add_test(NAME example_compare_amax_help COMMAND compare_amax --help)

# hifloat_add_refusal(<name> MESSAGE <regex> [CONTENT <text>] ARGS <argument>...): compare_amax refuses ARGS, where @FILE@ is
# a file that holds CONTENT.
function(hifloat_add_refusal name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "MESSAGE;CONTENT" "ARGS")
  set(file ${CMAKE_CURRENT_BINARY_DIR}/refused/${name})
  file(CONFIGURE OUTPUT ${file} CONTENT "${arg_CONTENT}" @ONLY NEWLINE_STYLE UNIX)
  string(REPLACE @FILE@ ${file} arguments "${arg_ARGS}")
  add_test(NAME example_refuses_${name} COMMAND ${CMAKE_COMMAND}
    -D "MESSAGE=${arg_MESSAGE}" -P ${CMAKE_CURRENT_SOURCE_DIR}/refuses.cmake -- $<TARGET_FILE:compare_amax> ${arguments})
endfunction()

hifloat_add_refusal(unknown_option MESSAGE "unknown option '--stepz'" ARGS --stepz 3)
hifloat_add_refusal(missing_value MESSAGE "--steps needs a value" ARGS --steps)
hifloat_add_refusal(bad_number MESSAGE "--steps: '12x' is no whole number" ARGS --steps 12x)
hifloat_add_refusal(target_outside_the_format MESSAGE "--target: '17' is no positive HiF8 value" ARGS --target 17)
hifloat_add_refusal(missing_wav MESSAGE "cannot be read" ARGS --wav @FILE@.not_there)
hifloat_add_refusal(foreign_wav MESSAGE "not a RIFF WAVE file" CONTENT "ID3 is no speech" ARGS --wav @FILE@)
# Sizes are four bytes: "aaaa" is about 1.6 GB.
hifloat_add_refusal(truncated_wav MESSAGE "truncated" CONTENT "RIFFaaaaWAVEfmt aaaarest" ARGS --wav @FILE@)
hifloat_add_refusal(trace_without_header MESSAGE "line 1: the header is not step,tensor,amax" CONTENT "1,w,2\n" ARGS --trace @FILE@)
hifloat_add_refusal(trace_with_bad_amax MESSAGE "line 3: the amax is no number"
  CONTENT "step,tensor,amax\n1,w,2.5\n2,w,loud\n" ARGS --trace @FILE@)
hifloat_add_refusal(trace_with_a_step_back MESSAGE "line 3: step 1 of this tensor does not come after step 2"
  CONTENT "step,tensor,amax\n2,w,2.5\n1,w,2\n" ARGS --trace @FILE@)
hifloat_add_refusal(trace_with_a_short_line MESSAGE "line 2: not three columns" CONTENT "step,tensor,amax\n2,w\n" ARGS --trace @FILE@)
