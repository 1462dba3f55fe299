// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check/missing_paths.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "unit/expand.hpp"
#include "unit/service_directories.hpp"
#include "unit/words.hpp"

namespace unitlock::check {
namespace {

bool is_below_any(const std::string& path, const std::vector<std::string>& ancestors) {
  return std::any_of(ancestors.begin(), ancestors.end(),
                     [&](const std::string& ancestor) { return path_is_below(path, ancestor); });
}

/// What systemd makes or puts in place before the program starts.
struct MadeAtStart {
  std::vector<std::string> directories; ///< StateDirectory= and the like, themselves
  std::vector<std::string> bound;       ///< targets of BindPaths=: who knows what is in them
};

MadeAtStart made_at_start(const Subject& subject) {
  MadeAtStart made;
  for (const ServiceDirectory& row : kServiceDirectories)
    for (const Unit::Word& word : subject.words(row.setting))
      if (auto path =
              subject.expanded(fmt::format("{}/{}", row.specifier, colon_field(word.text, 0))))
        made.directories.push_back(simplify_path(*path));
  for (const char* setting : {"BindPaths", "BindReadOnlyPaths"})
    for (const Unit::Word& word : subject.words(setting)) {
      std::string source = word.text.substr(word.text[0] == '-' ? 1 : 0);
      std::size_t colon = source.find(':');
      std::string target = colon == std::string::npos ? source : source.substr(colon + 1);
      if (auto path = subject.expanded(target.substr(0, target.find(':'))))
        made.bound.push_back(simplify_path(*path));
    }
  return made;
}

bool is_made(const std::string& path, const MadeAtStart& made) {
  auto on_the_way = [&](const std::string& directory) { return path_is_below(directory, path); };
  return std::any_of(made.directories.begin(), made.directories.end(), on_the_way) ||
         std::any_of(made.bound.begin(), made.bound.end(), on_the_way) ||
         is_below_any(path, made.bound);
}

/// The control group of the unit's own, which systemd makes, and what is in it.
bool is_own_control_group(const Subject& subject, const std::string& path) {
  return path_is_below(path, "/sys/fs/cgroup") &&
         (path + "/").find("/" + subject.unit.name + "/") != std::string::npos;
}

/// Filled anew at each boot, or by the kernel; of an image nothing of it can be known.
bool is_of_run_time(const Subject& subject, const std::string& path) {
  static const std::vector<std::string> kVolatile = {"/run", "/var/run", "/tmp", "/var/tmp"};
  static const std::vector<std::string> kOfTheKernel = {"/proc", "/sys", "/dev"};
  bool is_machine = subject.root.directory() == "/";
  return is_below_any(path, kVolatile) || is_of_one_process(path) ||
         (!is_machine && is_below_any(path, kOfTheKernel));
}

/// Where nothing but packages and the administrator make anything.
bool is_static(const std::string& path) {
  static const std::vector<std::string> kStatic = {"/etc",  "/usr", "/opt",   "/srv", "/bin",
                                                   "/sbin", "/lib", "/lib64", "/boot"};
  return is_below_any(path, kStatic);
}

std::string wording(const PlacedRule& placed) {
  // With the specifiers where they say something about where the path is from.
  return placed.path == placed.rule->path ? placed.path
                                          : fmt::format("{} ({})", placed.path, placed.rule->path);
}

Finding missing(const Subject& subject, const PlacedRule& placed) {
  std::string path = wording(placed);
  Finding finding{Severity::Error, "missing-path", placed.rule->from.where, "", ""};
  if (placed.rule->optional) {
    finding.severity = Severity::Note;
    finding.message = fmt::format("{} does not exist: the rule is skipped", path);
  } else if (subject.not_installed) {
    finding.severity = Severity::Note;
    finding.message = fmt::format("{} does not exist here; where it is missing, the service does "
                                  "not start",
                                  path);
    finding.hint = fmt::format("if it may be missing, write -{}", placed.rule->path);
  } else {
    // What a command in front of the program makes cannot be seen from here.
    bool certain = is_static(placed.path) && subject.unit.list("Service", "ExecStartPre").empty();
    if (!certain)
      finding.severity = Severity::Warning;
    finding.message = fmt::format("{} does not exist: the service will not start{}", path,
                                  certain ? "" : " unless something makes it before");
    finding.hint = fmt::format("make it, correct the path, or write -{} if it may be missing",
                               placed.rule->path);
  }
  return finding;
}

Finding out_of_reach(const PlacedRule& placed) {
  return {Severity::Note, "unchecked", placed.rule->from.where,
          fmt::format("{} cannot be looked at: permission denied", placed.path), "ask as root"};
}

/// A setting of the unit that empties or hides a place.
struct Hidden {
  std::string place;
  const Assignment* by = nullptr;
};

/// Device nodes that PrivateDevices= keeps.
bool is_kept_device(const std::string& path) {
  constexpr auto kKept = std::to_array<std::string_view>(
      {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty",
       "/dev/ptmx", "/dev/pts", "/dev/shm", "/dev/mqueue", "/dev/hugepages", "/dev/log",
       "/dev/console", "/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/core"});
  return std::any_of(kKept.begin(), kKept.end(),
                     [&](std::string_view kept) { return path_is_below(path, kept); });
}

std::vector<Hidden> hidden_places(const Subject& subject) {
  std::vector<Hidden> hidden;
  auto hide = [&](const char* setting, std::initializer_list<const char*> places) {
    for (const char* place : places)
      hidden.push_back({place, subject.unit.scalar("Service", setting)});
  };
  const Assignment* home = subject.unit.scalar("Service", "ProtectHome");
  if (subject.is_on("ProtectHome") || (home && home->value == "tmpfs"))
    hide("ProtectHome", {"/home", "/root", "/run/user"});
  const Assignment* tmp = subject.unit.scalar("Service", "PrivateTmp");
  if (subject.is_on("PrivateTmp") || (tmp && tmp->value == "disconnected"))
    hide("PrivateTmp", {"/tmp", "/var/tmp"});
  if (subject.is_on("PrivateDevices"))
    hide("PrivateDevices", {"/dev"});
  for (const char* setting : {"InaccessiblePaths", "TemporaryFileSystem"})
    for (const Unit::Word& word : subject.words(setting)) {
      if (auto path = subject.expanded(colon_field(without_path_marks(word.text), 0)))
        hidden.push_back({simplify_path(*path), word.assignment});
    }
  return hidden;
}

/// The place itself is there, but for some settings as a directory that nobody may look into.
bool is_closed(const Hidden& place) {
  return place.by->key == "ProtectHome" || place.by->key == "InaccessiblePaths";
}

const Hidden* hiding(const std::vector<Hidden>& hidden, const std::string& path) {
  for (const Hidden& place : hidden)
    if (place.place == path
            ? is_closed(place)
            : path_is_below(path, place.place) && !(place.place == "/dev" && is_kept_device(path)))
      return &place;
  return nullptr;
}

Finding hidden_path(const Subject& subject, const PlacedRule& placed, const Hidden& place) {
  Finding finding{Severity::Error, "hidden-path", placed.rule->from.where, "", ""};
  finding.message = fmt::format("{} is hidden by the unit's {}= ({}): ", placed.path, place.by->key,
                                to_string(place.by->where));
  bool is_place = placed.path == place.place;
  finding.message += is_place                ? "the rule is on an empty directory"
                     : placed.rule->optional ? "the rule is skipped"
                                             : "the service will not start";
  // What a command in front of the program makes is there.
  if (is_place || placed.rule->optional || !subject.unit.list("Service", "ExecStartPre").empty())
    finding.severity = Severity::Warning;
  finding.hint = fmt::format("take the rule away, or let BindPaths= bring {} back", placed.path);
  return finding;
}

void report_unknown(const Subject& subject, Findings& findings) {
  std::set<std::string_view> said;
  for (const PathRule* rule : subject.reach.unknown())
    if (!rule->optional && said.insert(rule->path).second)
      findings.push_back({Severity::Note, "unchecked", rule->from.where,
                          fmt::format("{} is not checked: what it stands for is known when the "
                                      "service starts",
                                      rule->path),
                          ""});
}

} // namespace

void check_missing_paths(const Subject& subject, Findings& findings) {
  if (!subject.restricts_files())
    return;
  if (const Assignment* root = subject.other_root()) {
    findings.push_back({Severity::Note, "unchecked", root->where,
                        fmt::format("with {}= the paths are others than here: they are not "
                                    "checked",
                                    root->key),
                        ""});
    return;
  }
  report_unknown(subject, findings);
  MadeAtStart made = made_at_start(subject);
  std::vector<Hidden> hidden = hidden_places(subject);
  std::set<std::string_view> said; // of several directives on one path, of the first
  for (const PlacedRule& placed : subject.reach.rules()) {
    const PathRule& rule = *placed.rule;
    // An optional path of a preset or of the unit itself is meant to be missing on some machines.
    bool matters = !rule.optional || rule.from.origin == Origin::Section;
    if (!matters || !said.insert(rule.path).second || is_made(placed.path, made) ||
        is_own_control_group(subject, placed.path))
      continue;
    if (const Hidden* place = hiding(hidden, placed.path))
      findings.push_back(hidden_path(subject, placed, *place));
    else if (placed.kind == FileKind::Missing && !is_of_run_time(subject, placed.path))
      findings.push_back(is_out_of_reach(subject.root, placed.path) ? out_of_reach(placed)
                                                                    : missing(subject, placed));
  }
}

} // namespace unitlock::check
