// SPDX-License-Identifier: LGPL-2.1-or-later
#include "audit/saved_state.hpp"

#include <gtest/gtest.h>

namespace unitlock::audit {
namespace {

TEST(SavedState, ParseUndoesPrint) {
  SavedState state{true, 64, 0b10110};
  auto parsed = parse_state(to_text(state));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, state);
  EXPECT_EQ(*parse_state(to_text({})), SavedState());
}

TEST(SavedState, DamageIsAnError) {
  for (const char* text : {"", "enabled=1", "enabled=1\n", "enabled=\nbacklog_limit=1\nrules=1\n",
                           "enabled=1\nbacklog_limit=x\nrules=1\n", "rules=1\n",
                           "enabled=1\nbacklog_limit=99999999999\nrules=1\n"})
    EXPECT_FALSE(parse_state(text)) << text;
}

} // namespace
} // namespace unitlock::audit
