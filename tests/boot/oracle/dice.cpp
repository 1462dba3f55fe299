// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dice.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace oracle {

void write_file(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush())
    throw std::runtime_error(path + ": cannot be written");
}

} // namespace oracle
