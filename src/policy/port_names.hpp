// SPDX-License-Identifier: LGPL-2.1-or-later
// Names of ports from services(5), read from the file itself: a generator must not use NSS.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/files.hpp"

namespace unitlock {

class PortNames {
public:
  explicit PortNames(const Root& root) : root_(root) {}

  /// `protocol`: "tcp" or "udp". Aliases count. nullopt where the file has no such name, or there
  /// is no file. The file is read at the first call.
  std::optional<std::uint16_t> find(std::string_view name, std::string_view protocol) const;

private:
  void load() const;

  const Root& root_;
  mutable bool loaded_ = false;
  mutable std::map<std::string, std::uint16_t, std::less<>> ports_; ///< "http/tcp" → 80
};

} // namespace unitlock
