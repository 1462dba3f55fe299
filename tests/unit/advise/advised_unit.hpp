// SPDX-License-Identifier: LGPL-2.1-or-later
// A tree with one service, denials of it, and what is suggested.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"
#include "advise/suggestion.hpp"

namespace unitlock::advise {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class AdvisedUnit : public testing::Test {
protected:
  AdvisedUnit() {
    tree_.write("/usr/lib/unitlock/conf.d/10-runtime.yaml", "presets: {runtime: {}}\n");
    tree_.write("/usr/sbin/a", "\x7f"
                               "ELF");
    std::filesystem::permissions(tree_.directory() + "/usr/sbin/a",
                                 std::filesystem::perms::owner_all);
    service("", "");
  }

  /// `file`: of the unit; `name`: as it is asked for.
  void use(const std::string& file, const std::string& name = "") {
    file_ = file;
    name_ = name.empty() ? file : name;
    service("", "");
  }
  void service(const std::string& lines, const std::string& declaration) {
    tree_.write("/etc/systemd/system/" + file_, "[Service]\nExecStart=/usr/sbin/a\n" + lines +
                                                    "\n[X-Landlock]\n" + declaration + "\n");
  }

  journal::DenialGroup certain(const std::string& blockers) const {
    journal::DenialGroup group;
    group.attribution.certainty = journal::Certainty::Certain;
    group.attribution.unit.name = name_;
    group.blockers = blockers;
    group.process.exe = "/usr/sbin/a";
    group.count = 1;
    group.first_usec = group.last_usec = 1795303200000000;
    return group;
  }
  journal::DenialGroup path_group(const std::string& blockers, const std::string& path) const {
    journal::DenialGroup group = certain(blockers);
    group.object.kind = journal::Object::Kind::Path;
    group.object.path = path;
    return group;
  }
  void add(const journal::DenialGroup& group) { groups_.push_back(group); }
  void denied(const std::string& blockers, const std::string& path) {
    add(path_group(blockers, path));
  }
  void denied_port(const std::string& blockers, std::uint16_t port) {
    journal::DenialGroup group = certain(blockers);
    group.object.kind = journal::Object::Kind::Network;
    group.object.port = port;
    add(group);
  }

  Advice advice() {
    Root root = tree_.root();
    DeclarationIndex index(root, {});
    DeclaredUnit declared = index.find(name_);
    EXPECT_EQ(Declaration::State::Confined, declared.declaration.state);
    ServiceView view(root, declared, scope_, directories_of_others(index, name_, scope_), home_);
    return advise(groups_, view, expectations_);
  }
  std::vector<std::string> lines(Suggestion::Kind kind) {
    std::vector<std::string> all;
    for (const Suggestion& suggestion : advice().suggestions)
      if (suggestion.is(kind))
        all.push_back(suggestion.line);
    return all;
  }
  std::vector<std::string> ordinary() { return lines(Suggestion::Kind::Ordinary); }
  std::vector<std::string> sensitive() { return lines(Suggestion::Kind::Sensitive); }
  std::vector<Suggestion::Kind> kinds() {
    std::vector<Suggestion::Kind> all;
    for (const Suggestion& suggestion : advice().suggestions)
      all.push_back(suggestion.kind);
    return all;
  }

  TempTree tree_;
  std::string file_ = "a.service", name_ = "a.service", home_;
  RuntimeScope scope_ = RuntimeScope::System;
  std::vector<journal::DenialGroup> groups_;
  journal::Expectations expectations_;
};

} // namespace unitlock::advise
