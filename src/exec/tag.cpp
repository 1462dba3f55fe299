// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/tag.hpp"

namespace unitlock::exec {
namespace {

bool is_invocation_id(std::string_view text) {
  for (char c : text)
    if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
      return false;
  return text.size() == 32;
}

} // namespace

Tag::Tag(std::string_view invocation_id) {
  std::string_view id = "unknown";
  if (is_invocation_id(invocation_id))
    id = {invocation_id.data(), start_record::kTagDigits};
  char* at = text_;
  for (char c : start_record::kTagPrefix)
    *at++ = c;
  for (char c : id)
    *at++ = c;
}

std::string_view environment_value(const char* const* environment, std::string_view name) {
  for (; *environment; ++environment) {
    std::string_view entry = *environment;
    if (entry.size() > name.size() && entry[name.size()] == '=' &&
        std::string_view(entry.data(), name.size()) == name)
      return {entry.data() + name.size() + 1, entry.size() - name.size() - 1};
  }
  return {};
}

} // namespace unitlock::exec
