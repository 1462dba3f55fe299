// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/why.hpp"

#include <sys/stat.h>

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "advise/grant.hpp"
#include "advise/held_rules.hpp"
#include "policy/grants.hpp"
#include "policy/lower.hpp"
#include "unit/expand.hpp"
#include "unit/words.hpp"

namespace unitlock::advise {
namespace {

using landlock::Family;
using landlock::Right;

constexpr std::uint64_t kRefer = landlock::mask_of("fs.refer");

/// What the rules say, whatever the kernel.
struct Ground {
  bool is_granted = false;
  bool may_be_granted = false;
  bool is_asked = true; ///< the kernel asks the right of such a file
};

/// Why a right is not handled.
Because not_handled(const Policy& policy, const Right& right, int abi) {
  FamilySet families = policy.families.value_or(kAllFamilies);
  if ((families & family_bit(right.family)) == 0)
    return Because::FamilyNotRestricted;
  if (right.family == Family::Scope && policy.scope && (*policy.scope & right.mask()) == 0)
    return Because::ScopeNotRestricted;
  for (const PortRule& rule : policy.ports)
    if (right.family == Family::Network && rule.any && (rule.access & right.mask()) != 0)
      return Because::AnyPort;
  if (right.first_abi > policy.abi)
    return Because::NewerThanPin;
  return abi < 1 ? Because::NoLandlock : Because::KernelLacks;
}

/// Mounting and tracing: no right, and denied to whoever is restricted at all.
Verdict judge_never_granted(const Question& question, const Ruleset& ruleset) {
  bool is_restricted = question.is_path() ? ruleset.handled.fs != 0 : !ruleset.handled.empty();
  if (is_restricted)
    return {Outcome::Denied, Because::NeverGranted};
  return {Outcome::Allowed, ruleset.abi < 1 ? Because::NoLandlock : Because::FamilyNotRestricted};
}

Verdict judge(const Policy& policy, const Question& question, const Ground& ground, int abi) {
  Ruleset ruleset = lower(policy, abi);
  if (is_refused(policy, ruleset))
    return {Outcome::NoStart, Because::Strict};
  if (!question.right)
    return judge_never_granted(question, ruleset);
  const Right& right = *question.right;
  if (right.mask() == kRefer && right.family == Family::Filesystem && ruleset.handled.fs != 0 &&
      (ruleset.handled.fs & kRefer) == 0)
    return {Outcome::Denied, Because::ReferNotHandled};
  if (!ruleset.handled.has(right))
    return {Outcome::Allowed, not_handled(policy, right, abi)};
  if (!ground.is_asked)
    return {Outcome::Allowed, Because::NotOfThisKind};
  if (ground.is_granted)
    return {Outcome::Allowed, Because::Granted};
  if (ground.may_be_granted)
    return {Outcome::CannotTell, Because::UnknownRule};
  return {Outcome::Denied, Because::NotGranted};
}

std::vector<AbiRange> judge_all(const Policy& policy, const Question& question,
                                const Ground& ground) {
  std::vector<AbiRange> ranges;
  for (int abi = 0; abi <= landlock::kNewestAbi; ++abi) {
    Verdict verdict = judge(policy, question, ground, abi);
    if (!ranges.empty() && ranges.back().verdict == verdict)
      ranges.back().last = abi;
    else
      ranges.push_back({abi, abi, verdict});
  }
  return ranges;
}

/// Whether the kernel ever asks `right` of what is there. What is asked of files in a directory is
/// answered for them.
bool is_asked_of(const Right& right, const Node& node) {
  if (!node.is_there() || node.is_directory())
    return true;
  std::string_view name = right.short_name();
  if (name == "read_dir")
    return false;
  if (name == "ioctl_dev")
    return S_ISCHR(node.mode) || S_ISBLK(node.mode);
  if (name == "truncate")
    return S_ISREG(node.mode);
  return name != "resolve_unix" || S_ISSOCK(node.mode);
}

/// The first directive that grants it, for it grants the least; nullptr where only the right by its
/// name does, and for what is done in directories: there ReadWritePaths= would allow it all.
const PathDirective* directive_for(const Right& right) {
  if (is_decided_at_directory(right))
    return nullptr;
  for (const PathDirective& row : kPathDirectives)
    if ((row.access & right.mask()) != 0)
      return &row;
  return nullptr;
}

std::string path_line(const Right& right, const std::string& path) {
  auto word = declared_path(path);
  if (!word)
    return ""; // no declaration can name it
  if (const PathDirective* directive = directive_for(right))
    return fmt::format("{}={}", directive->name, quote_word(*word));
  return fmt::format("AllowPaths={}", quote_word(fmt::format("{}:{}", right.short_name(), *word)));
}

class Reasoning {
public:
  Reasoning(const Confinement& confinement, const Question& question, int abi)
      : confinement_(confinement), policy_(confinement.policy), question_(question), abi_(abi) {}

