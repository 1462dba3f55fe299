// SPDX-License-Identifier: LGPL-2.1-or-later
// The drop-in that `unitlock enable` writes in an administrator's name, `unitlock disable` takes
// back, and `unitlock suggest --write` adds to.
#pragma once

#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/manager_environment.hpp"
#include "base/result.hpp"

namespace unitlock::cli {

class AdminDropIn {
public:
  /// Of the unit with this full name. Errors: a user's manager in another root, where no home is
  /// known.
  static Result<AdminDropIn> of(const Root& root, const ManagerEnvironment& manager,
                                const std::string& unit);

  /// As seen from inside of the root: "/etc/systemd/system/UNIT.d/landlock.conf".
  std::string path() const;
  /// Errors: as Root::read_file(), ENOENT where there is none.
  Result<std::string> read() const;
  Result<void> write(const std::vector<std::string>& presets) const;
  /// All of the file.
  Result<void> write_text(const std::string& text) const;
  /// Removes the file, and its directory where nothing else is in it.
  Result<void> remove() const;

  /// Whether a text is as write() leaves it: nobody has added anything.
  static bool is_untouched(const std::string& text);

private:
  AdminDropIn(const Root& root, std::string directory)
      : root_(&root), directory_(std::move(directory)) {}
  Result<std::string> real_directory() const;

  const Root* root_;
  std::string directory_;
};

} // namespace unitlock::cli
