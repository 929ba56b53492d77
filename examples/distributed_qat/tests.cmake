# Training on 1, 2 and 4 ranks; a run that goes on with other numbers of them; and each way to fail, on three: a message, a
# nonzero exit code within 20 s, and a last checkpoint to go on from.
set(checkpoints ${CMAKE_CURRENT_BINARY_DIR}/checkpoints)
file(MAKE_DIRECTORY ${checkpoints})

# hifloat_add_distributed_test(<name> <ranks> MATCHES <regex> [FAILS] [AFTER <test>...] [ARGS ...])
function(hifloat_add_distributed_test name ranks)
  cmake_parse_arguments(PARSE_ARGV 2 arg "FAILS" "MATCHES" "AFTER;ARGS")
  set(test example_distributed_${name})
  add_test(NAME ${test} COMMAND ${CMAKE_COMMAND} -D "MATCHES=${arg_MATCHES}" -D FAILS=${arg_FAILS}
    -P ${CMAKE_CURRENT_SOURCE_DIR}/expect.cmake --
    ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${ranks} $<TARGET_FILE:distributed_qat> ${arg_ARGS})
  set_tests_properties(${test} PROPERTIES LABELS mpi TIMEOUT 20 ENVIRONMENT "${hifloat_mpi_environment}")
  if(arg_AFTER)
    set_property(TEST ${arg_AFTER} APPEND PROPERTY FIXTURES_SETUP before_${name})
    set_property(TEST ${test} PROPERTY FIXTURES_REQUIRED before_${name})
  endif()
endfunction()

foreach(ranks IN ITEMS 1 2 4)
  hifloat_add_distributed_test(${ranks} ${ranks} MATCHES "^${ranks} ranks?, .*accuracy 9.* equal on all ranks in every step")
endforeach()

hifloat_add_distributed_test(first_part 2 MATCHES "steps 0 to 100" ARGS --steps 100 --checkpoint ${checkpoints}/parts)
hifloat_add_distributed_test(second_part 4 AFTER example_distributed_first_part
  MATCHES "4 ranks, steps 100 to 200: .* equal" ARGS --steps 200 --checkpoint ${checkpoints}/parts --resume)
hifloat_add_distributed_test(third_part 1 AFTER example_distributed_second_part
  MATCHES "1 rank, steps 200 to 400: accuracy 9.* equal" ARGS --checkpoint ${checkpoints}/parts --resume)

# Stopped and resumed on as many ranks, it ends with the same bytes as a run that was not stopped.
hifloat_add_distributed_test(whole 2 MATCHES "steps 0 to 400" ARGS --checkpoint ${checkpoints}/whole)
hifloat_add_distributed_test(stopped 2 MATCHES "steps 0 to 130" ARGS --steps 130 --checkpoint ${checkpoints}/stopped)
hifloat_add_distributed_test(resumed 2 AFTER example_distributed_stopped MATCHES "steps 130 to 400"
  ARGS --resume --checkpoint ${checkpoints}/stopped)
add_test(NAME example_distributed_same_bytes
  COMMAND ${CMAKE_COMMAND} -E compare_files ${checkpoints}/whole ${checkpoints}/stopped)
set_property(TEST example_distributed_whole example_distributed_resumed APPEND PROPERTY FIXTURES_SETUP both_ends)
set_property(TEST example_distributed_same_bytes PROPERTY FIXTURES_REQUIRED both_ends)

hifloat_add_distributed_test(nan 3 FAILS MATCHES "step 120: the amax of layer0.gradient is not finite on some rank"
  ARGS --fail nan --checkpoint ${checkpoints}/nan)
hifloat_add_distributed_test(die 3 FAILS MATCHES "rank 2 .*signal 9" ARGS --fail die --checkpoint ${checkpoints}/die)
foreach(failure IN ITEMS nan die)
  hifloat_add_distributed_test(after_${failure} 2 AFTER example_distributed_${failure} MATCHES "steps 100 to 400: accuracy 9"
    ARGS --resume --checkpoint ${checkpoints}/${failure})
endforeach()
hifloat_add_distributed_test(empty 3 FAILS MATCHES "rank 2 has no images: use fewer ranks" ARGS --fail empty)
hifloat_add_distributed_test(tensors 3 FAILS
  MATCHES "tensor 1 is 'another' on rank 2 and 'layer1.weight' on rank 0" ARGS --fail tensors)

hifloat_add_distributed_test(no_folder 2 FAILS MATCHES "rank 0: .*no_such_folder/x.new: cannot be created"
  ARGS --steps 10 --checkpoint ${checkpoints}/no_such_folder/x)
file(WRITE ${checkpoints}/foreign "not a checkpoint")
hifloat_add_distributed_test(foreign_checkpoint 2 FAILS MATCHES "foreign: it is no checkpoint"
  ARGS --resume --checkpoint ${checkpoints}/foreign)
