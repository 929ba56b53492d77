# What find_package says of components: some there, some missing, some unknown.

# must_refuse(<what it says> <argument of find_package>...)
function(must_refuse message)
  find_package(hifloat ${VERSION} CONFIG QUIET ${ARGN})
  if(hifloat_FOUND OR NOT hifloat_NOT_FOUND_MESSAGE MATCHES "${message}")
    message(FATAL_ERROR "find_package(hifloat ${ARGN}): expected '${message}', but hifloat_FOUND is '${hifloat_FOUND}' and "
      "hifloat_NOT_FOUND_MESSAGE '${hifloat_NOT_FOUND_MESSAGE}'")
  endif()
endfunction()

set(CMAKE_DISABLE_FIND_PACKAGE_MPI ON)  # as on a machine that has none
must_refuse("There is no component fortran" COMPONENTS cuda fortran)
must_refuse("hifloat::mpi needs the package MPI" COMPONENTS cuda mpi)

find_package(hifloat ${VERSION} CONFIG REQUIRED COMPONENTS cuda OPTIONAL_COMPONENTS mpi fortran)
if(hifloat_mpi_FOUND OR hifloat_fortran_FOUND OR NOT TARGET hifloat::cuda)
  message(FATAL_ERROR "mpi: ${hifloat_mpi_FOUND}, fortran: ${hifloat_fortran_FOUND}")
endif()

# Another minor version is not compatible, a machine with other pointers is.
foreach(other IN ITEMS 0.0 0.99 1.0)
  find_package(hifloat ${other} CONFIG QUIET)
  if(hifloat_FOUND)
    message(FATAL_ERROR "find_package(hifloat ${other}) takes version ${hifloat_VERSION}")
  endif()
endforeach()
block()
  set(CMAKE_SIZEOF_VOID_P 4)
  find_package(hifloat ${VERSION} CONFIG REQUIRED)
endblock()

set(CMAKE_DISABLE_FIND_PACKAGE_MPI OFF)
find_package(MPI QUIET COMPONENTS CXX)
if(MPI_CXX_FOUND)
  find_package(hifloat ${VERSION} CONFIG REQUIRED COMPONENTS mpi)
  add_library(mpi_component OBJECT mpi_component.cpp)
  target_link_libraries(mpi_component PRIVATE hifloat::mpi)
else()
  message(STATUS "MPI is not installed: hifloat::mpi stays untried")
endif()

find_package(Eigen3 3.4 CONFIG QUIET)
find_package(nlohmann_json 3.11 CONFIG QUIET)
if(Eigen3_FOUND AND nlohmann_json_FOUND)
  find_package(hifloat ${VERSION} CONFIG REQUIRED COMPONENTS eigen io)
  add_library(components OBJECT components.cpp)
  target_link_libraries(components PRIVATE hifloat::eigen hifloat::io)
else()
  message(STATUS "Eigen or nlohmann-json is not installed: hifloat::eigen and hifloat::io stay untried")
endif()
