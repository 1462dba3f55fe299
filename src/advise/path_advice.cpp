// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/path_advice.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "advise/sensitive.hpp"
#include "base/escape.hpp"
#include "check/fleeting_rules.hpp"
#include "check/places.hpp"
#include "policy/grants.hpp"
#include "policy/lower.hpp"
#include "policy/vocabulary.hpp"
#include "unit/expand.hpp"

namespace unitlock::advise {
namespace {

constexpr std::string_view kDeleted = " (deleted)";
constexpr std::uint64_t kWriteFile = landlock::mask_of("fs.write_file");
constexpr std::uint64_t kMakeFile = landlock::mask_of("fs.make_reg");
/// By which a service makes, replaces and removes files of its own.
constexpr std::uint64_t kKeepsFiles = kMakeFile | landlock::mask_of("fs.remove_file") |
                                      landlock::mask_of("fs.refer") |
                                      landlock::mask_of("fs.make_dir");

bool is_for_directories(std::uint64_t rights) {
  return (rights & ~landlock::file_rights()) != 0;
}

/// A numbered process is another one at the next start.
bool is_numbered_process(const std::string& path) {
  return check::is_of_one_process(path) && path.size() > 6 && path[6] >= '0' && path[6] <= '9';
}

/// What a rule on the path could give now: the path, or the directory that it is gone from.
Result<Target> target_of(const Need& need, const ServiceView& view) {
  Target target{need.path, need.rights, is_for_directories(need.rights), {}};
  Entry entry = view.look(target.path);
  bool was_deleted = target.path.ends_with(kDeleted) && !(entry.known && entry.exists);
  if (was_deleted) {
    target.path.resize(target.path.size() - kDeleted.size());
    entry = view.look(target.path);
  }
  // The kernel names what links lead to, and the wrapper would follow this one.
  if (entry.is_link)
    return fail("what is there now is a symbolic link: it has taken the place of what was denied");
  if (entry.known && entry.exists && entry.is_directory != target.is_directory &&
      !target.is_directory)
    return fail("what is there now is a directory, and no file");
  if (!entry.known && !was_deleted)
    return target;
  if (entry.known && entry.exists)
    return target;
  if (target.is_directory)
    return fail("the directory is gone: a rule needs something to be on");
  std::string gone = target.path;
  target.path = parent_of(gone);
  target.is_directory = true;
  Entry parent = view.look(target.path);
  if (parent.known && (!parent.exists || !parent.is_directory))
    return fail("it is gone, and its directory too: a rule needs something to be on");
  target.remark = fmt::format("{} is gone; the rule is on its directory, where one like it may "
                              "come again",
                              escape(gone));
  return target;
}

Suggestion impossible(const Need& need, std::string why) {
  Suggestion suggestion;
  suggestion.kind = Suggestion::Kind::Impossible;
  suggestion.concerns.push_back(std::move(why));
  suggestion.object = need.object;
  suggestion.evidence = need.evidence;
  return suggestion;
}

/// A rule on the directory, for what no rule on the file could give.
std::optional<Wider> widen(const Target& narrow, std::uint64_t access, const ServiceView& view,
                           const std::string& unit) {
  if (narrow.is_directory || narrow.path == "/" || is_numbered_process(narrow.path))
    return std::nullopt;
  Target target{parent_of(narrow.path), access, true, {}};
  Suggestion wider = suggest_rule(target, access, view, unit);
  if (wider.is(Suggestion::Kind::Impossible))
    return std::nullopt;
  return Wider{wider.line, *wider.grant, what_it_adds(target.path, narrow.path, access, view),
               std::move(wider.concerns)};
}

/// For one that is on a directory already: all that ReadWritePaths= says.
std::optional<Wider> widen_rights(const Target& narrow, std::uint64_t access,
                                  const ServiceView& view, const std::string& unit) {
  if (!narrow.is_directory || access == kReadWrite || (access & ~kReadWrite) != 0 ||
      (access & ~kReadOnly) == 0)
    return std::nullopt;
  Suggestion wider = suggest_rule(narrow, kReadWrite, view, unit);
  if (wider.is(Suggestion::Kind::Impossible))
    return std::nullopt;
  auto added = short_names(kReadWrite & ~access, landlock::Family::Filesystem);
  return Wider{wider.line, *wider.grant,
               fmt::format("would also allow, for all that is in it: {}", fmt::join(added, ", ")),
               std::move(wider.concerns)};
}

/// systemd removes PIDFile= itself, after the daemon has tried. The record names the directory
/// only.
bool may_be_removal_of_pid_file(const Need& need, const ServiceView& view) {
  const Assignment* setting = view.unit().scalar("Service", "PIDFile");
  if (need.rights != landlock::mask_of("fs.remove_file") || !setting)
    return false;
  auto path = expand(setting->value, need.unit, view.scope());
  if (!path)
    return false;
  std::string directory = parent_of((*path)[0] == '/' ? *path : "/run/" + *path);
  bool by_itself =
      std::all_of(need.evidence.begin(), need.evidence.end(),
                  [&](const Evidence& evidence) { return view.is_own_program(evidence.program); });
  return by_itself && view.root().resolve(directory).value_or(directory) == need.path;
}

/// Just this, of just this object: QuietPaths= of a path alone needs a newer kernel, and hides
/// more.
void offer_to_expect(const Need& need, const ServiceView& view, Suggestion& suggestion) {
  auto path = view.written(need.path, need.unit);
  // What only the start expands would match nothing in a log.
  if (path && expand(*path, need.unit, view.scope()) != need.path)
    path = declared_path(need.path);
  if (!path)
    return;
  suggestion.quiet = ExpectedRule{*path, need.rights, {}};
  suggestion.quiet_line = line_of(*suggestion.quiet).value_or("");
}

void read_signs(const Need& need, const ServiceView& view, Suggestion& suggestion) {
  std::uint64_t execute = landlock::mask_of("fs.execute");
  if ((need.rights & execute) != 0 && is_shell(need.path))
    suggestion.signs.push_back("looks like an attack: a shell was to be executed");
  else if (is_secret(need.path) && !view.is_own(need.path))
    suggestion.signs.push_back("looks like an attack: keys or passwords were asked for");
  else if (may_be_removal_of_pid_file(need, view))
    suggestion.signs.emplace_back("looks like the service's attempt to remove its PIDFile= when it "
                                  "stops, which systemd does itself: nothing has to be allowed");
  else if (view.is_own(need.path))
    suggestion.signs.push_back("looks like a gap: it is in the service's own directory");
}

/// Configuration to read, or logs to write, in a directory that is the service's own.
bool may_be_the_directory(const Target& target, std::uint64_t access, const ServiceView& view,
                          const Suggestion& suggestion) {
  std::string directory = parent_of(target.path);
  bool is_log = path_is_below(directory, "/var/log") &&
                (access & ~(kWriteFile | landlock::mask_of("fs.truncate"))) == 0;
  return (access == kReadOnly || is_log) && view.is_own(directory) && suggestion.wider &&
         suggestion.wider->concerns.empty();
}

/// A rule on a file is lost with the file. The service's own directory is as good a place for it,
/// if nothing in it speaks against that.
void stay_with_replaced_file(const Target& target, const ServiceView& view,
                             Suggestion& suggestion) {
  const auto* rule = std::get_if<PathRule>(&*suggestion.grant);
  if (target.is_directory || !check::is_lost_when_replaced(target.path, on_file(rule->access)))
    return;
  if (suggestion.is(Suggestion::Kind::Ordinary) &&
      may_be_the_directory(target, rule->access, view, suggestion)) {
    suggestion.remarks.push_back(fmt::format("the rule is on the directory, because editors and "
                                             "packages replace files by rename; {}",
                                             suggestion.wider->adds));
    take_wider(suggestion, parent_of(target.path));
    return;
  }
  suggestion.remarks.push_back(fmt::format(
      "the rule is on the file that is there now: once programs, editors or packages replace it "
      "by rename, it takes a restart{}",
      suggestion.wider ? ", or the wider line" : ""));
}

void tell_of_overwriting(const Target& target, const ServiceView& view, Suggestion& suggestion) {
  const auto* rule = std::get_if<PathRule>(&*suggestion.grant);
  if (target.is_directory && (rule->access & kMakeFile) != 0 && !view.is_own(target.path))
    suggestion.remarks.push_back(fmt::format(
        "who may make files there may also overwrite those that others have in {}, as far as its "
        "user may",
        escape(target.path)));
}

} // namespace

void take_wider(Suggestion& suggestion, const std::string& directory) {
  suggestion.grant = suggestion.wider->grant;
  suggestion.line = suggestion.wider->line;
  suggestion.object = directory;
  suggestion.is_on_directory = true;
  suggestion.wider.reset();
}

std::string parent_of(const std::string& path) {
  std::size_t slash = path.rfind('/');
  return slash == 0 || slash == path.npos ? "/" : path.substr(0, slash);
}

std::uint64_t rights_of_rule(const Target& target, const ServiceView& view,
                             const std::string& unit) {
  std::uint64_t needed = target.rights;
  bool own = view.is_own(target.path);
  if (target.is_directory && own && (needed & kKeepsFiles) != 0 && (needed & ~kReadWrite) == 0 &&
      !path_is_below(target.path, "/var/log"))
    return kReadWrite;
  if ((needed & kMakeFile) != 0)
    needed |= kWriteFile;
  std::uint64_t harmless = view.granted(target.path, target.is_directory, unit) | needed;
  if ((needed & kWriteFile) != 0 && !target.is_directory)
    harmless |= landlock::mask_of("fs.truncate");
  std::uint64_t best = 0;
  int fewest = 64;
  for (const PathDirective& directive : kPathDirectives) {
    std::uint64_t gives = target.is_directory ? directive.access : on_file(directive.access);
    if ((needed & ~gives) == 0 && (gives & ~harmless) == 0 && std::popcount(gives) < fewest) {
      best = directive.access;
      fewest = std::popcount(gives);
    }
  }
  return best != 0 ? best : needed;
}

std::string what_it_adds(const std::string& directory, const std::string& path,
                         std::uint64_t access, const ServiceView& view) {
  std::vector<std::string_view> verbs;
  if ((access & ~(kReadOnly | landlock::mask_of("fs.execute"))) != 0)
    verbs.emplace_back("using");
  else if ((access & landlock::mask_of("fs.execute")) != 0)
    verbs.emplace_back("executing");
  else
    verbs.emplace_back("reading");
  auto entries = view.list(directory);
  if (!entries)
    return fmt::format("would also allow {} all else in {}", verbs[0], escape(directory));
  std::vector<std::string> shown;
  std::size_t others = 0;
  constexpr std::size_t kShown = 3;
  for (const DirectoryEntry& entry : *entries) {
    if (entry.name == path_basename(path))
      continue;
    if (++others <= kShown)
      shown.push_back(escape(entry.name));
  }
  if (others == 0)
    return fmt::format("would also allow {} what comes into {}", verbs[0], escape(directory));
  return fmt::format("would also allow {} {} other{} there: {}{}", verbs[0], others,
                     others == 1 ? "" : "s", fmt::join(shown, ", "), others > kShown ? ", …" : "");
}

Suggestion suggest_rule(const Target& target, std::uint64_t access, const ServiceView& view,
                        const std::string& unit) {
  Suggestion suggestion;
  suggestion.object = target.path;
  suggestion.is_on_directory = target.is_directory;
  auto path = view.written(target.path, unit);
  auto refuse = [&](std::string why) {
    suggestion.kind = Suggestion::Kind::Impossible;
    suggestion.concerns = {std::move(why)};
    return suggestion;
  };
  if (!path)
    return refuse(path.error().message);
  suggestion.grant = PathRule{*path, access, true, {}};
  auto line = line_of(*suggestion.grant);
  if (!line)
    return refuse(line.error().message);
  suggestion.line = *line;
  std::uint64_t gives = target.is_directory ? access : on_file(access);
  suggestion.concerns = why_sensitive({target.path, gives, target.is_directory, unit}, view);
  if (!suggestion.concerns.empty())
    suggestion.kind = Suggestion::Kind::Sensitive;
  return suggestion;
}

std::optional<Suggestion> advise_on_path(const Need& need, const ServiceView& view) {
  if (is_numbered_process(need.path))
    return impossible(need, "the process has another number at the next start; /proc as a whole "
                            "would be all processes");
  auto target = target_of(need, view);
  if (!target)
    return impossible(need, target.error().message);
  bool by_file =
      !target->is_directory && view.is_granted_by_file(target->path, target->rights, need.unit);
  std::uint64_t granted = view.granted(target->path, target->is_directory, need.unit);
  std::string remark = target->remark;
  bool is_old = std::all_of(need.evidence.begin(), need.evidence.end(), [&](const Evidence& each) {
    return each.last_usec < view.started_usec();
  });
  if (by_file && is_old)
    return std::nullopt;
  if (by_file)
    remark = "the declaration grants this file: the denial is older, or the file was replaced by "
             "another since the start, which a restart heals";
  else if ((target->rights & ~granted) == 0)
    return std::nullopt;
  std::uint64_t access = rights_of_rule(*target, view, need.unit);
  Suggestion suggestion = suggest_rule(*target, access, view, need.unit);
  suggestion.object = need.object;
  suggestion.evidence = need.evidence;
  offer_to_expect(need, view, suggestion);
  if (!remark.empty())
    suggestion.remarks.push_back(remark);
  // A service can be denied what it has made up itself: that must not open a directory.
  if (!target->remark.empty() && !view.is_own(target->path) && suggestion.grant) {
    suggestion.kind = Suggestion::Kind::Sensitive;
    suggestion.concerns.emplace_back("all files of a directory, for the sake of one that is gone");
  }
  if (suggestion.is(Suggestion::Kind::Impossible) || by_file)
    suggestion.wider = widen(*target, access, view, need.unit);
  if (by_file && suggestion.is(Suggestion::Kind::Ordinary) &&
      may_be_the_directory(*target, access, view, suggestion)) {
    suggestion.remarks.push_back(suggestion.wider->adds);
    take_wider(suggestion, parent_of(target->path));
    return suggestion;
  }
  if (by_file) {
    suggestion.kind = Suggestion::Kind::Impossible;
    suggestion.concerns = {"a rule on the file is there already: only one on its directory lasts"};
    suggestion.line.clear();
    suggestion.grant.reset();
    return suggestion;
  }
  if (!suggestion.is(Suggestion::Kind::Impossible)) {
    suggestion.wider = target->is_directory ? widen_rights(*target, access, view, need.unit)
                                            : widen(*target, access, view, need.unit);
    read_signs(need, view, suggestion);
    tell_of_overwriting(*target, view, suggestion);
    stay_with_replaced_file(*target, view, suggestion);
  }
  return suggestion;
}

} // namespace unitlock::advise
