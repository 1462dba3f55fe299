// SPDX-License-Identifier: LGPL-2.1-or-later
// The line for what was denied on one path; see suggestion.hpp for the rule it goes by.
#pragma once

#include <optional>

#include "advise/need.hpp"
#include "advise/service_view.hpp"
#include "advise/suggestion.hpp"

namespace unitlock::advise {

/// What the rule would be on, once it is known what is at the path.
struct Target {
  std::string path; ///< raw
  std::uint64_t rights = 0;
  bool is_directory = false;
  std::string remark; ///< why it is another path than the denied one
};

/// nullopt where the declaration allows it already.
std::optional<Suggestion> advise_on_path(const Need& need, const ServiceView& view);

/// The rights of a rule for these on the path: a directive's, or just these.
std::uint64_t rights_of_rule(const Target& target, const ServiceView& view,
                             const std::string& unit);

/// A suggestion with its line and concerns, of just these rights.
Suggestion suggest_rule(const Target& target, std::uint64_t access, const ServiceView& view,
                        const std::string& unit);

/// Puts the wider line, which is on the directory, in the place of the suggestion's own.
void take_wider(Suggestion& suggestion, const std::string& directory);

/// "/srv" of "/srv/a".
std::string parent_of(const std::string& path);

/// "would also allow reading 3 other files: …" of a rule on a directory in place of one on `path`.
std::string what_it_adds(const std::string& directory, const std::string& path,
                         std::uint64_t access, const ServiceView& view);

} // namespace unitlock::advise
