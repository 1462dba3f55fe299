// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe/process_files.hpp"

#include <fmt/format.h>

#include "base/files.hpp"

namespace unitlock::probe {

std::string process_file(std::int64_t pid, std::string_view name) {
  auto root = Root::open("/");
  auto text = root ? root->read_file(fmt::format("/proc/{}/{}", pid, name)) : fail("");
  std::string out = text.value_or("");
  while (!out.empty() && (out.back() == '\n' || out.back() == '\0'))
    out.pop_back();
  return out;
}

ProcessStatus process_status(std::int64_t pid) {
  return ProcessStatus(process_file(pid, "status"));
}

bool is_in_own_pid_namespace(std::int64_t pid) {
  auto root = Root::open("/");
  if (!root)
    return false;
  auto theirs = root->read_link(fmt::format("/proc/{}/ns/pid", pid));
  auto own = root->read_link("/proc/self/ns/pid");
  return theirs && own && *theirs == *own;
}

} // namespace unitlock::probe
