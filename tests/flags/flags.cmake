# One source under several sets of flags, linked into one program.
function(hifloat_add_probe name kind)  # flags...
  add_library(probe_${name} ${kind} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/probe.cpp)
  set_target_properties(probe_${name} PROPERTIES CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_compile_definitions(probe_${name} PRIVATE HIFLOAT_PROBE=probe_${name})
  target_compile_options(probe_${name} PRIVATE ${ARGN})
  target_link_libraries(probe_${name} PRIVATE hifloat::hifloat hifloat_warnings)
  target_link_libraries(test_flags PRIVATE probe_${name})
endfunction()
hifloat_add_probe(no_exceptions OBJECT -O0 -fno-exceptions -fno-rtti)
target_sources(test_flags PRIVATE ${CMAKE_CURRENT_LIST_DIR}/throws.cpp)
set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/throws.cpp PROPERTIES COMPILE_OPTIONS -O0)
hifloat_add_probe(plain OBJECT -O2)
hifloat_add_probe(native OBJECT -O3 ${HIFLOAT_NATIVE_FLAGS})
hifloat_add_probe(native_fast_math OBJECT -O3 ${HIFLOAT_NATIVE_FLAGS} -ffast-math)
if(OpenMP_CXX_FOUND)
  hifloat_add_probe(openmp OBJECT -O2)
  target_link_libraries(probe_openmp PRIVATE OpenMP::OpenMP_CXX)
  target_compile_definitions(test_flags PRIVATE HIFLOAT_TEST_OPENMP)
endif()
# A library that hides its functions: beside plain's, a linker would keep only one copy of what differs in -O alone.
hifloat_add_probe(unoptimised SHARED -O0)

find_program(HIFLOAT_NM nm)
mark_as_advanced(HIFLOAT_NM)
if(HIFLOAT_NM)
  hifloat_add_script_test(shared_symbols ${CMAKE_CURRENT_LIST_DIR}/shared_symbols.cmake LABELS compile DEFINES
    NM=${HIFLOAT_NM} FIRST=$<TARGET_OBJECTS:probe_plain> SECOND=$<TARGET_OBJECTS:probe_native>)
endif()
