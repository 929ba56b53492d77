# What the packagings say of the version is what the headers say.
cmake_minimum_required(VERSION 3.25)
file(READ ${PACKAGING_DIR}/vcpkg/hifloat/vcpkg.json port)
string(JSON version GET "${port}" version-semver)
if(NOT version STREQUAL VERSION)
  message(FATAL_ERROR "the vcpkg port has version ${version}, config.hpp ${VERSION}")
endif()
