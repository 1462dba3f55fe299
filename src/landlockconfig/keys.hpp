// SPDX-License-Identifier: LGPL-2.1-or-later
// The names of landlockconfig's keys, which differ between its two languages.
#pragma once

#include <string_view>

#include "landlockconfig/configuration.hpp"

namespace unitlock::landlockconfig {

struct Keys {
  std::string_view variable, ruleset, path_beneath, net_port; ///< of a document
  std::string_view handled_fs, handled_net;                   ///< of a ruleset
  std::string_view allowed;                                   ///< of a rule
};

inline constexpr Keys kJsonKeys = {"variable",        "ruleset",          "pathBeneath",  "netPort",
                                   "handledAccessFs", "handledAccessNet", "allowedAccess"};
inline constexpr Keys kTomlKeys = {"variable",      "ruleset",           "path_beneath",
                                   "net_port",      "handled_access_fs", "handled_access_net",
                                   "allowed_access"};

constexpr const Keys& keys_of(Language language) {
  return language == Language::Json ? kJsonKeys : kTomlKeys;
}

} // namespace unitlock::landlockconfig
