// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/exec_command.hpp"

#include <limits.h>

#include <algorithm>

#include <fmt/format.h>

#include "base/safe_string.hpp"
#include "base/specifier.hpp"
#include "policy/exec_line.hpp"
#include "unit/expand.hpp"
#include "unit/words.hpp"

namespace unitlock {
namespace {

/// A ";" that stands alone and unquoted ends a command.
bool is_separator(std::string_view raw_word) {
  return raw_word == ";";
}

/// Strips the prefixes off the first word and returns whether "@" was among them. Each counts once,
/// "!" twice, and "+" and "!" exclude each other; one too many is part of the path, as in
/// config_parse_exec().
bool take_prefixes(std::string& path, ExecCommand& command) {
  bool separate_argv0 = false;
  std::size_t i = 0;
  for (; i < path.size(); ++i) {
    char c = path[i];
    bool again = command.prefixes.find(c) != std::string::npos;
    auto bangs = std::count(command.prefixes.begin(), command.prefixes.end(), '!');
    if (c == '@' && !separate_argv0)
      separate_argv0 = true;
    else if (c == '+' && !command.fully_privileged && bangs == 0)
      command.fully_privileged = true;
    else if (c == '|' && !command.shell)
      command.shell = true;
    else if (c == ':' && !again)
      command.no_variables = true, command.prefixes += c;
    else if ((c == '-' && !again) || (c == '!' && bangs < 2 && !command.fully_privileged))
      command.prefixes += c;
    else
      break;
  }
  path.erase(0, i);
  return separate_argv0;
}

/// A backslash at the end of the value stands for itself. In the drop-in it would join the next
/// line, so it is escaped.
std::string close_escape(const std::string& arguments) {
  std::size_t last = arguments.find_last_not_of('\\');
  std::size_t backslashes = arguments.size() - (last == std::string::npos ? 0 : last + 1);
  return backslashes % 2 == 0 ? arguments : arguments + '\\';
}

/// Reads words up to the end of the command; the text between the first and the last is kept as it
/// is. Leaves `rest` behind the separator.
Result<std::string> take_arguments(std::string_view& rest) {
  const char* begin = rest.data();
  const char* end = begin;
  while (!rest.empty()) {
    auto word = next_raw_word(rest);
    if (!word)
      return tl::unexpected(word.error());
    if (is_separator(*word))
      break;
    end = word->data() + word->size();
  }
  return close_escape(std::string(begin, end));
}

/// systemd's path_is_valid() and filename_is_valid(), as far as the lengths go.
bool is_too_long(std::string_view path) {
  if (path.size() >= PATH_MAX)
    return true;
  while (!path.empty()) {
    std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > NAME_MAX)
      return true;
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return false;
}

/// systemd's path_implies_directory(). 252 refuses only the slash.
bool implies_directory(std::string_view path) {
  std::string_view name = path_basename(path);
  return name.empty() || name == "." || name == "..";
}

Result<ExecCommand> take_command(std::string_view first_word, std::string_view& rest,
                                 const SourceRef& where) {
  ExecCommand command;
  command.where = where;
  command.path = unquote_word(first_word);
  bool separate_argv0 = take_prefixes(command.path, command);
  auto arguments = take_arguments(rest);
  if (!arguments)
    return tl::unexpected(arguments.error());
  if (implies_directory(command.path))
    return fail("the command names no program");
  if (is_too_long(command.path))
    return fail("the path of the program is too long");
  if (!is_safe_string(command.path))
    return fail("the path of the program holds a quote, a backslash or a control character");
  if (command.path.find_first_of("*?[") != std::string::npos)
    return fail("the path of the program holds a wildcard, which newer versions of systemd refuse");
  if (command.path[0] != '/' && command.path[0] != '%' &&
      command.path.find('/') != std::string::npos)
    return fail("the path of the program is neither absolute nor a bare name");
  if (separate_argv0 && arguments->empty())
    return fail("@ is given but no word follows the program");
  std::string argv0 = separate_argv0 ? "" : quote_word(command.path);
  const char* space = argv0.empty() || arguments->empty() ? "" : " ";
  command.argv_text = argv0 + space + *arguments;
  return command;
}

Result<void> add_commands(const Assignment& assignment, std::vector<ExecCommand>& commands) {
  std::string_view rest = assignment.value;
  for (;;) {
    auto word = next_raw_word(rest);
    if (!word)
      return fail(assignment.where, word.error().message);
    if (word->empty())
      return {};
    if (unquote_word(*word) == ";") // in this place even a quoted one
      continue;
    auto command = take_command(*word, rest, assignment.where);
    if (!command)
      return fail(assignment.where, command.error().message);
    commands.push_back(std::move(*command));
  }
}

/// Whether systemd stops reading the file at this line. That a line does not even begin with a word
/// is ignored alone.
bool stops_reading(const Assignment& assignment) {
  std::string_view rest = assignment.value;
  for (;;) {
    auto word = next_raw_word(rest);
    if (!word || word->empty())
      return false;
    if (unquote_word(*word) == ";")
      continue;
    ExecCommand command;
    std::string path = unquote_word(*word);
    take_prefixes(path, command);
    if (!take_command(*word, rest, assignment.where)) // with "-" the rest of the line goes, no more
      return command.prefixes.find('-') == std::string::npos;
  }
}

/// ExecSearchPath=, or systemd's built-in list where it has nothing that systemd takes: relative
/// paths and such with ".." are ignored with a warning.
std::vector<std::string> search_directories(const Unit& unit) {
  std::vector<std::string> directories;
  for (const Assignment* assignment : unit.list("Service", "ExecSearchPath")) {
    std::string_view rest = assignment->value;
    while (!rest.empty()) {
      std::string_view directory = rest.substr(0, rest.find(':'));
      if (!directory.empty() && (directory[0] == '/' || directory[0] == '%') &&
          !path_has_dotdot(directory))
        directories.emplace_back(directory);
      rest.remove_prefix(std::min(directory.size() + 1, rest.size()));
    }
  }
  if (directories.empty())
    return {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"};
  return directories;
}

/// Whether the path may end in "/" once specifiers are expanded: systemd then ignores the command,
/// and the wrapper would run it. %i and %I are empty in a unit that is no instance, and %I may be
/// or end in a slash.
bool may_become_directory(const Unit& unit, const std::string& path) {
  std::string_view last = path_basename(path);
  bool has_instance = unit.name.find('@') != std::string::npos;
  for (; last.starts_with("%i") || last.starts_with("%I"); last.remove_prefix(2))
    if (has_instance && last[1] == 'i')
      return false;
  return last.empty();
}

/// Whether a part of the unit's name brings into the path what systemd refuses there: the backslash
/// of an escaped instance, or what one stands for. Only the wrapper knows the instances of a
/// template, and refuses then.
bool name_spoils(const Unit& unit, const std::string& path) {
  for (std::size_t i = path.find('%'); i != std::string::npos; i = path.find('%', i + 2)) {
    // A user's directories are not known here, and the system's are harmless.
    auto value = expand(path.substr(i, 2), unit.name, RuntimeScope::User);
    if (value && !is_safe_string(*value))
      return true;
  }
  return false;
}

} // namespace

Result<std::vector<ExecCommand>> exec_commands(const Unit& unit, std::string_view key) {
  std::vector<ExecCommand> commands;
  for (const Assignment* assignment : unit.list("Service", key))
    if (auto added = add_commands(*assignment, commands); !added)
      return tl::unexpected(added.error());
  return commands;
}

const Assignment* command_that_ends_drop_in(const Unit& unit) {
  for (const Assignment& assignment : unit.assignments)
    if (assignment.where.file != unit.fragment && assignment.section == "Service" &&
        std::any_of(std::begin(kExecLines), std::end(kExecLines),
                    [&](const ExecLineWord& line) { return line.setting == assignment.key; }) &&
        stops_reading(assignment))
      return &assignment;
  return nullptr;
}

Result<std::string> find_program(const Root& root, const Unit& unit, const std::string& path) {
  if (may_become_directory(unit, path))
    return fail(fmt::format("{}: the specifier hides which program it is", path));
  if (name_spoils(unit, path))
    return fail(fmt::format("{}: the unit's name makes it a path that systemd refuses", path));
  if (path[0] == '/')
    return simplify_path(path);
  if (begins_with_directory_specifier(path))
    return path;
  if (has_specifier(path))
    return fail(fmt::format("{}: the specifier hides where the program is", path));
  for (const char* key : {"RootDirectory", "RootImage"})
    if (unit.scalar("Service", key))
      return fail(fmt::format("{}: with {}= the program must be named by its path", path, key));
  for (const std::string& directory : search_directories(unit)) {
    if (directory.find('%') != std::string::npos)
      return fail(fmt::format("{}: ExecSearchPath= with specifiers cannot be followed", path));
    std::string candidate = simplify_path(directory + "/" + path);
    if (!root.is_program(candidate))
      continue;
    if (!is_safe_string(candidate)) // systemd asks this of names only, the wrapper of all paths
      return fail(fmt::format("{}: ExecSearchPath= holds a quote or a backslash", path));
    return candidate;
  }
  return fail(fmt::format("{}: there is no such program in the search path", path));
}

} // namespace unitlock
