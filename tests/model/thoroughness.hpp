#pragma once
// Compiling every kernel under every policy takes minutes, and with sanitizers a quarter of an hour. What the policies
// compute is the business of one build, g++'s: in the others, tests that instantiate them all take some of each kind.

#include <cstddef>

namespace codec_test {

#if defined(__SANITIZE_ADDRESS__) || defined(__clang__)
inline constexpr bool every_policy = false;
#else
inline constexpr bool every_policy = true;
#endif

/// What is done about overflow is done to codes, the same in each build: with sanitizers one policy stands for all.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool every_overflow = false;
#elif defined(__has_feature)
inline constexpr bool every_overflow = !__has_feature(address_sanitizer);
#else
inline constexpr bool every_overflow = true;
#endif

/// And long lists of sizes are the business of the same build: others take every so many-th.
inline constexpr std::size_t every_size = every_policy ? 1 : 5;

}  // namespace codec_test
