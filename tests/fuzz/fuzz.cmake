# Every fuzz_<name>.cpp is a fuzz target with its seeds in seeds/<name>, which make_seeds.py writes. fuzz_seeds_<name> only
# replays them, with any compiler. With HIFLOAT_FUZZ (preset fuzz; clang) fuzz_<name> runs libFuzzer for a minute (label
# fuzz), on from what it found the last time; what it finds wrong is left in the build folder. Inputs are small, and what
# they claim to hold is refused before there is memory for it: no allocation may reach 16 MB.
option(HIFLOAT_FUZZ "Build the fuzz targets with libFuzzer, address and undefined-behaviour sanitizers" OFF)
mark_as_advanced(HIFLOAT_FUZZ)

if(HIFLOAT_FUZZ)
  set(fuzz_options -g1 -fno-sanitize-recover=all -fsanitize=fuzzer,address,undefined,float-cast-overflow)
  set(CMAKE_REQUIRED_FLAGS ${fuzz_options})
  list(JOIN CMAKE_REQUIRED_FLAGS " " CMAKE_REQUIRED_FLAGS)
  include(CheckCXXSourceCompiles)
  check_cxx_source_compiles("#include <cstddef>
    extern \"C\" int LLVMFuzzerTestOneInput(const unsigned char*, std::size_t) { return 0; }" HIFLOAT_HAS_LIBFUZZER)
  unset(CMAKE_REQUIRED_FLAGS)
  if(NOT HIFLOAT_HAS_LIBFUZZER)
    message(FATAL_ERROR "HIFLOAT_FUZZ needs a compiler that takes -fsanitize=fuzzer, as clang does")
  endif()
  add_custom_target(fuzz_targets)
endif()

file(GLOB fuzz_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/fuzz_*.cpp)
foreach(source IN LISTS fuzz_sources)
  string(REGEX REPLACE ".*/fuzz_(.*)\\.cpp$" "\\1" name ${source})
  set(seeds ${CMAKE_CURRENT_LIST_DIR}/seeds/${name})
  hifloat_add_executable(replay_${name} SOURCES ${source} ${CMAKE_CURRENT_LIST_DIR}/replay.cpp LIBRARIES hifloat::io)
  add_test(NAME fuzz_seeds_${name} COMMAND replay_${name} ${seeds})
  if(HIFLOAT_FUZZ)
    hifloat_add_executable(fuzz_${name} SOURCES ${source} LIBRARIES hifloat::io OPTIONS ${fuzz_options})
    target_link_options(fuzz_${name} PRIVATE ${fuzz_options})
    add_dependencies(fuzz_targets fuzz_${name})
    set(corpus ${CMAKE_CURRENT_BINARY_DIR}/fuzz_corpus/${name})
    file(MAKE_DIRECTORY ${corpus})
    add_test(NAME fuzz_${name} COMMAND fuzz_${name} -max_total_time=60 -timeout=10 -rss_limit_mb=2048
      -malloc_limit_mb=16 -print_final_stats=1 -artifact_prefix=${name}- ${corpus} ${seeds})
    set_tests_properties(fuzz_${name} PROPERTIES LABELS fuzz TIMEOUT 300)
  endif()
endforeach()
