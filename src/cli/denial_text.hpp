// SPDX-License-Identifier: LGPL-2.1-or-later
// Denials for people and for programs. The JSON is described by docs/denials.schema.json.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "journal/denial_report.hpp"

namespace unitlock::cli {

struct DenialStyle {
  bool hosts = false; ///< whether to say which host
  bool colours = false;
  std::uint64_t now_usec = 0;
  journal::Id128 boot; ///< the one that goes without saying
  /// Whether a table leaves out the middle of a path that no terminal has room for.
  bool cuts = false;
};

/// "249" in the boot that goes without saying, "249@aa1f48e1" elsewhere: see journal::event_id().
std::string short_event_id(std::uint64_t serial, const journal::Id128& boot,
                           const DenialStyle& style);

/// Whether something was cut.
bool print_table(std::FILE* stream, const journal::DenialReport& report, const DenialStyle& style);
/// One line, with its newline.
std::string line_text(const journal::DenialEvent& event, const DenialStyle& style);

nlohmann::ordered_json to_json(const journal::DenialGroup& group,
                               const journal::DenialReport& report);
nlohmann::ordered_json to_json(const journal::DenialEvent& event);

} // namespace unitlock::cli
