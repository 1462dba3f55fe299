// SPDX-License-Identifier: LGPL-2.1-or-later
// Two snapshots of the same units, one before the generator had anything to do and one after, and
// what unitlock itself says about them. In between, the test may have added drop-ins of the name
// declared-by-test.conf.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace oracle {

/// Adds every property that is not the same, all but what changes with time.
void compare_all(const nlohmann::json& before, const nlohmann::json& after,
                 std::vector<std::string>& differences);

class Comparison {
public:
  explicit Comparison(std::string wrapper) : wrapper_(std::move(wrapper)) {}

  /// `before` and `after` are of Manager::ask(), `status` is the unit's object of
  /// `unitlock status -o json`.
  void add(const nlohmann::json& before, const nlohmann::json& after, const nlohmann::json& status);

  /// What is not as it has to be, with the unit's name; empty where all is well.
  const std::vector<std::string>& differences() const { return differences_; }

  /// How many units are wrapped.
  unsigned wrapped() const { return wrapped_; }

  /// Counts, and why units are not wrapped.
  std::string summary() const;

private:
  bool starts_wrapper(const nlohmann::json& snapshot) const;
  bool refuses(const nlohmann::json& snapshot) const;
  bool wrapper_refuses_path(const nlohmann::json& after) const;
  void compare_refusal(const nlohmann::json& before, const nlohmann::json& after,
                       const nlohmann::json& status);
  void compare_commands(const nlohmann::json& before, const nlohmann::json& after, bool wrapped);
  void compare_properties(const nlohmann::json& before, const nlohmann::json& after, bool wrapped);
  void compare_words(const nlohmann::json& after, const nlohmann::json& status, bool wrapped);
  void compare_files(const nlohmann::json& before, const nlohmann::json& after,
                     const nlohmann::json& status);
  void differ(const std::string& what) { differences_.push_back(name_ + ": " + what); }

  std::string wrapper_;
  std::string name_;
  std::vector<std::string> differences_;
  unsigned wrapped_ = 0;
  std::map<std::string, unsigned> counts_; ///< by LoadState
  std::map<std::string, unsigned> reasons_;
};

} // namespace oracle
