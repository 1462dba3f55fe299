// SPDX-License-Identifier: LGPL-2.1-or-later
// Command lines as systemd has them after its own expansion, with the wrapper and without.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace oracle {

/// One entry of ExecStartEx, without what it has of the last run.
struct Command {
  std::string path;
  std::vector<std::string> argv;
  nlohmann::json flags; ///< a list of names

  bool operator==(const Command&) const = default;
};

std::vector<Command> commands_of(const nlohmann::json& property);

/// The command that the wrapper's options and arguments stand for. nullopt where `command` does
/// not start the wrapper, or in no form that the wrapper would take.
std::optional<Command> unwrap(const Command& command, const std::string& wrapper);

bool has_option(const Command& command, std::string_view beginning);

/// What systemd's string_is_safe() says of a program's path.
bool is_safe_path(std::string_view path);

/// Where systemd finds the program of a path that it shows: the path itself, or for a bare name
/// the first program of that name in `search_path` (the property ExecSearchPath), or in systemd's
/// built-in path where that is empty. Empty where there is none.
std::string find_program(const std::string& path, const std::vector<std::string>& search_path);

std::string to_string(const std::vector<Command>& commands);

} // namespace oracle
