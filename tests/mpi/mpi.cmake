# The MPI part, on one, two and three ranks; each of its headers alone.
hifloat_add_executable(test_mpi SOURCES mpi/test_mpi.cpp mpi/mpi_main.cpp LIBRARIES hifloat::mpi doctest::doctest)
foreach(ranks IN ITEMS 1 2 3)
  add_test(NAME mpi_${ranks} COMMAND ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${ranks} $<TARGET_FILE:test_mpi>)
  set_tests_properties(mpi_${ranks} PROPERTIES LABELS mpi TIMEOUT 60 ENVIRONMENT "${hifloat_mpi_environment}")
endforeach()

file(GLOB mpi_headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/hifloat/mpi/*.hpp)
hifloat_add_headers_alone(mpi_headers_alone HEADERS ${mpi_headers} LIBRARIES hifloat::mpi)
