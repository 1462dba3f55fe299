// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/kernel.hpp"

#include <cerrno>

#include "base/exit_status.hpp"
#include "exec/error_text.hpp"
#include "exec/system.hpp"
#include "landlock/syscalls.hpp"

namespace unitlock::exec {
namespace {

/// "capability,landlock,yama,…": the security modules that are active. Not there in a container.
constexpr const char* kModules = "/sys/kernel/security/lsm";

[[noreturn]] void refuse_unread(int error, Reporter& reporter) {
  reporter.refuse(exit_status::kKernel, {kModules, ": cannot read: ", error_text(error)});
}

bool lists_landlock(Reporter& reporter) {
  int fd = sys::open(kModules, O_RDONLY);
  if (fd < 0 && errno != ENOENT && errno != ENOTDIR && errno != EACCES)
    refuse_unread(errno, reporter);
  if (fd < 0)
    return false;
  char text[512];
  long size = sys::read(fd, text, sizeof text);
  if (size <= 0) // it is never empty
    refuse_unread(size < 0 ? errno : EIO, reporter);
  sys::close(fd);
  return std::string_view(text, static_cast<std::size_t>(size)).find("landlock") !=
         std::string_view::npos;
}

/// What contradicts that the kernel has no Landlock; empty where nothing does. The calls cannot do
/// anything: there is no descriptor -1. A kernel without Landlock does not get as far as to look.
std::string_view contradiction(int said, Reporter& reporter) {
  if (landlock::add_rule(-1, landlock::kRulePathBeneath, nullptr, 0) == 0 || errno != said)
    return "landlock_add_rule answers otherwise";
  if (landlock::restrict_self(-1, 0) == 0 || errno != said)
    return "landlock_restrict_self answers otherwise";
  if (lists_landlock(reporter))
    return "/sys/kernel/security/lsm lists it";
  return {};
}

void check_absence(int said, Reporter& reporter) {
  std::string_view contrary = contradiction(said, reporter);
  if (!contrary.empty())
    reporter.refuse(exit_status::kKernel,
                    {"asking for the Landlock ABI: ", error_text(said), ", but ", contrary,
                     ": a system call filter seems to answer for the kernel"});
}

} // namespace

void ask_kernel(Outcome& outcome, Reporter& reporter) {
  long abi = landlock::kernel_abi();
  if (abi < 0 && errno == ENOSYS) {
    check_absence(ENOSYS, reporter);
    outcome.no_landlock = "the kernel is built without Landlock (ENOSYS)";
    return;
  }
  if (abi < 0 && errno == EOPNOTSUPP) {
    check_absence(EOPNOTSUPP, reporter);
    outcome.no_landlock = "Landlock is off since boot, see lsm= on the kernel command line "
                          "(EOPNOTSUPP)";
    return;
  }
  if (abi < 1)
    reporter.refuse(exit_status::kKernel,
                    {"asking for the Landlock ABI: ", error_text(abi < 0 ? errno : 0)});
  outcome.kernel_abi = abi;
  // Errata are recorded and change nothing: a sandbox with a flaw is better than none.
  long errata = landlock::kernel_errata();
  if (errata < 0 && errno != EINVAL) // EINVAL: the kernel is too old to be asked
    reporter.refuse(exit_status::kKernel, {"asking for the Landlock errata: ", error_text(errno)});
  outcome.errata = errata < 0 ? 0 : static_cast<std::uint64_t>(errata);
}

} // namespace unitlock::exec
