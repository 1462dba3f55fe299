// SPDX-License-Identifier: LGPL-2.1-or-later
// The invocation tag. The kernel copies the thread's name into the audit record of a new domain, so
// it is what leads from a denial to the invocation of a unit, inside a container or out.
#pragma once

#include <string_view>

#include "base/start_record.hpp"

namespace unitlock::exec {

class Tag {
public:
  /// From $INVOCATION_ID, which is 32 lower case hex digits (systemd.exec(5)). Anything else, or
  /// nothing: "ul-unknown".
  explicit Tag(std::string_view invocation_id);

  std::string_view view() const { return text_; }
  /// Ended by a NUL, at most 15 bytes: as prctl(2) takes a thread's name.
  const char* c_str() const { return text_; }

private:
  char text_[16] = {};
};
static_assert(start_record::kTagPrefix.size() + start_record::kTagDigits < 16);

/// The value of a variable in an environment block; empty where it is not set.
std::string_view environment_value(const char* const* environment, std::string_view name);

} // namespace unitlock::exec
