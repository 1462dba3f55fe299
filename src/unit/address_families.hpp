// SPDX-License-Identifier: LGPL-2.1-or-later
// The address families of sockets that RestrictAddressFamilies= leaves to a service.
//
// Source: systemd.exec(5); systemd's config_parse_address_families() (what comes first decides
// whether the list allows or denies).
#pragma once

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>

#include "unit/unit_index.hpp"

namespace unitlock {

class AddressFamilies {
public:
  /// `unit` must outlive it.
  explicit AddressFamilies(const Unit& unit);

  /// The setting, where it leaves none of the families.
  const Assignment* forbids(std::initializer_list<std::string_view> families) const;

  /// Whether it is a list of what is allowed: one of what is denied leaves all that nobody thought
  /// of.
  bool is_allow_list() const { return last_ && is_allow_list_; }
  /// What the list names: what is allowed of an allow-list.
  const std::set<std::string, std::less<>>& named() const { return named_; }

private:
  const Assignment* last_ = nullptr;
  bool is_allow_list_ = false;
  std::set<std::string, std::less<>> named_;
};

} // namespace unitlock
