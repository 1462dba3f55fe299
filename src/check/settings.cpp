// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check/settings.hpp"

#include <sys/stat.h>

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "check/known_programs.hpp"
#include "unit/words.hpp"

namespace unitlock::check {
namespace {

/// A program that a command names: its own, or one in the text that it hands to a shell.
struct NamedProgram {
  std::string path;
  SourceRef where;
  ExecLine line;
};

void add_shell_text(const std::string& text, const WrappedCommand& wrapped,
                    std::vector<NamedProgram>& programs) {
  bool begins_command = true;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find_first_of(" \t\n;&|()", at), text.size());
    std::string word = text.substr(at, end - at);
    if (!word.empty()) {
      // "exec x" and "A=b x" are commands whose program stands behind.
      bool leads_on = word == "exec" || word.find('=') != std::string::npos;
      if (begins_command && !leads_on)
        programs.push_back({word, wrapped.command.where, wrapped.line});
      begins_command = begins_command && leads_on;
    }
    if (end < text.size() && text[end] != ' ' && text[end] != '\t')
      begins_command = true;
    at = end + 1;
  }
}

std::vector<NamedProgram> named_programs(const Subject& subject) {
  std::vector<NamedProgram> programs;
  for (const WrappedCommand& wrapped : subject.declaration.commands) {
    programs.push_back({wrapped.program, wrapped.command.where, wrapped.line});
    auto words = split_words(wrapped.command.argv_text);
    for (std::size_t i = 1; words && i < words->size(); ++i)
      if ((*words)[i - 1] == "-c")
        add_shell_text((*words)[i], wrapped, programs);
  }
  return programs;
}

/// systemd's "user@.service" runs /usr/lib/systemd/systemd, and is the one known by that name.
std::vector<NamedProgram> with_concern(const std::vector<NamedProgram>& programs, Concern concern) {
  std::vector<NamedProgram> found;
  for (const NamedProgram& program : programs)
    for (const KnownProgram& known : kKnownPrograms)
      if (known.concern == concern && known.name == path_basename(program.path))
        found.push_back(program);
  return found;
}

struct Evidence {
  std::string what;
  SourceRef where;
  bool certain = true;
};

bool allows_mounting(const std::string& word) {
  constexpr auto kCalls = std::to_array<std::string_view>(
      {"@mount", "mount", "umount", "umount2", "pivot_root", "move_mount", "fsmount", "open_tree"});
  return std::find(kCalls.begin(), kCalls.end(), word.substr(0, word.find(':'))) != kCalls.end();
}

/// What says that a service mounts; the strongest first.
std::optional<Evidence> evidence_of_mounting(const Subject& subject,
                                             const std::vector<NamedProgram>& programs) {
  if (auto found = with_concern(programs, Concern::Mounts); !found.empty())
    return Evidence{fmt::format("{} mounts", found.front().path), found.front().where};
  for (const Assignment* filter : subject.unit.list("Service", "SystemCallFilter")) {
    auto words = split_words(filter->value).value_or(std::vector<std::string>{});
    if (!words.empty() && words.front()[0] != '~' &&
        std::any_of(words.begin(), words.end(), allows_mounting))
      return Evidence{"SystemCallFilter= asks for the system calls that mount", filter->where};
  }
  if (const Assignment* flags = subject.unit.scalar("Service", "MountFlags");
      flags && flags->value.find("shared") != std::string::npos)
    return Evidence{"MountFlags= shares what the service mounts", flags->where};
  for (const char* key : {"AmbientCapabilities", "CapabilityBoundingSet"})
    for (const Unit::Word& word : subject.words(key))
      if (word.assignment->value[0] != '~' && word.text == "CAP_SYS_ADMIN")
        return Evidence{fmt::format("{}= has CAP_SYS_ADMIN, which is what mounting needs", key),
                        word.assignment->where, false};
  return std::nullopt;
}

void check_mounting(const Subject& subject, const std::vector<NamedProgram>& programs,
                    Findings& findings) {
  if (!subject.restricts_files())
    return;
  auto evidence = evidence_of_mounting(subject, programs);
  if (!evidence)
    return;
  findings.push_back({evidence->certain ? Severity::Warning : Severity::Note, "mounts",
                      evidence->where,
                      fmt::format("{}: a service whose files are restricted cannot mount, unmount "
                                  "or change its root, whatever is granted",
                                  evidence->what),
                      "Restrict=network scope leaves files, and with them mounting, "
                      "unrestricted; or Mode=off"});
}

void check_sessions(const Subject& subject, const std::vector<NamedProgram>& programs,
                    Findings& findings) {
  for (const NamedProgram& found : with_concern(programs, Concern::StartsOthers)) {
    if (subject.runs_users_manager()) {
      findings.push_back({Severity::Note, "starts-sessions", found.where,
                          "the user's services, and what they start (also by sudo), stay inside of "
                          "this policy",
                          "see USERS' MANAGERS in unitlock.unit(5)"});
      return;
    }
    findings.push_back({Severity::Warning, "starts-sessions", found.where,
                        fmt::format("{} starts what others ask it for: sessions, jobs, and what "
                                    "these start (also by sudo), stay under this policy for good",
                                    found.path),
                        "confine the services that matter, and not what starts them; Mode=off"});
  }
}

