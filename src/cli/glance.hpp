// SPDX-License-Identifier: LGPL-2.1-or-later
// A machine's services at a glance: how many are in which state, what more could be confined, and
// who waits for a restart.
#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "cli/status_text.hpp"
#include "cli/vendor_list.hpp"
#include "machine/survey.hpp"

namespace unitlock::cli {

struct Glance {
  std::map<machine::State, std::size_t> states; ///< of the services of the table
  std::size_t running = 0;                      ///< all services that run, declared or not
  std::size_t running_confined = 0;             ///< by what is declared, or an earlier declaration
  std::size_t running_unknown = 0;              ///< neither confined nor unconfined for certain
  /// Services that run and declare nothing, sorted.
  std::vector<std::string> with_preset; ///< the vendor has a preset for them
  std::vector<std::string> excluded; ///< the vendor or the administrator says that they should not
                                     ///< be confined
  std::size_t others = 0;
  std::vector<std::string> restart_needed;
  std::vector<std::string> failed_after_denials;
  bool nothing_runs = false; ///< it is another root
  /// Of the last week; nullopt where they could not be counted.
  std::optional<std::uint64_t> denials;
  /// Those of too many starts: whose these are was not looked up, and some may be missing above.
  std::uint64_t denials_left_out = 0;
};

Glance glance_at(const std::vector<StatusEntry>& entries,
                 const std::vector<machine::UndeclaredService>& undeclared,
                 const VendorList& vendor);

void print_glance(std::FILE* stream, const Glance& glance);
nlohmann::ordered_json glance_json(const Glance& glance);

} // namespace unitlock::cli
