// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check/fleeting_rules.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "check/places.hpp"
#include "policy/grants.hpp"
#include "policy/lower.hpp"

namespace unitlock::check {
namespace {

/// Where the service finds itself, whatever its number is: also by the links of /dev.
bool is_of_own_process(const PlacedRule& placed) {
  if (path_is_below(placed.path, "/proc/1")) // the manager, as long as the machine runs
    return false;
  constexpr auto kLinks =
      std::to_array<std::string_view>({"/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr"});
  return is_of_one_process(placed.path) || is_of_one_process(placed.real) ||
         std::any_of(kLinks.begin(), kLinks.end(),
                     [&](std::string_view link) { return path_is_below(placed.path, link); });
}

bool is_numbered_process(const std::string& path) {
  return is_of_one_process(path) && path[6] >= '0' && path[6] <= '9';
}

/// Written anew by tools of the system, by rename, even where nobody edits anything; for the roots
/// in which they do not exist yet.
bool is_known_to_be_replaced(const std::string& path) {
  constexpr auto kReplaced = std::to_array<std::string_view>(
      {"/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/subuid", "/etc/subgid",
       "/etc/resolv.conf", "/etc/hosts", "/etc/hostname", "/etc/ld.so.cache", "/etc/mtab",
       "/etc/aliases.db"});
  return std::find(kReplaced.begin(), kReplaced.end(), path) != kReplaced.end();
}

std::string parent_of(const std::string& path) {
  std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// How to say that the loss is accepted.
std::string spelled_out(const PathRule& rule) {
  auto rights = short_names(on_file(rule.access), landlock::Family::Filesystem);
  return fmt::format("AllowPaths={}:{}{}", fmt::join(rights, ","), rule.optional ? "-" : "",
                     rule.path);
}

void check_own_process(const Subject& subject, const PlacedRule& placed, Findings& findings) {
  const PathRule& rule = *placed.rule;
  const Assignment* type = subject.unit.scalar("Service", "Type");
  bool forks = type && type->value == "forking";
  Finding finding{Severity::Warning, "own-process", rule.from.where, "", ""};
  if (is_numbered_process(placed.path)) {
    finding.message = fmt::format("{} belongs to a process that is another one, or none, at the "
                                  "next start",
                                  placed.path);
  } else {
    finding.message =
        fmt::format("{} is the process that becomes the service: {}", placed.path,
                    forks ? "a daemon that forks (Type=forking) is another one, and is denied"
                          : "its child processes have others, and are denied theirs");
    finding.hint =
        fmt::format("grant /proc, or, if one process is all there is, write {}", spelled_out(rule));
  }
  if (is_spelled_out(rule.access) && !forks && !is_numbered_process(placed.path))
    return; // said on purpose
  findings.push_back(std::move(finding));
}

std::string advice_on_replacing(const PlacedRule& placed) {
  std::string directory = parent_of(placed.path);
  if (is_broad(directory))
    return fmt::format("restart the service when the file was replaced; if that will do, write {}",
                       spelled_out(*placed.rule));
  return fmt::format("grant the directory {}, or, if a restart will do, write {}", directory,
                     spelled_out(*placed.rule));
}

void check_replaced(const PlacedRule& placed, Findings& findings) {
  const PathRule& rule = *placed.rule;
  bool is_file = placed.kind == FileKind::Regular ||
                 (placed.kind == FileKind::Missing && is_known_to_be_replaced(placed.path));
  if (!is_file || is_spelled_out(rule.access) || (rule.access & kExecute))
    return;
  if (path_is_below(placed.real, "/proc")) {
    findings.push_back({Severity::Warning, "proc-file", rule.from.where,
                        fmt::format("a rule on a file in /proc lasts only until the kernel "
                                    "forgets {}, which it may do when memory is short",
                                    placed.path),
                        fmt::format("if that is good enough, write {}", spelled_out(rule))});
    return;
  }
  if (!is_lost_when_replaced(placed.real, rule.access))
    return;
  bool is_written = (rule.access & kWrites) != 0;
  findings.push_back(
      {Severity::Warning, "replaced-file", rule.from.where,
       fmt::format("the rule is on the file that {} is when the service starts: once it is "
                   "replaced by rename, as {}, the service is denied the new one",
                   placed.path,
                   is_written ? "programs, logrotate and editors do" : "editors and packages do"),
       advice_on_replacing(placed)});
}

} // namespace

bool is_lost_when_replaced(std::string_view real, std::uint64_t access) {
  if ((access & kExecute) != 0)
    return false; // a program is granted by its file
  for (std::string_view base : {"/proc", "/sys", "/dev"})
    if (path_is_below(real, base))
      return false;
  // What packages bring elsewhere is replaced with the service's restart.
  return path_is_below(real, "/etc") || (access & kWrites) != 0;
}

void check_fleeting_rules(const Subject& subject, Findings& findings) {
  if (!subject.restricts_files() || subject.other_root())
    return;
  for (const PlacedRule& placed : subject.reach.rules()) {
    if (!subject.is_own(placed.rule->from))
      continue;
    if (is_of_own_process(placed))
      check_own_process(subject, placed, findings);
    else
      check_replaced(placed, findings);
  }
}

} // namespace unitlock::check
