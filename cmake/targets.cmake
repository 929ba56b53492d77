# How this project builds its own programs. None of it reaches those who include the project.
option(HIFLOAT_WARNINGS_AS_ERRORS "Treat warnings in hifloat's own tests, benchmarks and examples as errors" OFF)
mark_as_advanced(HIFLOAT_WARNINGS_AS_ERRORS)

find_package(Threads REQUIRED)

if(MSVC)
  set(HIFLOAT_WARNINGS /W4 /utf-8 /bigobj)  # and what it takes to compile the tests at all
  set(warnings_as_errors /WX)
else()
  set(HIFLOAT_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow)
  set(warnings_as_errors -Werror)
endif()
add_library(hifloat_warnings INTERFACE)
target_compile_options(hifloat_warnings INTERFACE
  ${HIFLOAT_WARNINGS} $<$<BOOL:${HIFLOAT_WARNINGS_AS_ERRORS}>:${warnings_as_errors}>)

# hifloat_add_executable(<target> SOURCES ... [LIBRARIES ...] [OPTIONS <compile option>...])
function(hifloat_add_executable target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES;OPTIONS")
  add_executable(${target} ${arg_SOURCES})
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_link_libraries(${target} PRIVATE hifloat::hifloat hifloat_warnings Threads::Threads ${arg_LIBRARIES})
  target_compile_options(${target} PRIVATE ${arg_OPTIONS})
  list(LENGTH arg_SOURCES sources)
  if(sources EQUAL 1)  # so that clang-tidy finds its command
    set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)
  endif()
endfunction()
