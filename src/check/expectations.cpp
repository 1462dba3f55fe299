// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check/expectations.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "policy/grants.hpp"
#include "unit/expand.hpp"

namespace unitlock::check {
namespace {

class ExpectationCheck {
public:
  ExpectationCheck(const Subject& subject, const ExpectedRule& rule, Findings& findings)
      : subject_(subject), rule_(rule), findings_(findings) {}

  void run() {
    auto path = subject_.expanded(rule_.path);
    if (!path)
      return report(Severity::Note,
                    fmt::format("no denial is expected at {}: what it stands for is known when the "
                                "service starts",
                                rule_.path),
                    "");
    std::string real = subject_.root.resolve(*path).value_or(*path);
    if (real != simplify_path(*path))
      return report(
          Severity::Warning,
          fmt::format("no denial is expected at {}: records name what it leads to", *path),
          fmt::format("write {}", real));
    check_kind(*path, subject_.root.kind(real));
    if ((subject_.reach.rights_at(real) & rule_.access) == rule_.access)
      report(Severity::Note, fmt::format("nothing of this is denied at {}: it is granted", *path),
             "");
  }

private:
  void report(Severity severity, std::string message, std::string hint) {
    findings_.push_back(
        {severity, "without-effect", rule_.from.where, std::move(message), std::move(hint)});
  }

  void check_kind(const std::string& path, FileKind kind) {
    if (kind == FileKind::Missing)
      return; // it may come
    bool is_directory = kind == FileKind::Directory;
    std::uint64_t of_files = landlock::file_rights();
    std::uint64_t never = rule_.access & (is_directory ? of_files : ~of_files);
    if (never == 0)
      return;
    std::string rights =
        fmt::format("{}", fmt::join(short_names(never, landlock::Family::Filesystem), ", "));
    if (is_directory)
      report(
          Severity::Warning,
          fmt::format("{} is a directory: a denial of {} names the file, and files in it are not "
                      "meant",
                      path, rights),
          "name the files");
    else
      report(Severity::Warning,
             fmt::format("{} is no directory: a denial of {} names the directory", path, rights),
             fmt::format("write {}", path.substr(0, std::max<std::size_t>(path.rfind('/'), 1))));
  }

  const Subject& subject_;
  const ExpectedRule& rule_;
  Findings& findings_;
};

} // namespace

void check_expectations(const Subject& subject, Findings& findings) {
  if (!subject.restricts_files() || subject.other_root())
    return;
  for (const ExpectedRule& rule : subject.policy().expected)
    if (subject.is_own(rule.from))
      ExpectationCheck(subject, rule, findings).run();
}

} // namespace unitlock::check
