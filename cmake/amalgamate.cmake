# cmake --build <build folder> --target amalgamate: the library as one header, single_include/hifloat/hifloat.hpp there.
add_executable(hifloat_amalgamator EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/amalgamate/amalgamate.cpp)
target_compile_features(hifloat_amalgamator PRIVATE cxx_std_20)

set(hifloat_single_header ${PROJECT_BINARY_DIR}/single_include/hifloat/hifloat.hpp)
file(GLOB_RECURSE hifloat_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/hifloat/*)
add_custom_command(OUTPUT ${hifloat_single_header} DEPENDS hifloat_amalgamator ${hifloat_headers} VERBATIM
  COMMAND hifloat_amalgamator ${PROJECT_SOURCE_DIR}/include hifloat/hifloat.hpp ${hifloat_single_header} ${PROJECT_VERSION})
add_custom_target(amalgamate DEPENDS ${hifloat_single_header})
