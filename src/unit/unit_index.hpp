// SPDX-License-Identifier: LGPL-2.1-or-later
// The unit files of a machine or an image: which there are, which directory wins, what belongs
// together. Each directory is listed once.
//
// Source: systemd.unit(5); systemd's src/shared/unit-file.c and src/core/load-dropin.c.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/placed_file.hpp"
#include "unit/search_path.hpp"
#include "unit/unit_file.hpp"

namespace unitlock {

/// A service as systemd would load it: its fragment and its drop-ins, merged.
struct Unit {
  std::string name;
  /// All that it may be meant by: its own name, its template's, and those of its aliases.
  std::vector<std::string> names;
  std::string fragment;              ///< path; empty where only drop-ins exist
  std::vector<std::string> drop_ins; ///< paths, in the order in which they are read
  /// Those of the drop-ins that systemd prefers to a generated one of the same name.
  std::vector<std::string> outranking_drop_ins;
  bool reads_generated = true; ///< SearchPath::reads_generated
  bool masked = false;
  /// Of the fragment and then of each drop-in.
  std::vector<Assignment> assignments;
  std::vector<SectionHeader> headers;
  std::vector<BadLine> bad_lines;
  /// Files that could not be read, or not to their end.
  std::vector<BrokenFile> broken;

  /// All assignments of a list setting since its last empty one, in order.
  std::vector<const Assignment*> list(std::string_view section, std::string_view key) const;
  /// The words of these, unquoted, each with its assignment. A line whose words cannot be told
  /// apart is left out, as systemd ignores it with a warning.
  struct Word {
    std::string text;
    const Assignment* assignment;
  };
  std::vector<Word> words(std::string_view section, std::string_view key) const;
  /// The last assignment; nullptr where there is none or the last one is empty.
  const Assignment* scalar(std::string_view section, std::string_view key) const;

  /// Adds what a file says, behind all that was said before.
  void add(UnitFile file);
};

class UnitIndex {
public:
  /// `placed`: units ("…/a.service") and drop-ins ("…/a.service.d/x.conf") that come before all
  /// others of their name; files of other names are passed over.
  UnitIndex(const Root& root, SearchPath search_path, const PlacedFiles& placed = {});

  /// The services to look at, sorted: every fragment that is no alias, every instance that has
  /// files of its own, and every unit of which there are drop-ins only.
  std::vector<std::string> services() const;

  /// Reads a unit by its own name or by an alias. A name without any file gives a Unit without
  /// fragment.
  Unit load(const std::string& name) const;

  /// Reads a unit from just these files, wherever they are: what a manager says that it has read.
  Unit load_files(const std::string& name, const std::string& fragment,
                  std::vector<std::string> drop_ins) const;

  /// Whether `test` holds for the text of any file of the unit: cheaper than load(). True where a
  /// file cannot be read.
  bool any_text(const std::string& name, const std::function<bool(std::string_view)>& test) const;

  /// The name that systemd gives a unit which it loads by `name`: the one behind the alias, with
  /// the instance of `name`. The name itself where it is no alias.
  std::string resolve_alias(const std::string& name) const;

  /// All names that mean the unit, see Unit::names.
  std::vector<std::string> names_of(const std::string& name) const;

  /// All names whose ".d" directories the unit reads, those of its aliases included.
  std::vector<std::string> all_drop_in_names(const std::string& name) const;

  /// Directories of the search path that are there and cannot be listed, and links that cannot be
  /// read.
  const Diagnostics& problems() const { return problems_; }

private:
  struct Listing {
    std::vector<std::string> files; ///< *.conf
    std::optional<Error> error;
  };
  struct Files {
    std::string fragment;
    bool masked = false;
    std::vector<std::string> drop_ins;
    std::vector<BrokenFile> broken; ///< ".d" directories that cannot be listed
  };
  /// Name → number of the first directory of the search path that has it, or kPlaced.
  using Fragments = std::map<std::string, std::size_t>;
  static constexpr std::size_t kPlaced = static_cast<std::size_t>(-1);
  Files files_of(const std::string& name) const;
  void place(const PlacedFile& file);
  void add_directory(std::size_t number);
  void not_known(const std::string& path, const Error& error);
  void add_entry(std::size_t number, const DirectoryEntry& entry);
  /// False where the entry is none that systemd would go by.
  bool add_link(const std::string& directory, const std::string& name);
  void add_instances(const std::string& drop_in_name, std::vector<std::string>& names) const;
  void add_without_alias(const std::string& instance, std::vector<std::string>& names) const;
  std::string follow_links(const std::string& name) const;
  Fragments::const_iterator fragment_of(const std::string& name) const;
  Fragments::const_iterator target_of(const std::string& alias) const;
  std::string path_of(Fragments::const_iterator fragment) const;
  bool is_masked(Fragments::const_iterator fragment) const;
  void find_fragment(const std::string& name, Files& files) const;
  void add_drop_ins(const std::vector<std::string>& names, Files& files,
                    std::map<std::string, std::string>& by_basename) const;
  bool outranks_generated(const std::string& drop_in) const;
  bool is_another_unit(const std::string& name, const std::string& unit) const;
  std::vector<std::string> aliases_of(const std::string& name) const;
  const Listing& listing_of(const std::string& path) const;
  Result<std::string> read(const std::string& path) const;
  const Result<std::string>& fragment_text(const std::string& path) const;
  const Result<std::string>& drop_in_text(const std::string& path) const;

  const Root& root_;
  SearchPath search_path_;
  std::vector<std::string> resolved_path_; ///< the same directories, links resolved
  Diagnostics problems_;
  std::map<std::string, std::set<std::string>>
      drop_in_dirs_; ///< by search directory: "x.service.d"
  Fragments fragments_;
  std::map<std::string, std::string> placed_fragments_;             ///< by unit: paths
  std::map<std::string, std::vector<std::string>> placed_drop_ins_; ///< likewise
  std::map<std::string, std::string> placed_texts_;                 ///< by path
  std::map<std::string, std::string> aliases_;            ///< alias → name that it links to
  std::map<std::string, std::vector<std::string>> names_; ///< real name → its aliases
  std::set<std::string> null_links_;                      ///< fragments that are links to /dev/null
  std::map<std::string, std::string> resolved_;           ///< directory → with links resolved
  // Many units may share a drop-in. Of the fragments only the last one read is kept: a machine can
  // have thousands, and most of them declare nothing.
  mutable std::map<std::string, Result<std::string>> drop_in_texts_;
  mutable std::string last_fragment_;
  mutable Result<std::string> last_text_;
  mutable std::map<std::string, Listing> listings_; ///< by ".d" path
};

} // namespace unitlock
