// SPDX-License-Identifier: LGPL-2.1-or-later
// What besides Landlock would refuse the same: the unit's other settings, permissions of files,
// capabilities, mounts. Only what can be determined; a service may be refused for more reasons.
// Pure over a struct of facts.
//
// Source: systemd.exec(5), systemd.resource-control(5), path_resolution(7), capabilities(7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "advise/identity.hpp"
#include "advise/question.hpp"
#include "advise/sight.hpp"
#include "unit/unit_index.hpp"

namespace unitlock::advise {

struct OtherRefusal {
  bool certain = false; ///< it refuses; otherwise it may
  std::string by;       ///< "ProtectSystem=strict", "the permissions of /srv/x"
  std::string text;     ///< why, a sentence without its full stop
  SourceRef where;      ///< of the setting; empty where none says it

  bool operator==(const OtherRefusal&) const = default;
};

/// A path and what is there.
using PathNode = std::pair<std::string, Node>;

struct Surroundings {
  const Unit& unit;
  RuntimeScope scope = RuntimeScope::System;
  /// As the service runs it, or as the unit says; nullopt where neither can be told.
  std::optional<Identity> identity;
  /// From "/" to where the question is decided (Answer::decided_at); none for what is no path.
  std::vector<PathNode> way;
  /// What is to be removed: its owner counts in a directory with the sticky bit.
  std::optional<Node> target;
  /// The nodes are those of the running service.
  bool is_running_view = false;
  /// The first port that anybody may bind to (net.ipv4.ip_unprivileged_port_start).
  unsigned first_free_port = 1024;
};

std::vector<OtherRefusal> other_refusals(const Question& question, const Surroundings& around);

} // namespace unitlock::advise
