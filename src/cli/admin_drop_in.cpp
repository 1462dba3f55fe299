// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/admin_drop_in.hpp"

#include <unistd.h>

#include <cerrno>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace unitlock::cli {
namespace {

constexpr const char* kName = "landlock.conf";
constexpr std::string_view kFirstLines = "# Written by \"unitlock enable\"; \"unitlock disable\" "
                                         "removes it.\n[X-Landlock]\n";
constexpr std::string_view kPreset = "Preset=";

} // namespace

Result<AdminDropIn> AdminDropIn::of(const Root& root, const ManagerEnvironment& manager,
                                    const std::string& unit) {
  if (!manager.is_user())
    return AdminDropIn(root, fmt::format("/etc/systemd/system/{}.d", unit));
  if (manager.config_home.empty())
    return fail("in another root no user's home is known");
  return AdminDropIn(root, fmt::format("{}/systemd/user/{}.d", manager.config_home, unit));
}

std::string AdminDropIn::path() const {
  return fmt::format("{}/{}", directory_, kName);
}

Result<std::string> AdminDropIn::read() const {
  return root_->read_file(path());
}

/// As programs see it that know nothing of the root.
Result<std::string> AdminDropIn::real_directory() const {
  auto resolved = root_->resolve(directory_);
  if (!resolved)
    return resolved;
  return root_->directory() == "/" ? *resolved : root_->directory() + *resolved;
}

Result<void> AdminDropIn::write(const std::vector<std::string>& presets) const {
  return write_text(fmt::format("{}{}{}\n", kFirstLines, kPreset, fmt::join(presets, " ")));
}

Result<void> AdminDropIn::write_text(const std::string& text) const {
  auto directory = real_directory();
  if (!directory)
    return tl::unexpected(directory.error());
  return write_atomically(*directory, kName, text);
}

Result<void> AdminDropIn::remove() const {
  auto directory = real_directory();
  if (!directory)
    return tl::unexpected(directory.error());
  if (unlink(fmt::format("{}/{}", *directory, kName).c_str()) != 0)
    return fail(fmt::format("cannot remove {}", path()), errno);
  if (rmdir(directory->c_str()) != 0 && errno != ENOTEMPTY && errno != EEXIST)
    return fail(fmt::format("cannot remove {}", directory_), errno);
  return {};
}

bool AdminDropIn::is_untouched(const std::string& text) {
  if (!text.starts_with(kFirstLines))
    return false;
  std::string rest = text.substr(kFirstLines.size());
  return rest.starts_with(kPreset) && rest.find('\n') == rest.size() - 1;
}

} // namespace unitlock::cli
