// SPDX-License-Identifier: LGPL-2.1-or-later
// From denials to the lines of a declaration that would have allowed them.
//
// The narrowest line is meant: the very path (the directory only where the right belongs to
// directories, or where the file is gone or was replaced) and the rights that were denied. A
// directive is used where, on this path, it grants nothing that was not denied or is not granted
// already, but for two things: who may overwrite a file may also truncate it; and in a directory
// of the service's own (not of its logs) who makes files may use all of them. Otherwise
// AllowPaths= says the rights. Who may make a file may write what it made. Of configuration and
// logs in a directory of the service's own, which are replaced by rename, the directory is taken.
//
// Every path is optional ("-"): a line that came out of a log never keeps a service from starting.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "advise/grant.hpp"
#include "advise/service_view.hpp"
#include "journal/denial_report.hpp"

namespace unitlock::advise {

/// Some denials that a line would have allowed. Texts are harmless for a terminal.
struct Evidence {
  std::string rights;  ///< "fs.read_file,fs.write_file"
  std::string object;  ///< journal::describe()
  std::string program; ///< empty where the log does not say
  std::uint64_t count = 0;
  std::uint64_t first_usec = 0;
  std::uint64_t last_usec = 0;
  bool is_likely = false; ///< whose it was could not be told for certain
};

/// A line that allows more.
struct Wider {
  std::string line;
  Grant grant;
  std::string adds;                  ///< what it allows besides
  std::vector<std::string> concerns; ///< as Suggestion::concerns
};

struct Suggestion {
  enum class Kind {
    Ordinary,
    Sensitive,  ///< only by somebody's decision: see `concerns`
    Impossible, ///< no line would allow it, or none that could be written: see `concerns`
  };
  Kind kind = Kind::Ordinary;
  std::string line;             ///< "ReadOnlyPaths=-/srv/a"; empty for Impossible
  std::optional<Grant> grant;   ///< what the line grants
  bool is_on_directory = false; ///< the line's path is a directory
  std::string object;           ///< what it is about, raw: a path, a port, "scope.signal"
  std::vector<std::string> concerns;
  std::vector<std::string> remarks; ///< "the file is gone: …"
  std::vector<std::string> signs;   ///< what speaks for an attack, or for a gap in the policy
  std::vector<Evidence> evidence;
  std::optional<Wider> wider;
  /// "QuietPaths=remove_file:/run", by which it stays denied and is no news; empty where there is
  /// none: a line is about one object.
  std::string quiet_line;
  std::optional<ExpectedRule> quiet;

  bool is(Kind which) const { return kind == which; }
};

struct Advice {
  /// Ordinary ones first, then sensitive and impossible ones; each kind by its lines.
  std::vector<Suggestion> suggestions;
  std::vector<Evidence> allowed;   ///< the declaration allows them now
  std::vector<Evidence> uncertain; ///< perhaps another unit's, or nobody's: never acted upon
  std::uint64_t expected = 0;      ///< denials that the declaration expects

  /// Nothing was denied but what is expected.
  bool empty() const { return suggestions.empty() && allowed.empty() && uncertain.empty(); }
};

/// `groups`: those that concern the unit, what is expected among them. Never fails.
Advice advise(const std::vector<journal::DenialGroup>& groups, const ServiceView& view,
              const journal::Expectations& expectations = {});

} // namespace unitlock::advise
