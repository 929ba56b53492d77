# One source under several sets of flags, linked into one program.
function(hifloat_add_probe name source)  # flags...
  add_library(probe_${name} OBJECT ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${source})
  set_target_properties(probe_${name} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_definitions(probe_${name} PRIVATE HIFLOAT_PROBE=probe_${name})
  target_compile_options(probe_${name} PRIVATE ${ARGN})
  target_link_libraries(probe_${name} PRIVATE hifloat::hifloat hifloat_warnings)
  target_link_libraries(test_flags PRIVATE probe_${name})
endfunction()
hifloat_add_probe(plain probe.cpp -O2)
hifloat_add_probe(native probe.cpp -O3 ${HIFLOAT_NATIVE_FLAGS})
hifloat_add_probe(native_fast_math probe.cpp -O3 ${HIFLOAT_NATIVE_FLAGS} -ffast-math)
# Not optimised either: that can't be told apart by itself, a linker would keep one copy of what differs in -O alone.
hifloat_add_probe(no_exceptions probe.cpp -O0 -fno-exceptions -fno-rtti)
if(OpenMP_CXX_FOUND)
  hifloat_add_probe(serial executor_probe.cpp -O2)
  hifloat_add_probe(openmp executor_probe.cpp -O2)
  target_link_libraries(probe_openmp PRIVATE OpenMP::OpenMP_CXX)
  target_compile_definitions(test_flags PRIVATE HIFLOAT_TEST_OPENMP)
endif()

# What two files would share, if its functions had one name in both: a linker keeps the copy of the file that comes first.
# At -O0, where every function is one of its own.
foreach(side IN ITEMS throws aborts)
  add_library(flags_${side} OBJECT ${CMAKE_CURRENT_LIST_DIR}/${side}.cpp)
  set_target_properties(flags_${side} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(flags_${side} PRIVATE -O0 "$<$<STREQUAL:${side},aborts>:-fno-exceptions;-fno-rtti>")
  target_link_libraries(flags_${side} PRIVATE hifloat::hifloat hifloat_warnings)
endforeach()
function(hifloat_add_pair name first second)  # in the order in which they are linked
  hifloat_add_executable(test_${name} SOURCES $<TARGET_OBJECTS:flags_${first}> $<TARGET_OBJECTS:flags_${second}>)
  set_target_properties(test_${name} PROPERTIES LINKER_LANGUAGE CXX)
  add_test(NAME ${name} COMMAND test_${name})
endfunction()
hifloat_add_pair(throws_before_aborts throws aborts)
hifloat_add_pair(throws_behind_aborts aborts throws)

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  foreach(cpu IN ITEMS avx512 any_cpu)
    add_library(older_cpu_${cpu} OBJECT ${CMAKE_CURRENT_LIST_DIR}/older_cpu_probe.cpp)
    set_target_properties(older_cpu_${cpu} PROPERTIES CXX_EXTENSIONS OFF)
    target_compile_definitions(older_cpu_${cpu} PRIVATE HIFLOAT_PROBE=digest_for_${cpu})
    target_compile_options(older_cpu_${cpu} PRIVATE -O1 $<$<STREQUAL:${cpu},avx512>:-march=skylake-avx512>)
    target_link_libraries(older_cpu_${cpu} PRIVATE hifloat::hifloat hifloat_warnings)
  endforeach()
  hifloat_add_executable(test_older_cpu SOURCES $<TARGET_OBJECTS:older_cpu_avx512> $<TARGET_OBJECTS:older_cpu_any_cpu>
    ${CMAKE_CURRENT_LIST_DIR}/older_cpu.cpp)
  add_test(NAME older_cpu COMMAND test_older_cpu)
  find_program(HIFLOAT_QEMU qemu-x86_64)
  mark_as_advanced(HIFLOAT_QEMU)
  if(HIFLOAT_QEMU)
    add_test(NAME older_cpu_emulated COMMAND ${HIFLOAT_QEMU} -cpu Nehalem $<TARGET_FILE:test_older_cpu>)
  endif()
endif()

# No function is shared: by name, in the probes with their kernels; by code, in all that the public types have. Left out is
# what a compiler defines by itself and no class declares (constructors, copies, destructors), which can't be keyed.
set(compiler_defined "(C[12]|D[012]|aS)E(v|RKS[0-9A-Z]*_|OS[0-9A-Z]*_)$|CI[12]St")
find_program(HIFLOAT_NM nm)
mark_as_advanced(HIFLOAT_NM)
if(HIFLOAT_NM)
  foreach(other IN ITEMS native native_fast_math no_exceptions)
    hifloat_add_script_test(shared_symbols_${other} ${CMAKE_CURRENT_LIST_DIR}/shared_symbols.cmake LABELS compile DEFINES
      NM=${HIFLOAT_NM} FIRST=$<TARGET_OBJECTS:probe_plain> SECOND=$<TARGET_OBJECTS:probe_${other}>
      COMPILER_DEFINED=${compiler_defined})
  endforeach()
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  add_test(NAME shared_code COMMAND ${CMAKE_CURRENT_LIST_DIR}/shared_code.sh ${CMAKE_CXX_COMPILER}
    ${PROJECT_SOURCE_DIR}/include ${CMAKE_CURRENT_LIST_DIR}/members.cpp ${CMAKE_CURRENT_BINARY_DIR}/shared_code
    ${compiler_defined})
  set_tests_properties(shared_code PROPERTIES LABELS "slow;compile" TIMEOUT 1200)
endif()
