// SPDX-License-Identifier: LGPL-2.1-or-later
// What a fuzz target is: a function over bytes that may come from anywhere. It must not crash, and
// what it states with require() must hold for every input. libFuzzer looks for inputs (tools/fuzz);
// the ones that are kept in corpus/ are replayed as tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace unitlock::fuzz {

/// Ends the program where a property does not hold; `subject` is what it was about.
inline void require(bool holds, const char* property, std::string_view subject = "") {
  if (holds)
    return;
  std::fprintf(stderr, "does not hold: %s: '", property);
  std::fwrite(subject.data(), 1, subject.size(), stderr);
  std::fputs("'\n", stderr);
  std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

} // namespace unitlock::fuzz
