// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/ruleset.hpp"

#include <cerrno>

#include "base/exit_status.hpp"
#include "exec/error_text.hpp"
#include "exec/system.hpp"
#include "landlock/syscalls.hpp"

namespace unitlock::exec {
namespace {

using Kind = Argument::Kind;

class Builder {
public:
  Builder(const Plan& plan, Reporter& reporter) : plan_(plan), reporter_(reporter) {}

  Ruleset build(OptionReader options) {
    create(has_quiet_rules(options));
    for (Argument argument; options.next(argument);) {
      if (argument.kind == Kind::Path && plan_.access(argument))
        add_path(argument, plan_.access(argument), 0);
      else if (argument.kind == Kind::Quiet && plan_.quiet)
        add_path(argument, 0, landlock::kAddRuleQuiet);
      else if (argument.kind == Kind::Port && plan_.port_access(argument))
        add_ports(argument);
    }
    return ruleset_;
  }

private:
  static bool has_quiet_rules(OptionReader options) {
    Argument argument;
    return options.next(Kind::Quiet, argument);
  }

  void create(bool quiet) {
    landlock::RulesetAttr attr;
    attr.handled_access_fs = plan_.handled.fs;
    attr.handled_access_net = plan_.handled.net;
    attr.scoped = plan_.handled.scope;
    if (quiet && plan_.quiet)
      attr.quiet_access_fs = plan_.handled.fs;
    ruleset_.fd =
        sys::noted(landlock::create_ruleset(&attr, landlock::ruleset_attr_size(plan_.abi), 0));
    if (ruleset_.fd < 0)
      reporter_.refuse(exit_status::kKernel, {"landlock_create_ruleset: ", error_text(errno)});
  }

  /// O_PATH, because O_RDONLY would wait for the writer of a FIFO; with O_DIRECTORY first, because
  /// without it open(2) stays on an automount point that nobody has entered yet, and the rule would
  /// be on what the mount is going to hide. It also tells what kind of file it is, without a
  /// stat(2): should the path change in between, the rule only grants less.
  static int open_path(const char* path, bool& is_directory) {
    int fd = sys::open(path, O_PATH | O_DIRECTORY);
    is_directory = fd >= 0;
    return fd < 0 && errno == ENOTDIR ? sys::open(path, O_PATH) : fd;
  }

  /// EACCES: the service's user cannot get there now, so that leaving the rule out takes nothing
  /// away that file permissions would give, and a missing rule never grants.
  static bool means_missing(int error) {
    return error == ENOENT || error == ENOTDIR || error == EACCES;
  }

  void add_path(const Argument& argument, std::uint64_t access, std::uint32_t flags) {
    bool is_directory = false;
    int fd = open_path(argument.text.data(), is_directory);
    if (fd < 0) {
      if (!argument.optional || !means_missing(errno))
        reporter_.refuse(exit_status::kNoPath,
                         {argument.text, ": cannot open: ", error_text(errno)});
      ++ruleset_.skipped;
      return;
    }
    access = landlock::rule_access(access, plan_.handled.fs, is_directory);
    if (access || flags)
      add_inode(argument, fd, is_directory, access, flags);
    sys::close(fd);
  }

  void add_inode(const Argument& argument, int fd, bool is_directory, std::uint64_t access,
                 std::uint32_t flags) {
    const landlock::PathBeneathAttr rule = {access, fd};
    if (landlock::add_rule(ruleset_.fd, landlock::kRulePathBeneath, &rule, flags) == 0)
      ++ruleset_.rules;
    // Pipes, sockets and the like (/dev/stdout) are on file systems that Landlock does not restrict
    // and that cannot carry a rule (get_path_from_fd() in security/landlock/syscalls.c). No
    // directory is on one.
    else if (errno != EBADFD || is_directory)
      reporter_.refuse(exit_status::kKernel,
                       {argument.text, ": landlock_add_rule: ", error_text(errno)});
  }

  void add_ports(const Argument& argument) {
    for (unsigned port = argument.first_port; port <= argument.last_port; ++port) {
      const landlock::NetPortAttr rule = {plan_.port_access(argument), port};
      if (landlock::add_rule(ruleset_.fd, landlock::kRuleNetPort, &rule, 0) == 0) {
        ++ruleset_.rules;
        continue;
      }
      // A kernel without TCP has nothing to restrict (landlock_add_rule(2)).
      if (errno == EAFNOSUPPORT)
        return;
      reporter_.refuse(exit_status::kKernel, {"landlock_add_rule for a port: ", error_text(errno)});
    }
  }

  const Plan& plan_;
  Reporter& reporter_;
  Ruleset ruleset_;
};

} // namespace

Ruleset build_ruleset(const Plan& plan, OptionReader options, Reporter& reporter) {
  return Builder(plan, reporter).build(options);
}

} // namespace unitlock::exec
