# An overlay port of the clone that it lies in: vcpkg install hifloat --overlay-ports=<clone>/cmake/packaging/vcpkg
cmake_path(SET SOURCE_PATH NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../../../..")

set(VCPKG_BUILD_TYPE release)  # headers have no other
vcpkg_cmake_configure(SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS -DHIFLOAT_BUILD_TESTS=OFF -DHIFLOAT_BUILD_BENCHMARKS=OFF -DHIFLOAT_BUILD_EXAMPLES=OFF -DHIFLOAT_INSTALL=ON)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(PACKAGE_NAME hifloat CONFIG_PATH share/cmake/hifloat)
vcpkg_fixup_pkgconfig()
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
