// SPDX-License-Identifier: LGPL-2.1-or-later
// Composing never loosens: over random presets that extend each other and random sections, what is
// restricted only grows with each preset, and each grant is one that somebody wrote.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"
#include "declare/declaration_index.hpp"
#include "policy/vocabulary.hpp"

namespace unitlock {
namespace {

using landlock::AccessSet;
using Places = std::set<std::pair<std::string, unsigned>>;

constexpr unsigned kPresets = 8;
constexpr char kPresetFile[] = "/usr/lib/unitlock/conf.d/10-random.yaml";
constexpr char kUnitFile[] = "/usr/lib/systemd/system/a.service";

/// What was written, kept apart from what reads it.
struct Words {
  struct Path {
    std::string path;
    std::uint64_t access;
    unsigned line;
  };
  std::vector<Path> paths;
  std::uint64_t any = 0; ///< network rights granted on every port
  std::set<unsigned> extends;
};

class Composition : public testing::TestWithParam<unsigned> {
protected:
  Composition() : random_(GetParam()) { write_presets(); }

  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
  std::string path() { return fmt::format("/p{}", below(6)); }

  std::string maybe_families() {
    std::vector<std::string_view> words;
    for (const FamilyWord& row : kFamilyWords)
      if (below(2) == 0)
        words.push_back(row.word);
    return fmt::format("{}", fmt::join(words, ", "));
  }

  void write_presets() {
    std::vector<std::string> lines = {"presets:"};
    for (unsigned at = 0; at < kPresets; ++at)
      write_preset(at, lines);
    tree_.write(kPresetFile, fmt::format("{}\n", fmt::join(lines, "\n")));
  }

  void write_preset(unsigned at, std::vector<std::string>& lines) {
    Words& words = presets_[at];
    lines.push_back(fmt::format("  p{}:", at));
    lines.push_back("    description: random");
    if (below(3) == 0)
      lines.push_back(fmt::format("    restrict: [{}]", maybe_families()));
    if (below(3) == 0)
      lines.push_back("    scope: [signal]");
    // Only later ones, so that nothing extends itself.
    for (unsigned other = at + 1; other < kPresets; ++other)
      if (below(3) == 0)
        words.extends.insert(other);
    std::vector<std::string> names;
    for (unsigned other : words.extends)
      names.push_back(fmt::format("p{}", other));
    lines.push_back(fmt::format("    extends: [{}]", fmt::join(names, ", ")));
    for (const PathDirective& row : kPathDirectives) {
      if (below(2) == 0)
        continue;
      lines.push_back(fmt::format("    {}:", row.key));
      std::string where = path();
      lines.push_back(fmt::format("      - {}", where));
      words.paths.push_back({where, row.access, static_cast<unsigned>(lines.size())});
    }
    for (const PortDirective& row : kPortDirectives) {
      if (below(6) != 0)
        continue;
      lines.push_back(fmt::format("    {}: any", row.key));
      words.any |= row.access;
    }
  }

  Policy policy_with(const std::vector<unsigned>& presets) {
    std::string names;
    for (unsigned at : presets)
      names += fmt::format(" p{}", at);
    tree_.write(kUnitFile, "[Service]\nExecStart=/bin/a\n" + section_ + "Preset=" + names + "\n");
    Root root = tree_.root();
    Declaration declaration = DeclarationIndex(root, {}).find("a.service").declaration;
    for (const Diagnostic& problem : declaration.diagnostics)
      // Nothing at all is restricted: the policy is there all the same.
      EXPECT_NE(problem.message.find("restricts nothing"), std::string::npos) << to_string(problem);
    return declaration.policy;
  }

  /// The section's own words, on lines 3 and on.
  void write_section() {
    section_ = "[X-Landlock]\nDeriveFromUnit=no\n";
    unsigned line = 4;
    if (below(2) == 0) {
      section_ += fmt::format("Restrict={}\n", below(2) == 0 ? "network" : "filesystem scope");
      ++line;
    }
    if (below(2) == 0) {
      section_ += "Scope=abstract-unix-socket\n";
      ++line;
    }
    for (const PathDirective& row : kPathDirectives) {
      if (below(2) == 0)
        continue;
      std::string where = path();
      section_ += fmt::format("{}={}\n", row.name, where);
      own_.paths.push_back({where, row.access, ++line});
    }
  }

  void collect(unsigned at, std::set<unsigned>& all) const {
    if (!all.insert(at).second)
      return;
    for (unsigned other : presets_.at(at).extends)
      collect(other, all);
  }
  std::set<unsigned> closure(const std::vector<unsigned>& presets) const {
    std::set<unsigned> all;
    for (unsigned at : presets)
      collect(at, all);
    return all;
  }

  std::mt19937 random_;
  TempTree tree_;
  std::map<unsigned, Words> presets_;
  Words own_;
  std::string section_;
};

TEST_P(Composition, EachGrantIsOneThatSomebodyWroteAndNoneIsLost) {
  write_section();
  std::vector<unsigned> chosen = {below(kPresets), below(kPresets)};
  Policy policy = policy_with(chosen);
  std::map<std::string, std::uint64_t> written;
  std::map<std::string, Places> places;
  auto add = [&](const Words& words, const char* file) {
    for (const Words::Path& word : words.paths) {
      written[word.path] |= word.access;
      places[word.path].insert({file, word.line});
    }
  };
  add(own_, kUnitFile);
  for (unsigned at : closure(chosen))
    add(presets_[at], kPresetFile);
  std::map<std::string, std::uint64_t> granted;
  for (const PathRule& rule : policy.paths) {
    granted[rule.path] |= rule.access;
    EXPECT_TRUE(places[rule.path].contains({rule.from.where.file, rule.from.where.line}))
        << rule.path << " is said to be written in " << to_string(rule.from.where);
  }
  EXPECT_EQ(granted, written);
}

TEST_P(Composition, WithEachPresetWhatIsRestrictedOnlyGrows) {
  write_section();
  std::vector<unsigned> chosen;
  AccessSet before = restricted_by(policy_with(chosen));
  for (int step = 0; step < 4; ++step) {
    chosen.push_back(below(kPresets));
    AccessSet after = restricted_by(policy_with(chosen));
    AccessSet lifted = before.without(after);
    std::uint64_t any = 0;
    for (unsigned at : closure(chosen))
      any |= presets_[at].any;
    EXPECT_EQ(lifted.fs, 0U);
    EXPECT_EQ(lifted.scope, 0U);
    EXPECT_EQ(lifted.net & ~any, 0U) << "lifted, and nobody has written \"any\"";
    before = after;
  }
}

INSTANTIATE_TEST_SUITE_P(Random, Composition, testing::Range(0U, 60U));

} // namespace
} // namespace unitlock
