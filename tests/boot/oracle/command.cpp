// SPDX-License-Identifier: LGPL-2.1-or-later
#include "command.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace oracle {
namespace {

/// "$$" → "$", as systemd does it with the arguments when it executes a command.
std::string fold_dollars(const std::string& text) {
  std::string folded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    folded += text[i];
    if (text[i] == '$' && i + 1 < text.size() && text[i + 1] == '$')
      ++i;
  }
  return folded;
}

/// "//a/./b" → "/a/b", as systemd's path_simplify(), which has not seen what the specifiers of an
/// argument stand for.
std::string simplify(const std::string& path) {
  std::string simple = path;
  for (const char* piece : {"//", "/./"})
    for (std::size_t at = simple.find(piece); at != std::string::npos; at = simple.find(piece))
      simple.erase(at, std::string_view(piece).size() - 1);
  return simple;
}

bool expands_variables(const Command& command) {
  return std::find(command.flags.begin(), command.flags.end(), "no-env-expand") ==
         command.flags.end();
}

bool is_program(const std::string& path) {
  struct stat st = {};
  return stat(path.c_str(), &st) == 0 && S_ISREG(st.st_mode) && access(path.c_str(), X_OK) == 0;
}

} // namespace

std::vector<Command> commands_of(const nlohmann::json& property) {
  std::vector<Command> commands;
  for (const auto& entry : property)
    commands.push_back({entry.at(0), entry.at(1), entry.at(2)});
  return commands;
}

std::optional<Command> unwrap(const Command& command, const std::string& wrapper) {
  constexpr std::string_view kProgram = "--program=";
  auto end = std::find(command.argv.begin(), command.argv.end(), "--");
  if (command.path != wrapper || command.argv.empty() || command.argv.front() != wrapper ||
      end == command.argv.end() || end - command.argv.begin() < 2)
    return std::nullopt;
  if (std::any_of(command.argv.begin() + 1, end,
                  [](const auto& o) { return !o.starts_with("--"); }))
    return std::nullopt;
  const std::string& last = *(end - 1);
  if (!last.starts_with(kProgram))
    return std::nullopt;
  std::string program = last.substr(kProgram.size());
  return Command{simplify(expands_variables(command) ? fold_dollars(program) : program),
                 {end + 1, command.argv.end()},
                 command.flags};
}

bool has_option(const Command& command, std::string_view beginning) {
  return std::any_of(command.argv.begin(), command.argv.end(),
                     [&](const std::string& word) { return word.starts_with(beginning); });
}

bool is_safe_path(std::string_view path) {
  return std::none_of(path.begin(), path.end(), [](unsigned char c) {
    return c < 0x20 || c == 0x7f || c == '"' || c == '\'' || c == '\\';
  });
}

std::string find_program(const std::string& path, const std::vector<std::string>& search_path) {
  if (path.find('/') != std::string::npos)
    return path;
  // systemd's DEFAULT_PATH on Debian; /sbin and /bin are links into /usr.
  static const std::vector<std::string> kBuiltIn = {"/usr/local/sbin", "/usr/local/bin",
                                                    "/usr/sbin", "/usr/bin"};
  for (const std::string& directory : search_path.empty() ? kBuiltIn : search_path)
    if (std::string candidate = directory + "/" + path; is_program(candidate))
      return candidate;
  return "";
}

std::string to_string(const std::vector<Command>& commands) {
  std::string text;
  for (const Command& command : commands)
    text += "    " + nlohmann::json{command.path, command.argv, command.flags}.dump() + "\n";
  return text.empty() ? "    (none)\n" : text;
}

} // namespace oracle
