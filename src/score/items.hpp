// SPDX-License-Identifier: LGPL-2.1-or-later
// The items of the score: one row each, with a function that says how far a service could.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "check/reach.hpp"
#include "policy/lower.hpp"
#include "score/exposure.hpp"

namespace unitlock::score {

/// What the items look at: the policy as the kernel enforces it, laid over the files of a root.
class View {
public:
  /// Both must outlive it.
  View(const Root& root, const Confinement& confinement);
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  const Confinement& confinement() const { return confinement_; }
  const Ruleset& ruleset() const { return ruleset_; }
  const check::Reach& reach() const { return reach_; }
  /// Each with what it was written with.
  const std::vector<PortRule>& ports() const { return ports_; }

  /// Those of the rights that nothing restricts.
  landlock::AccessSet open(const landlock::AccessSet& rights) const {
    return rights.without(ruleset_.handled);
  }
  /// Why they are open: "ABI 7 does not restrict fs.resolve_unix".
  std::string why_open(const landlock::AccessSet& rights) const;
  /// A path with its links resolved, as the rules' are.
  std::string real(std::string_view path) const;

private:
  const Root& root_;
  const Confinement& confinement_;
  Ruleset ruleset_;
  std::vector<PortRule> ports_;
  check::Reach reach_;
};

/// How far a service could do something, and the first rule that lets it. Granting more never makes
/// it less.
struct Reached {
  unsigned percent = 0;
  std::string detail;
  const Provenance* from = nullptr;
};

struct Item {
  std::string_view id;
  std::string_view could;
  unsigned weight;
  Reached (*assess)(const View&);
  unsigned least = 0; ///< tenths: what it makes of the whole where a rule grants all of it
};

std::span<const Item> items();

} // namespace unitlock::score
