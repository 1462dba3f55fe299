// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/system_call_filter.hpp"

#include <gtest/gtest.h>

namespace unitlock {
namespace {

struct Case {
  std::vector<std::string_view> values;
  std::string_view call;
  bool refuses;
};

TEST(SystemCallFilter, Table) {
  for (const Case& row : {
           Case{{}, "openat", false},
           {{"@system-service"}, "openat", false},
           {{"@system-service"}, "landlock_add_rule", true}, // 252
           {{"@known"}, "prctl", false},
           {{"@basic-io"}, "openat", true},
           {{"@basic-io"}, "close", false},
           {{"@file-system"}, "close", false},
           {{"@file-system"}, "set_tid_address", false}, // @default is in every allow-list
           {{"@file-system"}, "getppid", false},
           {{"@file-system", "@process"}, "kill", false},
           {{"@file-system kill"}, "kill", false},
           {{"@file-system kill:EPERM"}, "kill", true}, // systemd ignores it
           {{"@process", "~kill"}, "kill", true},
           {{"@process", "~kill:EPERM"}, "kill", true},
           {{"@process", "~kill", "kill"}, "kill", false},
           {{"~@mount"}, "openat", false},
           {{"~@mount"}, "landlock_add_rule", false},
           {{"~@sandbox"}, "landlock_add_rule", true},
           {{"~@sandbox:ENOSYS"}, "landlock_create_ruleset", true},
           {{"~landlock_restrict_self:0"}, "landlock_restrict_self", true},
           {{"~landlock_restrict_self:0"}, "landlock_add_rule", false},
           {{"~@default"}, "landlock_add_rule", true},
           {{"~@file-system"}, "openat", true},
           {{"~@process", "@process"}, "prctl", false},
           {{"~"}, "openat", false},
       })
    EXPECT_EQ(SystemCallFilter(row.values).may_refuse(row.call), row.refuses)
        << (row.values.empty() ? "" : row.values.front()) << " " << row.call;
}

TEST(SystemCallFilter, NamesTheFirstThatIsRefused) {
  SystemCallFilter filter(std::vector<std::string_view>{"@basic-io"});
  EXPECT_EQ(filter.first_refused({"close", "openat", "kill"}), "openat");
  EXPECT_EQ(filter.first_refused({"close"}), "");
}

} // namespace
} // namespace unitlock
