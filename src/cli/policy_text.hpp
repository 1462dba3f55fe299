// SPDX-License-Identifier: LGPL-2.1-or-later
// A declaration with its policy, for people and for programs.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "cli/shown_abi.hpp"
#include "declare/declaration_index.hpp"
#include "policy/lines.hpp"

namespace unitlock::cli {

void print_policy(std::FILE* stream, const DeclaredUnit& declared, const ShownAbi& shown);
/// The paths and ports that a policy grants, and the denials that it expects, as tables.
void print_rules(std::FILE* stream, const Policy& policy);
nlohmann::ordered_json rules_json(const Policy& policy);
nlohmann::ordered_json expected_json(const Policy& policy);
nlohmann::ordered_json policy_json(const DeclaredUnit& declared, const ShownAbi& shown);

/// "read-only", or "execute,read_file" where no directive grants just that.
std::string grant_words(std::uint64_t fs_access);
/// "confined", "invalid", …: as in JSON.
std::string_view to_string(Declaration::State state);
/// "confined when started", "the declaration is INVALID: …": what becomes of the unit.
std::string headline(const DeclaredUnit& declared);
/// The words of Restrict= that a policy means.
std::vector<std::string> family_words(const Policy& policy);
/// A place for people; empty where nothing is known.
std::string place(const SourceRef& where);
/// "ReadOnlyPaths=/srv    # file:line".
std::string line_text(const PolicyLine& line);
/// null where nothing is known.
nlohmann::ordered_json place_json(const SourceRef& where);
nlohmann::ordered_json diagnostics_json(const Diagnostics& diagnostics);

} // namespace unitlock::cli
