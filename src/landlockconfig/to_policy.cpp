// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>

#include "landlock/abi.hpp"
#include "landlockconfig/convert.hpp"
#include "policy/grants.hpp"
#include "unit/words.hpp"

namespace unitlock::landlockconfig {
namespace {

using landlock::AccessSet;

void grant_paths(const Configuration& configuration, Imported& out) {
  for (const PathBeneath& rule : configuration.paths) {
    std::string word = "-" + escape_specifiers(rule.path);
    Provenance from{rule.where, "allowed", Origin::Preset};
    if (!rule.path.starts_with('/'))
      out.losses.push_back({Severity::Warning, rule.where,
                            fmt::format("'{}' is left out: it is relative, and a service has no "
                                        "directory of its own to begin at",
                                        rule.path)});
    else if (auto done = grant_path(out.policy, rule.access, word, from); !done)
      out.losses.push_back({Severity::Warning, rule.where, "left out: " + done.error().message});
  }
}

void grant_ports(const Configuration& configuration, Imported& out) {
  for (const NetPort& rule : configuration.ports)
    out.policy.ports.push_back(
        {rule.port, rule.port, false, rule.access, {rule.where, "allowed", Origin::Preset}});
}

/// Where no right of the file system is handled, the kernel denies no link or rename across
/// directories either; where any is, refer is denied whether it is handled or not (landlock(7)).
void grant_unhandled(const Configuration& configuration, Imported& out) {
  AccessSet open = landlock::known_to(landlock::kNewestAbi).without(configuration.handled);
  if (configuration.handled.fs != 0)
    open.fs &= ~landlock::mask_of("fs.refer");
  Provenance from{{}, "not handled", Origin::Preset};
  if (open.fs != 0)
    out.policy.paths.push_back({"/", open.fs, true, from});
  if (open.net != 0)
    out.policy.ports.push_back({0, 0, true, open.net, from});
}

} // namespace

Imported to_policy(const Configuration& configuration) {
  Imported out;
  out.policy = neutral_policy();
  out.handled = configuration.handled;
  grant_paths(configuration, out);
  grant_ports(configuration, out);
  grant_unhandled(configuration, out);
  remove_duplicates(out.policy);
  return out;
}

} // namespace unitlock::landlockconfig
