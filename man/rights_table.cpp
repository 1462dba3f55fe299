// SPDX-License-Identifier: LGPL-2.1-or-later
// Prints the table of rights for unitlock.unit(5) in scdoc's syntax, so that the manual cannot
// differ from the table that the programs use.

#include <cstdio>

#include "landlock/abi.hpp"
#include "landlock/access.hpp"

int main() {
  using namespace unitlock::landlock;
  std::puts("[[ *Right*\n:[ *ABI*\n:[ *Linux*\n:[ *File rule*\n:[ *Governs*");
  for (const Right& right : kRights) {
    std::string_view kernel = kernel_of(right.first_abi);
    std::printf("|  _%.*s_\n:  %d\n:  %.*s\n:  %s\n:  %.*s\n", static_cast<int>(right.name.size()),
                right.name.data(), right.first_abi, static_cast<int>(kernel.size()), kernel.data(),
                right.file_can_carry ? "yes" : "no", static_cast<int>(right.meaning.size()),
                right.meaning.data());
  }
}
