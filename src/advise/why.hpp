// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether Landlock lets a service do something, by which rule or for the lack of which, and what
// each kernel would say. A pure function of the policy, the question and what is at the paths.
//
// Source: landlock(7); security/landlock/fs.c: rules are on inodes, and what lies on the way up
// from the object, across mount points too, adds up; security/landlock/net.c, task.c.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "advise/question.hpp"
#include "advise/sensitive.hpp"
#include "advise/sight.hpp"
#include "base/manager_environment.hpp"
#include "policy/policy.hpp"

namespace unitlock::advise {

enum class Outcome {
  Allowed,
  Denied,
  NoStart,    ///< the service refuses to start on this kernel
  CannotTell, ///< a rule might grant it whose path only the start will tell
};
/// "allowed", "denied", "no-start", "cannot-tell".
std::string_view to_string(Outcome outcome);

enum class Because {
  Granted,             ///< by the rules of Answer::granting
  NotGranted,          ///< no rule does
  NotConfined,         ///< nothing is enforced
  InvalidDeclaration,  ///< NoStart
  AnyPort,             ///< "any" port: the right is not restricted
  FamilyNotRestricted, ///< Restrict= leaves it out
  ScopeNotRestricted,  ///< Scope= leaves it out
  NewerThanPin,        ///< than ABI=
  KernelLacks,         ///< the kernel does not know the right
  NoLandlock,          ///< nor any other
  NeverGranted,        ///< nothing can grant it to a service whose files, or all, are restricted
  ReferNotHandled, ///< link and rename between directories: by ABI 1 always denied, and wherever
                   ///< files are restricted and refer is not
  NotOfThisKind,   ///< the kernel does not ask this of such a file
  Strict,          ///< Compatibility=strict, and the kernel cannot enforce all
  UnknownRule,     ///< CannotTell
};
/// "granted", "not-granted", …
std::string_view to_string(Because because);

struct Verdict {
  Outcome outcome = Outcome::CannotTell;
  Because because = Because::UnknownRule;

  bool operator==(const Verdict&) const = default;
};

/// Kernels that say the same. ABI 0 has no Landlock.
struct AbiRange {
  int first = 0;
  int last = 0;
  Verdict verdict;

  bool operator==(const AbiRange&) const = default;
};

/// A rule that holds where the question is decided.
struct HeldRule {
  std::string line;                ///< "ReadOnlyPaths=-/srv"
  std::vector<std::string> rights; ///< that it grants there: "fs.read_file"
  Provenance from;
};

struct Answer {
  Question question;
  /// Where the kernel looks: the file with its links followed, or the directory. Empty but for
  /// paths.
  std::string decided_at;
  Verdict verdict; ///< of the kernel that was asked for
  std::vector<AbiRange> abis;
  std::vector<HeldRule> granting;
  /// Rules that hold there too, and grant other rights only.
  std::vector<HeldRule> insufficient;
  /// Declared with the denial as a matter of course, where it is denied.
  std::vector<HeldRule> expected;
  /// What would allow it: "ReadOnlyPaths=/srv/x"; empty where it is allowed, or nothing would.
  std::string remedy;
  /// What it grants, where it is on a path.
  std::optional<Access> remedy_access;
  /// What else there is to know, sentences.
  std::vector<std::string> notes;
};

/// A policy as a service has it, and what the service sees.
struct Confinement {
  const Policy& policy;
  const Sight& sight;
  std::string unit; ///< full name, for specifiers
  RuntimeScope scope = RuntimeScope::System;
};

/// Why the remedy should not be written as a matter of course: as `unitlock suggest` says of the
/// same grant.
std::vector<std::string> remedy_concerns(const Answer& answer, const ServiceView& view);

/// `abi`: the kernel's, 0 for none.
Answer why(const Confinement& confinement, const Question& question, int abi);

} // namespace unitlock::advise
