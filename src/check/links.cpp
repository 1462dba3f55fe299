// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check/links.hpp"

#include <dirent.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace unitlock::check {
namespace {

constexpr std::size_t kEntryLimit = 5000; ///< of one rule: some milliseconds
constexpr unsigned kDepthLimit = 8;
constexpr std::size_t kShown = 3;

/// Granted as a whole by somebody who wants what is in them, and full of links that have nothing to
/// do with the service.
bool is_of_everything(const std::string& path) {
  constexpr auto kWide = std::to_array<std::string_view>(
      {"/", "/etc", "/usr", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/share", "/usr/local", "/var",
       "/var/lib", "/home", "/etc/alternatives"});
  return std::find(kWide.begin(), kWide.end(), path) != kWide.end() ||
         path_is_below(path, "/run") || path_is_below(path, "/dev") ||
         path_is_below(path, "/proc") || path_is_below(path, "/sys");
}

class Walk {
public:
  Walk(const Subject& subject, std::uint64_t wanted) : subject_(subject), wanted_(wanted) {}

  void look_into(const std::string& directory, unsigned depth = 0) {
    auto entries = subject_.root.list(directory);
    if (!entries) {
      complete = false;
      return;
    }
    for (const DirectoryEntry& entry : *entries) {
      if (++count_ > kEntryLimit || (entry.type == DT_DIR && depth + 1 == kDepthLimit)) {
        complete = false;
        continue;
      }
      std::string path = directory + "/" + entry.name;
      if (entry.type == DT_LNK)
        look_at(path);
      else if (entry.type == DT_DIR)
        look_into(path, depth + 1);
    }
  }

  std::vector<std::string> outside; ///< "link → target"
  bool complete = true;

private:
  void look_at(const std::string& link) {
    FileKind kind = subject_.root.kind(link);
    auto target = subject_.root.resolve(link);
    if (!target || (kind != FileKind::Regular && kind != FileKind::Directory))
      return; // it leads nowhere, or to a device or a socket, which rules for files do not mean
    if (path_is_below(*target, "/usr/share/doc"))
      return; // /var/log/README: for people
    if ((subject_.reach.rights_at(*target) & wanted_) != wanted_)
      outside.push_back(fmt::format("{} → {}", link, *target));
  }

  const Subject& subject_;
  std::uint64_t wanted_;
  std::size_t count_ = 0;
};

void report(const PlacedRule& placed, const Walk& walk, Findings& findings) {
  if (!walk.complete)
    findings.push_back({Severity::Note, "unchecked", placed.rule->from.where,
                        fmt::format("not all links below {} were looked at", placed.path), ""});
  if (walk.outside.empty())
    return;
  std::vector<std::string> shown(walk.outside.begin(),
                                 walk.outside.begin() +
                                     static_cast<long>(std::min(kShown, walk.outside.size())));
  std::string more =
      walk.outside.size() > kShown ? fmt::format(" and {} more", walk.outside.size() - kShown) : "";
  findings.push_back({Severity::Warning, "linked-outside", placed.rule->from.where,
                      fmt::format("{} is granted, but links in it lead to what is not: {}{}",
                                  placed.path, fmt::join(shown, ", "), more),
                      "grant what they lead to, if the service needs it"});
}

} // namespace

void check_links(const Subject& subject, Findings& findings) {
  if (!subject.restricts_files() || subject.other_root())
    return;
  for (const PlacedRule& placed : subject.reach.rules()) {
    std::uint64_t wanted = placed.rule->access & kReadFile;
    if (!subject.is_own(placed.rule->from) || !placed.is_directory() || wanted == 0 ||
        is_of_everything(placed.real))
      continue;
    Walk walk(subject, wanted);
    walk.look_into(placed.real);
    report(placed, walk, findings);
  }
}

} // namespace unitlock::check
