// SPDX-License-Identifier: LGPL-2.1-or-later
// The unit files of a machine or an image: which there are, which directory wins, what belongs
// together. Each directory is listed once and each file is read once.
//
// Source: systemd.unit(5); systemd's src/shared/unit-file.c and src/core/load-dropin.c.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "unit/unit_file.hpp"

namespace unitlock {

/// Where a manager looks for unit files, first directory wins. Without the generators' output
/// directories: a generator must not depend on what generators wrote.
std::vector<std::string> system_search_path(const Root& root);

/// A service as systemd would load it: its fragment and its drop-ins, merged.
struct Unit {
  std::string name;
  std::string fragment;              ///< path; empty where only drop-ins exist
  std::vector<std::string> drop_ins; ///< paths, in the order in which they are read
  bool masked = false;
  /// Of the fragment and then of each drop-in.
  std::vector<Assignment> assignments;
  std::vector<SectionHeader> headers;
  std::vector<BadLine> bad_lines;
  /// Files that could not be read, or not to their end.
  std::vector<BrokenFile> broken;

  /// All assignments of a list setting since its last empty one, in order.
  std::vector<const Assignment*> list(std::string_view section, std::string_view key) const;
  /// The last assignment; nullptr where there is none or the last one is empty.
  const Assignment* scalar(std::string_view section, std::string_view key) const;
};

class UnitIndex {
public:
  UnitIndex(const Root& root, std::vector<std::string> search_path);

  /// The services to look at, sorted: every fragment that is no alias, and every instance of a
  /// template that has files of its own.
  std::vector<std::string> services() const;

  /// Reads a unit by its own name or by an alias. A name without any file gives a Unit without
  /// fragment.
  Unit load(const std::string& name) const;

  /// Whether any file of the unit contains `needle`: a cheap test before load(). Files that cannot
  /// be read count as containing it.
  bool mentions(const std::string& name, std::string_view needle) const;

  /// The real name behind an alias; the name itself where it is none.
  std::string resolve_alias(const std::string& name) const;

private:
  struct Files {
    std::string fragment;
    bool masked = false;
    std::vector<std::string> drop_ins;
  };
  Files files_of(const std::string& name) const;
  void add_directory(const std::string& directory);
  void add_entry(const std::string& directory, const DirectoryEntry& entry);
  void find_fragment(const std::string& name, Files& files) const;
  void add_drop_ins(const std::vector<std::string>& names,
                    std::map<std::string, std::string>& by_basename) const;
  const Result<std::string>& text_of(const std::string& path) const;

  const Root& root_;
  std::vector<std::string> search_path_;
  std::map<std::string, std::set<std::string>>
      drop_in_dirs_;                             ///< by search directory: "x.service.d"
  std::map<std::string, std::string> fragments_; ///< name → path in the first directory that has it
  std::map<std::string, std::string> aliases_;   ///< alias → name that it links to
  mutable std::map<std::string, Result<std::string>> texts_;
  mutable std::map<std::string, std::vector<std::string>> listings_; ///< ".d" path → *.conf in it
};

} // namespace unitlock
