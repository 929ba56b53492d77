#pragma once
// With sanitizers, compiling every kernel under every policy takes a quarter of an hour: there, tests that instantiate
// them all take some of each kind. What the policies compute is the business of the other builds.

namespace codec_test {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool every_policy = false;
#else
inline constexpr bool every_policy = true;
#endif

}  // namespace codec_test
