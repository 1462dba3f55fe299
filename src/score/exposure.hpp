// SPDX-License-Identifier: LGPL-2.1-or-later
// How much a service could still do under its policy: items with weights, summed up to one figure
// on the scale of systemd-analyze(1), from 0.0 (nothing of what is asked) to 10.0 (everything), and
// raised where one of them is enough to get out.
// Only what the kernel restricts counts: a right that it does not know is open to the service.
//
// Source: systemd-analyze(1), "security", and systemd's src/analyze/analyze-security.c for the
// scale, its words and how it is rounded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "base/manager_environment.hpp"
#include "declare/declaration_index.hpp"
#include "policy/policy.hpp"

namespace unitlock::score {

struct ItemScore {
  std::string_view id;    ///< "read-secrets": a name that stays, see unitlock-security(1)
  std::string_view could; ///< what the service could do: "read keys and passwords"
  unsigned weight = 0;
  unsigned percent = 0; ///< how far it could: 0 not at all, 100 without limits
  std::string detail;   ///< paths, ports or what the kernel lacks; empty for 0 %
  Provenance from;      ///< the first rule that lets it; empty where it is no rule
};

struct Exposure {
  unsigned tenths = 0; ///< 0 to 100, for 0.0 to 10.0
  /// The item that makes it more than the sum of all: what a rule grants may be enough by itself.
  /// Empty where none does.
  std::string_view raised_by;
  std::vector<ItemScore> items;
};

/// What a service is confined by, and how much of its unit is.
struct Confinement {
  const Policy& policy;
  int abi = 0; ///< the kernel's; 0: without Landlock
  std::string unit;
  RuntimeScope scope = RuntimeScope::System;
  /// Commands of the unit that run unconfined beside it; see loose_commands().
  struct LooseCommand {
    Provenance from;
    bool was_asked_for = false; ///< Commands= names the setting, but it cannot be confined
  };
  std::vector<LooseCommand> loose_commands;
};

/// `root` is where the paths' links lead.
Exposure assess(const Root& root, const Confinement& confinement);

/// Whether a kernel of this ABI enforces nothing of the policy.
bool restricts_nothing(const Policy& policy, int abi);

/// Of a service that nothing confines: 10.0.
Exposure unconfined();

/// The settings of a confined unit whose commands are not.
std::vector<Confinement::LooseCommand> loose_commands(const DeclaredUnit& declared);

/// What an item adds to the figure, in its unit.
double contribution(const Exposure& exposure, const ItemScore& item);

/// systemd's word for the figure: "OK", "MEDIUM", "EXPOSED", "UNSAFE", …
std::string_view predicate(unsigned tenths);
/// "4.3".
std::string figure(unsigned tenths);

} // namespace unitlock::score