  Answer run() {
    answer_.question = question_;
    if (question_.is_path() && question_.right)
      look_at_path();
    else if (question_.is_port())
      look_at_port();
    else if (question_.right)
      note("what the service itself has started is inside, and not concerned");
    answer_.verdict = judge(policy_, question_, ground_, std::min(abi_, landlock::kNewestAbi));
    answer_.abis = judge_all(policy_, question_, ground_);
    if (answer_.verdict.outcome == Outcome::Denied) {
      answer_.remedy = remedy();
      gather_expected();
    }
    if (!answer_.remedy.empty() && question_.is_path() && question_.right)
      answer_.remedy_access = remedy_access(*question_.right);
    return std::move(answer_);
  }

private:
  void note(std::string text) { answer_.notes.push_back(std::move(text)); }

  void look_at_path() {
    const Sight& sight = confinement_.sight;
    const Right& right = *question_.right;
    bool at_directory = is_decided_at_directory(right);
    recorded_ = at_directory ? directory_of_question() : sight.resolve(question_.path);
    if (recorded_.empty()) {
      note("its symbolic links lead in a ring");
      recorded_ = question_.path;
    }
    bool is_gone = at_directory && sight.look(recorded_).state == Node::State::Missing;
    answer_.decided_at = is_gone ? sight.nearest_directory(recorded_) : recorded_;
    node_ = sight.look(answer_.decided_at);
    if (!at_directory)
      ground_.is_asked = is_asked_of(right, node_);
    gather_rules(right);
    note_on_path(right, at_directory);
  }

  /// Where making, removing or moving it is decided. A directory stands for what is in it, but when
  /// it is to be removed itself.
  std::string directory_of_question() const {
    const Sight& sight = confinement_.sight;
    std::string real = sight.resolve(question_.path);
    bool names_thing =
        !question_.names_directory &&
        (!sight.look(real).is_directory() || question_.right->short_name() == "remove_dir");
    // The last link is not followed: it is what is made or removed.
    return names_thing ? sight.resolve(parent_of(question_.path)) : real;
  }

  void gather_rules(const Right& right) {
    HeldRules rules(policy_, confinement_.sight, confinement_.unit, confinement_.scope);
    for (const auto& [rule, access] : rules.at(answer_.decided_at))
      for (const PathRule& written : as_written(*rule)) {
        std::uint64_t gives = written.access & access;
        KeyedWord said = word_of(written);
        hold({fmt::format("{}={}", said.name, said.word), names_of({gives, 0, 0}), written.from},
             (gives & right.mask()) != 0);
      }
    for (const PathRule* rule : rules.unknown_at(answer_.decided_at))
      if ((rule->access & right.mask()) != 0) {
        ground_.may_be_granted = true;
        note(fmt::format("only the start tells what {} is ({})", rule->path, said(rule->from)));
      }
    for (const PathRule* rule : rules.missing_at(answer_.decided_at))
      if ((rule->access & right.mask()) != 0)
        note(fmt::format("{} does not exist: {} ({})", rule->path,
                         rule->optional ? "its rule holds only if it does when the service starts"
                                        : "the service does not start without it",
                         said(rule->from)));
  }

  void gather_expected() {
    if (!question_.is_path() || !question_.right)
      return;
    for (const ExpectedRule& rule : policy_.expected)
      if ((rule.access & question_.right->mask()) != 0 &&
          expand(rule.path, confinement_.unit, confinement_.scope) == recorded_)
        answer_.expected.push_back({fmt::format("QuietPaths={}", word_of(rule)),
                                    names_of({rule.access, 0, 0}), rule.from});
  }

  void hold(HeldRule rule, bool grants) {
    ground_.is_granted = ground_.is_granted || grants;
    (grants ? answer_.granting : answer_.insufficient).push_back(std::move(rule));
  }

  static std::string said(const Provenance& from) {
    return from.where.file.empty()
               ? from.said_by
               : fmt::format("{} in {}", from.said_by, unitlock::to_string(from.where));
  }

  void note_on_path(const Right& right, bool at_directory) {
    using State = Node::State;
    if (node_.state == State::Missing)
      note(fmt::format("{} does not exist: this is said of a file that is made there",
                       answer_.decided_at));
    else if (node_.state == State::Unreachable)
      note(fmt::format("{} cannot be looked at: rules are compared by name", answer_.decided_at));
    else if (node_.state == State::Unseen)
      note(fmt::format("the service sees something else at {}: rules are compared by name",
                       answer_.decided_at));
    if (!at_directory && node_.is_directory() && right.short_name() != "read_dir")
      note("it is a directory: this is said of the files in it");
    if (right.mask() == kRefer)
      note("linking and renaming between two directories needs fs.refer in both, and the "
           "destination must not grant what the source does not");
  }

