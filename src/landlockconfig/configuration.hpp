// SPDX-License-Identifier: LGPL-2.1-or-later
// What landlockconfig files say: plain data, with the variables and the groups of rights resolved.
//
// Source: github.com/landlock-lsm/landlockconfig 0.1, schema/landlockconfig.json and its README.
// Keys are camelCase in JSON and snake_case in TOML; arrays are not empty; unknown keys are errors.
// A rule extends what is handled. "abi.all", "abi.read_execute" (with refer) and "abi.read_write"
// (all but execute) mean the rights of the ABI that the file states. "${name}" in a path stands for
// each of the variable's values, "$$" for a dollar.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "landlock/access.hpp"
#include "landlockconfig/value.hpp"

namespace unitlock::landlockconfig {

/// The newest ABI whose rights the format has words for.
inline constexpr int kFormatAbi = 6;

struct PathBeneath {
  std::string path; ///< as written: it may be relative
  std::uint64_t access = 0;
  SourceRef where;
};

struct NetPort {
  std::uint16_t port = 0;
  std::uint64_t access = 0;
  SourceRef where;
};

struct Configuration {
  landlock::AccessSet handled; ///< with all that the rules name
  std::vector<PathBeneath> paths;
  std::vector<NetPort> ports;
};

enum class Language { Json, Toml };

struct Document {
  Language language = Language::Json;
  Value value;
};

/// The documents as one configuration: what is handled is united, and so are the rules; variables
/// of one document can be used in another. (landlockconfig itself intersects what is handled: of
/// two files about different things nothing would be left.) Errors: the first one, with file:line.
Result<Configuration> read_configuration(const std::vector<Document>& documents);

/// A document that says the same.
std::string write_configuration(const Configuration& configuration, Language language);

} // namespace unitlock::landlockconfig
