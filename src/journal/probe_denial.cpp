// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/probe_denial.hpp"

#include <string_view>

#include "base/probe_marks.hpp"

namespace unitlock::journal {

namespace {

/// What the wrapper opens to see it denied (exec/proof.cpp). Not that it may not execute the
/// service's program.
bool is_trial(const Denial& denial, const std::string& wrapper) {
  const std::string& path = denial.object.path;
  if (denial.process.exe != wrapper)
    return false;
  return denial.blockers == "fs.read_dir"
             ? path == "/"
             : (denial.blockers == "fs.write_file" || denial.blockers == "fs.read_file") &&
                   path.starts_with("/proc/") && path.ends_with("/comm");
}

/// What /proc/self is for the process that was asked.
bool is_own_file(std::string_view path) {
  constexpr std::string_view kProc = "/proc/", kSelf = "/proc/self";
  std::string_view file = std::string_view(probe_mark::kOwnFile).substr(kSelf.size());
  if (path.size() <= kProc.size() + file.size() || !path.starts_with(kProc) ||
      !path.ends_with(file))
    return false;
  path.remove_prefix(kProc.size());
  path.remove_suffix(file.size());
  return path.find_first_not_of("0123456789") == path.npos;
}

} // namespace

bool is_probe(const Denial& denial, const std::string& wrapper) {
  const Object& object = denial.object;
  switch (object.kind) {
  case Object::Kind::Path:
    return (denial.blockers == "fs.read_file" &&
            (object.path == wrapper || is_own_file(object.path))) ||
           is_trial(denial, wrapper);
  case Object::Kind::Network:
    return object.address == (denial.blockers == "net.connect_tcp"
                                  ? probe_mark::kMulticastText
                                  : probe_mark::kDocumentationText);
  case Object::Kind::Process:
    return denial.blockers == "scope.signal" && object.comm == probe_mark::kName;
  case Object::Kind::AbstractSocket:
    return object.path.starts_with(probe_mark::kName);
  case Object::Kind::Name:
  case Object::Kind::None:
    break;
  }
  return false;
}

} // namespace unitlock::journal
