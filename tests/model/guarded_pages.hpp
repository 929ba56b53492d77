#pragma once
// Memory whose neighbours must not be touched.

#if defined(_WIN32)
#if !defined(NOMINMAX)
#define NOMINMAX
#endif
#include <windows.h>
#else
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <doctest/doctest.h>

#include <cstddef>

namespace simd_test {

/// A page between two that must not be touched; beginning and end of what is placed in it meet them.
class GuardedPages {
 public:
  GuardedPages() {
    REQUIRE(memory_ != nullptr);
    REQUIRE(open_middle());
  }
  GuardedPages(const GuardedPages&) = delete;
  GuardedPages& operator=(const GuardedPages&) = delete;
  ~GuardedPages() { release(); }

  template <class T>
  T* place(std::size_t n, bool at_end) const {
    return reinterpret_cast<T*>(memory_ + (at_end ? 2 * page_ - n * sizeof(T) : page_));
  }

 private:
#if defined(_WIN32)
  static std::size_t page_size() {
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    return info.dwPageSize;
  }
  static void* reserve(std::size_t size) { return VirtualAlloc(nullptr, size, MEM_RESERVE, PAGE_NOACCESS); }
  bool open_middle() { return VirtualAlloc(memory_ + page_, page_, MEM_COMMIT, PAGE_READWRITE) != nullptr; }
  void release() { VirtualFree(memory_, 0, MEM_RELEASE); }
#else
  static std::size_t page_size() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }
  static void* reserve(std::size_t size) {
    void* const memory = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? nullptr : memory;
  }
  bool open_middle() { return mprotect(memory_ + page_, page_, PROT_READ | PROT_WRITE) == 0; }
  void release() { munmap(memory_, 3 * page_); }
#endif

  std::size_t page_ = page_size();
  std::byte* memory_ = static_cast<std::byte*>(reserve(3 * page_));
};

}  // namespace simd_test
