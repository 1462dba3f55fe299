// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether denials can be seen on this machine at all: an empty list means nothing where the kernel
// does not log them or the journal does not get them. Facts are gathered in one place and judged in
// another, which is pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace unitlock::machine {

/// What could be found out; an empty optional is "cannot tell".
struct VisibilityFacts {
  int kernel_abi = 0; ///< 0: no Landlock
  std::optional<bool> audit_on;
  std::optional<bool> journald_listens;
  /// There are audit records of this boot in the journal. `false` proves nothing.
  bool records_seen = false;
  /// The system's journal, in which audit records are, may not be read.
  bool records_hidden = false;
  bool in_container = false;
  bool auditd_runs = false;
  bool processes_hidden = false; ///< `-a never,task`
  std::uint32_t lost = 0;

  bool operator==(const VisibilityFacts&) const = default;
};

enum class Visible { Yes, No, Unknown };

struct Visibility {
  Visible visible = Visible::Unknown;
  /// Sentences: what is wrong, and what does something about it. For Visible::Yes what to know.
  std::vector<std::string> words;
};

Visibility judge(const VisibilityFacts& facts);

/// Asks this machine's kernel and systemd. `records_seen` is the caller's to find out.
VisibilityFacts gather_visibility();

} // namespace unitlock::machine
