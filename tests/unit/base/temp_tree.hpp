// SPDX-License-Identifier: LGPL-2.1-or-later
// A directory tree for one test, as a literal; removed with the object.
#pragma once

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "base/files.hpp"

namespace unitlock {

class TempTree {
public:
  /// Files by path below the tree ("/etc/x"), with their text.
  TempTree(std::initializer_list<std::pair<std::string, std::string>> files = {}) {
    std::string name = testing::TempDir() + "/unitlock-XXXXXX";
    directory_ = mkdtemp(name.data());
    for (const auto& [path, text] : files)
      write(path, text);
  }
  TempTree(const TempTree&) = delete;
  TempTree& operator=(const TempTree&) = delete;
  ~TempTree() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  void write(const std::string& path, const std::string& text) {
    make_parents(path);
    std::ofstream(directory_ + path, std::ios::binary) << text;
  }
  void link(const std::string& path, const std::string& target) {
    make_parents(path);
    std::filesystem::create_symlink(target, directory_ + path);
  }
  void make_directory(const std::string& path) {
    std::filesystem::create_directories(directory_ + path);
  }
  const std::string& directory() const { return directory_; }
  Root root() const { return std::move(*Root::open(directory_)); }

private:
  void make_parents(const std::string& path) {
    std::filesystem::create_directories(std::filesystem::path(directory_ + path).parent_path());
  }

  std::string directory_;
};

} // namespace unitlock
