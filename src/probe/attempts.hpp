// SPDX-License-Identifier: LGPL-2.1-or-later
// What a confined process is made to try: for each family something that its policy does not grant,
// of which nothing comes if it is allowed after all. A pure function of the policy and of what is
// at the paths.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "advise/why.hpp"

namespace unitlock::probe {

struct FileAttempt {
  std::string right; ///< "fs.read_file"
  std::string path;
  int flags = 0; ///< of open(2)
};

struct PortAttempt {
  std::string right; ///< "net.bind_tcp"
  int type = 0;      ///< of socket(2)
  bool connects = false;
  std::uint32_t address = 0; ///< IPv4, host byte order; see base/probe_marks.hpp
  std::uint16_t port = 0;
};

struct Attempts {
  std::optional<FileAttempt> file;
  std::optional<PortAttempt> port;
  bool signal = false;
  bool abstract_socket = false;
};

/// `wrapper`: where it is installed. `abi`: the kernel's.
Attempts choose_attempts(const advise::Confinement& confinement, int abi,
                         const std::string& wrapper);

} // namespace unitlock::probe