void check_signals(const Subject& subject, const std::vector<NamedProgram>& programs,
                   Findings& findings) {
  if ((restricted_by(subject.policy()).scope & landlock::mask_of("scope.signal")) == 0)
    return;
  for (const NamedProgram& found : with_concern(programs, Concern::Signals)) {
    if (may_signal_the_service(found.line))
      continue; // the declaration itself warns of it
    findings.push_back({Severity::Warning, "signals-others", found.where,
                        fmt::format("{} signals processes outside of the service, which this "
                                    "policy denies",
                                    found.path),
                        "Scope=abstract-unix-socket leaves signals unrestricted"});
  }
}

/// Whether the wrapper has to set no_new_privs where nothing else has: restricting oneself needs
/// it or CAP_SYS_ADMIN, see landlock_restrict_self(2).
const Assignment* loses_privileges(const Subject& subject) {
  auto has_admin = [&](const char* key) {
    auto words = subject.words(key);
    return std::any_of(words.begin(), words.end(), [](const Unit::Word& word) {
      return word.assignment->value[0] != '~' && word.text == "CAP_SYS_ADMIN";
    });
  };
  if (subject.is_on("NoNewPrivileges") || has_admin("AmbientCapabilities"))
    return nullptr;
  const Assignment* user = subject.unit.scalar("Service", "User");
  if (user && user->value != "root" && user->value != "0")
    return user;
  if (subject.is_on("DynamicUser"))
    return subject.unit.scalar("Service", "DynamicUser");
  const Assignment* bounds = subject.unit.scalar("Service", "CapabilityBoundingSet");
  return bounds && bounds->value[0] != '~' && !has_admin("CapabilityBoundingSet") ? bounds
                                                                                  : nullptr;
}

bool has_setid_bit(const Root& root, const std::string& path) {
  auto fd = root.open_file(path, O_PATH);
  struct stat st = {};
  return fd && fstat(fd->get(), &st) == 0 && S_ISREG(st.st_mode) &&
         (st.st_mode & (S_ISUID | S_ISGID)) != 0;
}

void check_privileges(const Subject& subject, Findings& findings) {
  const Assignment* why = loses_privileges(subject);
  if (!why || subject.other_root())
    return;
  for (const PlacedRule& placed : subject.reach.rules()) {
    if ((placed.rule->access & kExecute) == 0 || placed.kind != FileKind::Regular ||
        !has_setid_bit(subject.root, placed.path))
      continue;
    findings.push_back(
        {Severity::Warning, "no-new-privileges", placed.rule->from.where,
         fmt::format("{} has the setuid or setgid bit, which gains it nothing any more: because "
                     "of {}= ({}) the service is confined with no_new_privs",
                     placed.path, why->key, to_string(why->where)),
         "AmbientCapabilities= gives a service what it needs; with CAP_SYS_ADMIN it keeps "
         "such programs working"});
  }
}

/// A daemon that cannot write its PID file never becomes "started".
void check_pid_file(const Subject& subject, Findings& findings) {
  const Assignment* type = subject.unit.scalar("Service", "Type");
  const Assignment* setting = subject.unit.scalar("Service", "PIDFile");
  if (!setting || !type || type->value != "forking" || subject.other_root())
    return;
  auto path = subject.expanded(setting->value);
  if (!path)
    return;
  std::string file = simplify_path((*path)[0] == '/' ? *path : "/run/" + *path);
  std::string real = subject.root.resolve(file).value_or(file);
  const auto& rules = subject.reach.rules();
  // What is granted by its own name exists before the program starts, made by ExecStartPre=.
  bool by_name = std::any_of(rules.begin(), rules.end(), [&](const PlacedRule& placed) {
    return placed.real == real && (placed.rule->access & landlock::mask_of("fs.write_file")) != 0;
  });
  std::uint64_t wanted = landlock::mask_of("fs.write_file") | landlock::mask_of("fs.make_reg");
  wanted &= restricted_by(subject.policy()).fs;
  if (by_name || (subject.reach.rights_at(real.substr(0, real.rfind('/'))) & wanted) == wanted)
    return;
  findings.push_back({Severity::Warning, "pid-file", setting->where,
                      fmt::format("the service is not allowed to make its PIDFile= {}: systemd "
                                  "waits for it and then fails the start",
                                  file),
                      "move it into a directory of RuntimeDirectory=, or start the program in the "
                      "foreground with Type=exec"});
}

/// Type=dbus waits for a name that can only be had through the bus's socket.
void check_bus(const Subject& subject, Findings& findings) {
  const Assignment* type = subject.unit.scalar("Service", "Type");
  const Assignment* name = subject.unit.scalar("Service", "BusName");
  bool waits = (type && type->value == "dbus") || (!type && name);
  if (!waits || subject.scope == RuntimeScope::User || subject.other_root() ||
      (restricted_by(subject.policy()).fs & kResolveUnix) == 0 ||
      (subject.reach.rights_at("/run/dbus/system_bus_socket") & kResolveUnix) != 0)
    return;
  findings.push_back({Severity::Warning, "bus-socket", (name ? name : type)->where,
                      "the service takes a name on D-Bus, and the policy does not let it connect "
                      "to the bus: from Linux 7.1 (ABI 9) on, its start fails",
                      "add SocketPaths=/run/dbus/system_bus_socket; over it, root may ask systemd "
                      "for anything"});
}

} // namespace

void check_settings(const Subject& subject, Findings& findings) {
  std::vector<NamedProgram> programs = named_programs(subject);
  check_mounting(subject, programs, findings);
  check_sessions(subject, programs, findings);
  check_signals(subject, programs, findings);
  if (!subject.restricts_files())
    return;
  check_privileges(subject, findings);
  check_pid_file(subject, findings);
  check_bus(subject, findings);
}

} // namespace unitlock::check