  void look_at_port() {
    const Right& right = *question_.right;
    for (const PortRule& rule : policy_.ports) {
      if (rule.any || question_.port < rule.first || question_.port > rule.last)
        continue;
      for (const PortRule& written : as_written(rule))
        for (const KeyedWord& said : words_of(written))
          hold({fmt::format("{}={}", said.name, said.word), names_of({0, written.access, 0}),
                written.from},
               (written.access & right.mask()) != 0);
    }
    if (!question_.peer.empty())
      note(
          fmt::format("Landlock looks at the port only: {} does not matter to it", question_.peer));
    if (question_.port == 0 && right.short_name().starts_with("bind"))
      note("port 0 is any port that is free");
  }

  std::string remedy() const {
    if (answer_.verdict.because == Because::ReferNotHandled)
      return ""; // no rule helps: it is the kernel, or ABI=1
    if (!question_.right)
      return question_.is_path() ? unrestricted_files() : "";
    switch (question_.right->family) {
    case Family::Filesystem:
      return path_to_grant() == "/" ? "" : path_line(*question_.right, path_to_grant());
    case Family::Network:
      return port_line();
    case Family::Scope:
      return fmt::format(
          "Scope={}",
          fmt::join(words_of_scope(restricted_by(policy_).scope & ~question_.right->mask()), " "));
    }
    return "";
  }

  /// A rule can only hold where something is.
  std::string path_to_grant() const {
    if (is_decided_at_directory(*question_.right))
      return answer_.decided_at;
    return node_.state == Node::State::Missing
               ? confinement_.sight.nearest_directory(answer_.decided_at)
               : question_.path;
  }

  Access remedy_access(const Right& right) const {
    const Sight& sight = confinement_.sight;
    std::string path = sight.resolve(path_to_grant());
    bool is_directory = sight.look(path).is_directory();
    const PathDirective* directive = directive_for(right);
    std::uint64_t access = directive ? directive->access : right.mask();
    return {path, is_directory ? access : on_file(access), is_directory, confinement_.unit};
  }

  std::string port_line() const {
    for (const PortDirective& row : kPortDirectives)
      if (row.access == question_.right->mask())
        return fmt::format("{}={}", row.name, question_.port);
    return "";
  }

  std::string unrestricted_files() const {
    auto families = static_cast<FamilySet>(families_of(restricted_by(policy_)) &
                                           ~family_bit(Family::Filesystem));
    return fmt::format("Restrict={}", fmt::join(words_of_families(families), " "));
  }

  const Confinement& confinement_;
  const Policy& policy_;
  const Question& question_;
  int abi_;
  Ground ground_;
  Node node_;
  std::string recorded_; ///< what a denial's record names: also where it is gone
  Answer answer_;
};

} // namespace

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
  case Outcome::Allowed:
    return "allowed";
  case Outcome::Denied:
    return "denied";
  case Outcome::NoStart:
    return "no-start";
  case Outcome::CannotTell:
    break;
  }
  return "cannot-tell";
}

std::string_view to_string(Because because) {
  switch (because) {
  case Because::Granted:
    return "granted";
  case Because::NotGranted:
    return "not-granted";
  case Because::NotConfined:
    return "not-confined";
  case Because::InvalidDeclaration:
    return "invalid-declaration";
  case Because::AnyPort:
    return "any-port";
  case Because::FamilyNotRestricted:
    return "family-not-restricted";
  case Because::ScopeNotRestricted:
    return "scope-not-restricted";
  case Because::NewerThanPin:
    return "newer-than-pin";
  case Because::KernelLacks:
    return "kernel-lacks";
  case Because::NoLandlock:
    return "no-landlock";
  case Because::NeverGranted:
    return "never-granted";
  case Because::ReferNotHandled:
    return "refer-not-handled";
  case Because::NotOfThisKind:
    return "not-of-this-kind";
  case Because::Strict:
    return "strict";
  case Because::UnknownRule:
    break;
  }
  return "unknown-rule";
}

std::vector<std::string> remedy_concerns(const Answer& answer, const ServiceView& view) {
  if (answer.remedy.empty())
    return {};
  if (answer.remedy_access)
    return why_sensitive(*answer.remedy_access, view);
  if (answer.question.right && answer.question.right->family == Family::Scope)
    return {why_sensitive_scope(answer.question.right->mask())};
  if (answer.question.is_path())
    return {"no file would be restricted any more"};
  return {};
}

Answer why(const Confinement& confinement, const Question& question, int abi) {
  return Reasoning(confinement, question, abi).run();
}

} // namespace unitlock::advise
