// SPDX-License-Identifier: LGPL-2.1-or-later
// A tree in which /usr/sbin/a is a program that can start, and what is found about a.service.
#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"
#include "check/check.hpp"

namespace unitlock::check {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class CheckTest : public testing::Test {
protected:
  CheckTest() {
    tree_.write("/usr/lib/unitlock/conf.d/10-runtime.yaml",
                "presets:\n"
                "  runtime: {exec: [-/lib64/ld-linux-x86-64.so.2], read-only: [-/usr/lib]}\n"
                "  nothing: {}\n");
    program("/usr/sbin/a", "\x7f"
                           "ELF");
  }

  void program(const std::string& path, const std::string& text, mode_t mode = 0755) {
    tree_.write(path, text);
    chmod((tree_.directory() + path).c_str(), mode);
  }

  /// Lines of [Service] and of [X-Landlock]; the first line of the latter is line 100.
  void service(const std::string& lines, const std::string& declaration,
               const std::string& command = "/usr/sbin/a") {
    std::string text = "[Service]\nExecStart=" + command + "\n" + lines;
    auto used = std::count(text.begin(), text.end(), '\n');
    text += std::string(static_cast<std::size_t>(98 - used), '\n');
    tree_.write("/etc/systemd/system/a.service", text + "[X-Landlock]\n" + declaration);
  }

  /// Without what is true of nearly every service.
  Findings findings(const std::string& name = "a.service", const PlacedFiles& placed = {}) {
    Root root = tree_.root();
    DeclarationIndex index(root, {}, placed);
    Findings all = check_unit(root, index.find(name), RuntimeScope::System, placed, kernel_abi_);
    std::erase_if(all, [&](const Finding& finding) {
      if (finding.check == "beyond-landlock")
        beyond_ = finding.message;
      return finding.check == "beyond-landlock";
    });
    return all;
  }

  /// "error missing-path 100"
  std::vector<std::string> found(const std::string& name = "a.service",
                                 const PlacedFiles& placed = {}) {
    std::vector<std::string> all;
    for (const Finding& finding : findings(name, placed))
      all.push_back(
          fmt::format("{} {} {}", word(finding.severity), finding.check, finding.where.line));
    return all;
  }
  std::vector<std::string> found_with(const std::string& lines, const std::string& declaration,
                                      const std::string& command = "/usr/sbin/a") {
    service(lines, declaration, command);
    return found();
  }
  std::string message() {
    Findings all = findings();
    return all.empty() ? "" : all.front().message;
  }

  static const char* word(Severity severity) {
    return severity == Severity::Error     ? "error"
           : severity == Severity::Warning ? "warning"
                                           : "note";
  }

  TempTree tree_;
  int kernel_abi_ = landlock::kNewestAbi;
  std::string beyond_; ///< what findings() has left out
};

} // namespace unitlock::check
