// SPDX-License-Identifier: LGPL-2.1-or-later
// Random choices that a seed brings back, on every machine.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace oracle {

class Dice {
public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// 0 … sides-1. The distributions of the standard library differ between libraries.
  std::size_t below(std::size_t sides) { return static_cast<std::size_t>(engine_() % sides); }
  bool one_in(std::size_t sides) { return below(sides) == 0; }
  template <std::size_t N>
  std::string pick(const char* const (&list)[N]) {
    return list[below(N)];
  }
  const std::string& pick(const std::vector<std::string>& list) { return list[below(list.size())]; }

private:
  std::mt19937_64 engine_;
};

/// Writes a file and the directories that it is in. Throws std::runtime_error.
void write_file(const std::string& path, const std::string& text);

} // namespace oracle
