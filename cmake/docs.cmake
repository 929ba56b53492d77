# cmake --build <build folder> --target docs: what Doxygen makes of the headers' comments.
find_program(HIFLOAT_DOXYGEN doxygen)
mark_as_advanced(HIFLOAT_DOXYGEN)
if(HIFLOAT_DOXYGEN)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/doxygen/Doxyfile.in ${PROJECT_BINARY_DIR}/Doxyfile @ONLY)
  add_custom_target(docs COMMAND ${HIFLOAT_DOXYGEN} ${PROJECT_BINARY_DIR}/Doxyfile VERBATIM)
endif()
