// SPDX-License-Identifier: LGPL-2.1-or-later
#include "landlockconfig/convert.hpp"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../base/temp_tree.hpp"
#include "landlock/abi.hpp"
#include "policy/lower.hpp"
#include "policy/vocabulary.hpp"
#include "preset/preset_text.hpp"
#include "preset/presets.hpp"

namespace unitlock::landlockconfig {
namespace {

using landlock::AccessSet;
using landlock::Family;
using landlock::mask_of;
using testing::HasSubstr;

/// What the kernel enforces, whoever asked for it: rights on each path and port.
struct Enforced {
  AccessSet handled;
  std::map<std::string, std::uint64_t> paths;
  std::map<unsigned, std::uint64_t> ports;
  bool operator==(const Enforced&) const = default;
};

/// Of a configuration, by its own rules.
Enforced enforced_by(const Configuration& configuration) {
  Enforced out;
  out.handled = configuration.handled;
  for (const PathBeneath& rule : configuration.paths)
    out.paths[rule.path] |= rule.access;
  for (const NetPort& rule : configuration.ports)
    out.ports[rule.port] |= rule.access;
  return out;
}

/// Of a policy on a kernel of this ABI, without the grants on "/", which stand for rights that are
/// not handled.
Enforced enforced_by(const Policy& policy, int abi) {
  Ruleset ruleset = lower(policy, abi);
  Enforced out;
  out.handled = ruleset.handled;
  for (const PathRule& rule : ruleset.paths)
    if (rule.path == "/")
      out.handled.fs &= ~rule.access;
  for (const PathRule& rule : ruleset.paths)
    if (rule.path != "/" && (rule.access & out.handled.fs) != 0)
      out.paths[rule.path] |= rule.access & out.handled.fs;
  for (const PortRule& rule : ruleset.ports)
    for (unsigned port = rule.first; port <= rule.last; ++port)
      out.ports[port] |= rule.access;
  return out;
}

/// As a unit that says no more than the comment in the written preset tells it to.
Policy of_a_unit(const Imported& imported) {
  Policy policy;
  policy.families.reset();
  merge_into(policy, imported.policy);
  policy.scope = imported.handled.scope;
  return policy;
}

Configuration random_configuration(std::mt19937& random) {
  Configuration configuration;
  const AccessSet words = landlock::known_to(kFormatAbi);
  configuration.handled = AccessSet{random(), random(), random()} & words;
  // Without refer, the kernel denies it as if it were handled.
  configuration.handled.fs |= mask_of("fs.refer");
  for (unsigned count = random() % 6; count > 0; --count)
    if (std::uint64_t access = random() & configuration.handled.fs; access != 0)
      configuration.paths.push_back({"/p" + std::to_string(random() % 5) + "%s $x", access, {}});
  for (unsigned count = random() % 6; count > 0; --count)
    if (std::uint64_t access = random() & configuration.handled.net; access != 0)
      configuration.ports.push_back({static_cast<std::uint16_t>(random() % 5), access, {}});
  return configuration;
}

std::string unescaped(std::string path) {
  for (std::size_t at = 0; (at = path.find("%%", at)) != std::string::npos; ++at)
    path.erase(at, 1);
  return path;
}

class RandomConfigurations : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Landlockconfig, RandomConfigurations, testing::Range(0U, 100U));

TEST_P(RandomConfigurations, AreTheSameWhenReadAgain) {
  std::mt19937 random(GetParam());
  Configuration configuration = random_configuration(random);
  for (Language language : {Language::Json, Language::Toml}) {
    std::string text = write_configuration(configuration, language);
    auto value = language == Language::Json ? parse_json("f", text) : parse_toml("f", text);
    ASSERT_TRUE(value) << to_string(value.error()) << text;
    auto again = read_configuration({{language, *value}});
    ASSERT_TRUE(again) << to_string(again.error()) << text;
    EXPECT_EQ(enforced_by(*again), enforced_by(configuration)) << text;
  }
}

TEST_P(RandomConfigurations, AreEnforcedAsTheyWouldBe) {
  std::mt19937 random(GetParam());
  Configuration configuration = random_configuration(random);
  Imported imported = to_policy(configuration);
  EXPECT_TRUE(imported.losses.empty());
  Enforced ours = enforced_by(of_a_unit(imported), landlock::kPinnedAbi);
  Enforced named;
  named.handled = ours.handled;
  named.ports = ours.ports;
  for (const auto& [path, access] : ours.paths)
    named.paths[unescaped(path)] = access;
  EXPECT_EQ(named, enforced_by(configuration));
}

TEST_P(RandomConfigurations, AreTheSamePolicyInAPresetsText) {
  std::mt19937 random(GetParam());
  Imported imported = to_policy(random_configuration(random));
  TempTree tree;
  tree.write("/etc/unitlock/conf.d/a.yaml",
             render_preset({"a", "d: #x", {"head", "", "* more"}, imported.policy}));
  Root root = tree.root();
  PortNames names(root);
  Presets presets = Presets::load(root, {}, names);
  for (const Diagnostic& problem : presets.problems())
    ADD_FAILURE() << to_string(problem);
  auto read = presets.resolve("a");
  ASSERT_TRUE(read);
  Imported again{*read, {}, imported.handled};
  EXPECT_EQ(enforced_by(of_a_unit(again), landlock::kPinnedAbi),
            enforced_by(of_a_unit(imported), landlock::kPinnedAbi));
}

TEST_P(RandomConfigurations, ComeBackFromAPolicy) {
  std::mt19937 random(GetParam());
  Configuration configuration = random_configuration(random);
  Policy policy = of_a_unit(to_policy(configuration));
  Exported exported = from_policy(policy, "a.service", RuntimeScope::System);
  EXPECT_TRUE(exported.losses.empty());
  EXPECT_EQ(enforced_by(exported.configuration), enforced_by(configuration));
}

TEST(LandlockconfigToPolicy, SaysWhatItCannotTakeOver) {
  Configuration configuration;
  configuration.handled.fs = mask_of("fs.read_file");
  for (const char* path : {".", "lib", "/a/../b", "/a\nb", "/ok"})
    configuration.paths.push_back({path, mask_of("fs.read_file"), {"f.toml", 3, 1}});
  Imported imported = to_policy(configuration);
  EXPECT_EQ(imported.losses.size(), 4U);
  for (const Diagnostic& loss : imported.losses)
    EXPECT_EQ(loss.where.line, 3U);
  ASSERT_EQ(imported.policy.paths.size(), 2U);
  EXPECT_EQ(imported.policy.paths[0].path, "/ok");
  EXPECT_TRUE(imported.policy.paths[0].optional);
}

TEST(LandlockconfigToPolicy, LeavesReferDeniedUnlessNothingOfTheFileSystemIsHandled) {
  Configuration configuration;
  configuration.handled.fs = mask_of("fs.read_file");
  Policy policy = to_policy(configuration).policy;
  ASSERT_EQ(policy.paths.size(), 1U);
  EXPECT_EQ(policy.paths[0].access & mask_of("fs.refer"), 0U);
  configuration.handled = {0, mask_of("net.bind_tcp"), 0};
  policy = to_policy(configuration).policy;
  ASSERT_EQ(policy.paths.size(), 1U);
  EXPECT_EQ(policy.paths[0].access, landlock::all_of(Family::Filesystem));
}

TEST(LandlockconfigFromPolicy, SaysWhatTheFormatHasNoWordsFor) {
  Policy policy;
  policy.paths = {{"%S/a", kReadOnly, true, {}},
                  {"%d/b", kReadOnly, true, {}},
                  {"/required", kReadOnly, false, {{"a.service", 5, 0}, "ReadOnlyPaths=", {}}},
                  {"/sock", mask_of("fs.resolve_unix"), true, {}}};
  policy.quiet = {{"/quiet", true, {}}};
  policy.expected = {{"/run", mask_of("fs.remove_file"), {}}};
  policy.log_denials = false;
  policy.compatibility = Compatibility::Strict;
  Exported exported = from_policy(policy, "a.service", RuntimeScope::System);
  std::string losses;
  for (const Diagnostic& loss : exported.losses)
    losses += to_string(loss) + "\n";
  for (const char* said :
       {"fs.resolve_unix net.bind_udp net.connect_send_udp", "'%d/b' is left out",
        "a.service:5: '/required' may be missing there", "'/quiet'", "remove_file:/run is expected",
        "LogDenials=no", "Compatibility=strict"})
    EXPECT_THAT(losses, HasSubstr(said));
  ASSERT_EQ(exported.configuration.paths.size(), 2U);
  EXPECT_EQ(exported.configuration.paths[0].path, "/var/lib/a");
}

TEST(LandlockconfigFromPolicy, LeavesARightThatIsGrantedOnAnyPortUnhandled) {
  Policy policy;
  policy.ports = {{0, 0, true, mask_of("net.bind_tcp"), {}},
                  {10, 12, false, mask_of("net.connect_tcp"), {}}};
  Configuration configuration =
      from_policy(policy, "a.service", RuntimeScope::System).configuration;
  EXPECT_EQ(configuration.handled.net, mask_of("net.connect_tcp"));
  EXPECT_EQ(configuration.ports.size(), 3U);
}

} // namespace
} // namespace unitlock::landlockconfig
