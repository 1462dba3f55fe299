// SPDX-License-Identifier: LGPL-2.1-or-later
#include "audit/saved_state.hpp"

#include <charconv>

#include <fmt/format.h>

namespace unitlock::audit {

std::string to_text(const SavedState& state) {
  return fmt::format("enabled={}\nbacklog_limit={}\nrules={}\n", state.was_enabled ? 1 : 0,
                     state.backlog_limit, state.rules);
}

Result<SavedState> parse_state(std::string_view text) {
  SavedState state;
  std::uint32_t enabled = 0;
  for (auto [name, value] :
       {std::pair("enabled=", &enabled), std::pair("backlog_limit=", &state.backlog_limit),
        std::pair("rules=", &state.rules)}) {
    std::string_view word = name;
    if (!text.starts_with(word))
      return fail(fmt::format("no {} where it should be", word));
    text.remove_prefix(word.size());
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
    if (error != std::errc() || end == text.data() + text.size() || *end != '\n')
      return fail(fmt::format("no number behind {}", word));
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  }
  state.was_enabled = enabled != 0;
  return state;
}

} // namespace unitlock::audit
