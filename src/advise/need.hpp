// SPDX-License-Identifier: LGPL-2.1-or-later
// What denials ask for, before anything is decided: one need for each path, port or scope, with
// all rights that were denied there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "advise/suggestion.hpp"
#include "journal/expected_denial.hpp"

namespace unitlock::advise {

struct Need {
  landlock::Family family = landlock::Family::Filesystem;
  std::uint64_t rights = 0; ///< bits of the family
  std::string path;         ///< Filesystem: raw, as recorded
  std::uint16_t port = 0;   ///< Network
  std::string unit;         ///< whose: an instance, where the declaration is a template's
  std::string object;       ///< raw, to name it by
  /// See suspicion.hpp; empty where it was denied without any, too.
  std::vector<std::string> suspicions;
  /// Why no rule could allow it; empty where one might.
  std::string hopeless;
  std::vector<Evidence> evidence;
};

struct Needs {
  std::vector<Need> needs; ///< in a stable order
  std::vector<Evidence> uncertain;
  std::uint64_t expected = 0; ///< denials
};

/// What is expected is only counted, but it can make others suspicious.
Needs needs_of(const std::vector<journal::DenialGroup>& groups, const ServiceView& view,
               const journal::Expectations& expectations);

} // namespace unitlock::advise
