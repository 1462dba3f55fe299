// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/path_fate.hpp"

#include <functional>

#include "base/files.hpp"
#include "base/specifier.hpp"
#include "unit/words.hpp"

namespace unitlock {
namespace {

/// Whether systemd takes the word for a path; others it ignores, and a line of ours would then give
/// the service a mount namespace of its own.
bool is_path(const std::string& word) {
  return word.starts_with('/') || word.starts_with('%');
}

using Covers = std::function<bool(const std::string& word)>;

/// The first assignment of a list of paths with a word that covers.
const Assignment* find_covering(const Unit& unit, const char* key, const Covers& covers) {
  for (const Unit::Word& word : unit.words("Service", key))
    if (covers(word.text))
      return word.assignment;
  return nullptr;
}

class Judge {
public:
  Judge(const Unit& unit, std::string_view path) : unit_(unit), path_(path) {}

  PathFate run() const { return {find_cover(), find_inaccessible(), find_not_executable()}; }

private:
  bool is_on(const std::string& directory) const {
    return is_path(directory) && path_is_below(path_, simplify_path(directory));
  }
  bool may_be_on(const std::string& directory) const {
    return (is_path(directory) && has_specifier(directory)) || is_on(directory);
  }

  const Assignment* find_cover() const {
    if (const Assignment* root = unit_.scalar("Service", "RootDirectory"))
      if (is_path(root->value) && simplify_path(root->value) != "/")
        return root;
    for (const char* key : {"RootImage", "RootMStack"})
      if (const Assignment* root = unit_.scalar("Service", key); root && is_path(root->value))
        return root;
    if (const Assignment* tmpfs =
            find_covering(unit_, "TemporaryFileSystem",
                          [&](const std::string& word) { return may_be_on(colon_field(word, 0)); }))
      return tmpfs;
    for (const char* key : {"BindPaths", "BindReadOnlyPaths", "MountImages"})
      if (const Assignment* mount = find_covering(unit_, key, [&](const std::string& word) {
            std::string source = without_path_marks(colon_field(word, 0)),
                        target = colon_field(word, 1);
            return !target.empty() && target != source && may_be_on(target);
          }))
        return mount;
    return nullptr;
  }

  const Assignment* find_inaccessible() const {
    return find_covering(unit_, "InaccessiblePaths",
                         [&](const std::string& word) { return is_on(without_path_marks(word)); });
  }

  /// Of NoExecPaths= and ExecPaths= the one that is closer to the path decides.
  const Assignment* find_not_executable() const {
    std::size_t closest = 0;
    find_covering(unit_, "ExecPaths", [&](const std::string& word) {
      std::string directory = without_path_marks(word);
      if (is_on(directory))
        closest = std::max(closest, simplify_path(directory).size());
      return false;
    });
    return find_covering(unit_, "NoExecPaths", [&](const std::string& word) {
      std::string directory = without_path_marks(word);
      return may_be_on(directory) &&
             (has_specifier(directory) || simplify_path(directory).size() >= closest);
    });
  }

  const Unit& unit_;
  std::string_view path_;
};

} // namespace

PathFate fate_of(const Unit& unit, std::string_view path) {
  return Judge(unit, path).run();
}

} // namespace unitlock
