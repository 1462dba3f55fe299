// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/path_fate.hpp"

#include <gtest/gtest.h>

namespace unitlock {
namespace {

struct Case {
  const char* settings;
  const char* fate; ///< the settings that cover, hide, forbid executing; "-" for none
};

std::string name_of(const Assignment* setting) {
  return setting ? setting->key : "-";
}

TEST(PathFate, Table) {
  for (const Case& row : {
           Case{"", "- - -"},
           {"RootDirectory=/srv/root\n", "RootDirectory - -"},
           {"RootDirectory=/\n", "- - -"},
           {"RootDirectory=//.\n", "- - -"},
           {"RootDirectory=srv\nTemporaryFileSystem=usr\nNoExecPaths=usr\n", "- - -"}, // ignored
           {"RootDirectory=/srv\nRootDirectory=\n", "- - -"},
           {"RootImage=/srv/image\n", "RootImage - -"},
           {"TemporaryFileSystem=/var\n", "- - -"},
           {"TemporaryFileSystem=/var /usr:ro,mode=755\n", "TemporaryFileSystem - -"},
           {"TemporaryFileSystem=/usr/libexec\n", "TemporaryFileSystem - -"},
           {"TemporaryFileSystem=/usr/lib\n", "- - -"},
           {"TemporaryFileSystem=%t/x\n", "TemporaryFileSystem - -"},
           {"TemporaryFileSystem=/usr\nTemporaryFileSystem=\n", "- - -"},
           {"BindPaths=/usr\n", "- - -"},
           {"BindPaths=/usr:/usr:rbind\n", "- - -"},
           {"BindPaths=/srv/a:/mnt -/srv/b:/usr:rbind\n", "BindPaths - -"},
           {"BindReadOnlyPaths=/srv:/usr/libexec\n", "BindReadOnlyPaths - -"},
           {"MountImages=/srv/image:/usr\n", "MountImages - -"},
           {"InaccessiblePaths=/srv /home\n", "- - -"},
           {"InaccessiblePaths=-/usr/libexec\n", "- InaccessiblePaths -"},
           {"InaccessiblePaths=-+/usr/libexec/unitlock-exec\n", "- InaccessiblePaths -"},
           {"InaccessiblePaths=/usr/libexec/unitlock\n", "- - -"},
           {"NoExecPaths=/\n", "- - NoExecPaths"},
           {"NoExecPaths=/srv\n", "- - -"},
           {"NoExecPaths=/\nExecPaths=/usr/bin\n", "- - NoExecPaths"},
           {"NoExecPaths=/\nExecPaths=/usr\n", "- - -"},
           {"NoExecPaths=/ /usr/libexec\nExecPaths=/usr\n", "- - NoExecPaths"},
           {"NoExecPaths=-%h\n", "- - NoExecPaths"},
       }) {
    Unit unit;
    unit.assignments =
        parse_unit_file("a.service", std::string("[Service]\n") + row.settings).assignments;
    PathFate fate = fate_of(unit, "/usr/libexec/unitlock-exec");
    EXPECT_EQ(name_of(fate.covered) + " " + name_of(fate.inaccessible) + " " +
                  name_of(fate.not_executable),
              row.fate)
        << row.settings;
  }
}

} // namespace
} // namespace unitlock
