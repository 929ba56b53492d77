# Runs PROGRAM in GDB with PRINTERS, and CHECK on what it shows.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND ${GDB} -nx -batch -ex "source ${PRINTERS}" -ex "break shown" -ex run -ex "source ${CHECK}" ${PROGRAM}
  OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE code TIMEOUT 120)
if(errors MATCHES "ptrace|Python scripting is not supported")  # a container may forbid one, a small gdb lack the other
  message(NOTICE "skipped: ${errors}")
  return()
endif()
if(NOT code EQUAL 0 OR NOT output MATCHES "\n0 wrong\n")
  message(FATAL_ERROR "${output}${errors}")
endif()
