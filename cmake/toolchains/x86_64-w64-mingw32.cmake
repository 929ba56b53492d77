# Windows with Debian's cross compiler (g++-mingw-w64-x86-64-posix); programs run under Wine.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_CROSSCOMPILING_EMULATOR wine)
set(CMAKE_CXX_FLAGS_INIT -DHIFLOAT_SIMD_X86=1)  # Debian's g++ is mended: include/hifloat/config.hpp
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(CMAKE_SHARED_LINKER_FLAGS_INIT -static)
set(CMAKE_DISABLE_FIND_PACKAGE_OpenMP ON)  # libgomp is a DLL that Wine would have to be led to

# Debian's header-only packages lie beside glibc's headers: they come behind Windows's own. Read again where CMake has made
# up its mind.
set(CMAKE_USER_MAKE_RULES_OVERRIDE_CXX ${CMAKE_CURRENT_LIST_FILE})
set(CMAKE_INCLUDE_SYSTEM_FLAG_CXX "-idirafter ")
