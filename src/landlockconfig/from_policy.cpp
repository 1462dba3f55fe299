// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "landlock/abi.hpp"
#include "landlockconfig/convert.hpp"
#include "policy/grants.hpp"
#include "policy/lower.hpp"
#include "unit/expand.hpp"

namespace unitlock::landlockconfig {
namespace {

using landlock::AccessSet;

class Exporter {
public:
  Exporter(const Policy& policy, std::string_view unit, RuntimeScope scope)
      : policy_(policy), unit_(unit), scope_(scope) {}

  Exported run() {
    handled();
    paths();
    ports();
    settings();
    return std::move(out_);
  }

private:
  void lose(const Provenance& from, std::string message) {
    out_.losses.push_back({Severity::Warning, from.where, std::move(message)});
  }

  /// What need not be handled. Not refer: where it is not handled, it is denied (landlock(7)).
  std::uint64_t granted_everywhere() const {
    std::uint64_t access = 0;
    for (const PathRule& rule : policy_.paths)
      if (rule.path == "/")
        access |= rule.access;
    return access & ~landlock::mask_of("fs.refer");
  }

  void handled() {
    AccessSet restricted = restricted_by(policy_);
    restricted.fs &= ~granted_everywhere();
    out_.configuration.handled = restricted & landlock::known_to(kFormatAbi);
    AccessSet lost = restricted.without(out_.configuration.handled);
    if (!lost.empty())
      lose({}, fmt::format("not restricted there, because the format has no word for it: {}",
                           fmt::join(names_of(lost), " ")));
  }

  void paths() {
    for (const PathRule& rule : policy_.paths) {
      std::uint64_t access = rule.access & out_.configuration.handled.fs;
      if (access == 0)
        continue;
      auto path = expand(rule.path, unit_, scope_);
      if (!path) {
        lose(rule.from, fmt::format("'{}' is left out: what its specifier stands for is known only "
                                    "where the service runs",
                                    rule.path));
        continue;
      }
      if (!rule.optional)
        lose(rule.from, fmt::format("'{}' may be missing there; here the start fails", *path));
      out_.configuration.paths.push_back({*path, access, rule.from.where});
    }
  }

  void ports() {
    for (const PortRule& rule : policy_.ports) {
      std::uint64_t access = rule.access & out_.configuration.handled.net;
      if (access == 0 || rule.any)
        continue;
      for (unsigned port = rule.first; port <= rule.last; ++port)
        out_.configuration.ports.push_back(
            {static_cast<std::uint16_t>(port), access, rule.from.where});
    }
  }

  void settings() {
    for (const QuietRule& rule : policy_.quiet)
      lose(rule.from, fmt::format("denials below '{}' are logged there", rule.path));
    for (const ExpectedRule& rule : policy_.expected)
      lose(rule.from, fmt::format("that it is denied {} is expected: landlockconfig cannot say it",
                                  word_of(rule)));
    if (!policy_.log_denials)
      lose({}, "LogDenials=no: landlockconfig cannot say it");
    if (policy_.compatibility == Compatibility::Strict)
      lose({}, "Compatibility=strict: landlockconfig cannot say it, an older kernel enforces less");
  }

  const Policy& policy_;
  std::string_view unit_;
  RuntimeScope scope_;
  Exported out_;
};

} // namespace

Exported from_policy(const Policy& policy, std::string_view unit, RuntimeScope scope) {
  return Exporter(policy, unit, scope).run();
}

} // namespace unitlock::landlockconfig
