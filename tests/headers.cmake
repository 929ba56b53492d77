# Each header that needs no third-party library is compiled alone, twice in one file (its guard), with all warnings as errors.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/hifloat/*.hpp)
list(FILTER headers EXCLUDE REGEX "^hifloat/(eigen|mpi|io|cuda)/")

set(generated_dir ${CMAKE_CURRENT_BINARY_DIR}/headers_alone)
set(all_headers "")
foreach(header IN LISTS headers)
  string(MAKE_C_IDENTIFIER ${header} name)
  set(source ${generated_dir}/${name}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include <${header}>\n#include <${header}>\n")
  list(APPEND header_sources ${source})
  string(APPEND all_headers "#include <${header}>\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/all_headers.cpp CONTENT "${all_headers}int main() {}\n")

add_library(headers_alone OBJECT ${header_sources})
target_link_libraries(headers_alone PRIVATE hifloat::hifloat)
target_compile_options(headers_alone PRIVATE ${HIFLOAT_WARNINGS} -Werror -O0)
set_target_properties(headers_alone PROPERTIES CXX_EXTENSIONS OFF)
