# Installs the headers and a package, so that find_package(hifloat CONFIG [COMPONENTS mpi eigen io cuda cublaslt]) gives
# hifloat::hifloat [and hifloat::mpi, hifloat::eigen, hifloat::io, hifloat::cuda and hifloat::cublaslt].
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(hifloat_package_dir ${CMAKE_INSTALL_DATADIR}/cmake/hifloat)

install(TARGETS hifloat hifloat_mpi hifloat_eigen hifloat_io hifloat_cuda hifloat_cublaslt EXPORT hifloatTargets
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/hifloat DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(EXPORT hifloatTargets NAMESPACE hifloat:: DESTINATION ${hifloat_package_dir})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/hifloatConfig.cmake.in
  ${PROJECT_BINARY_DIR}/hifloatConfig.cmake INSTALL_DESTINATION ${hifloat_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/hifloatConfigVersion.cmake
  COMPATIBILITY SameMinorVersion  # before 1.0 a minor release may change the API
  ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/hifloatConfig.cmake ${PROJECT_BINARY_DIR}/hifloatConfigVersion.cmake
  DESTINATION ${hifloat_package_dir})

# For pkg-config, wherever the prefix is moved to: the file knows its place below it.
cmake_path(APPEND CMAKE_INSTALL_DATADIR pkgconfig OUTPUT_VARIABLE hifloat_pc_dir)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_INCLUDEDIR BASE_DIRECTORY ${hifloat_pc_dir} OUTPUT_VARIABLE hifloat_pc_includedir)
configure_file(${CMAKE_CURRENT_LIST_DIR}/hifloat.pc.in ${PROJECT_BINARY_DIR}/hifloat.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/hifloat.pc DESTINATION ${hifloat_pc_dir})

# For debuggers: gdb's `source`, and Visual Studio, where names have the version in them.
configure_file(${CMAKE_CURRENT_LIST_DIR}/debuggers/hifloat.natvis.in ${PROJECT_BINARY_DIR}/hifloat.natvis @ONLY)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/debuggers/hifloat_gdb.py ${PROJECT_BINARY_DIR}/hifloat.natvis
  DESTINATION ${CMAKE_INSTALL_DATADIR}/hifloat)
