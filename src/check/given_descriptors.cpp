// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check/given_descriptors.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "unit/search_path.hpp"
#include "unit/unit_name.hpp"

namespace unitlock::check {
namespace {

/// Whether a standard stream is a file, a terminal or a socket.
bool is_opened(std::string_view stream) {
  constexpr auto kOpened =
      std::to_array<std::string_view>({"file:", "append:", "truncate:", "tty", "socket", "fd"});
  return std::any_of(kOpened.begin(), kOpened.end(),
                     [&](std::string_view word) { return stream.starts_with(word); });
}

/// What is activated with the unit: "a.socket" of a.service, of a@.service and of its instances.
std::string socket_of(const std::string& unit) {
  return unit.substr(0, std::min(unit.find('@'), unit.rfind('.'))) + ".socket";
}

/// Sockets are not indexed: in the search path the first file counts.
bool is_there(const Subject& subject, const std::string& socket) {
  ManagerEnvironment manager;
  manager.scope = subject.scope;
  std::vector<std::string> directories = unit_search_path(subject.root, manager).directories;
  directories.push_back(subject.unit.fragment.substr(0, subject.unit.fragment.rfind('/')));
  for (const std::string& directory : directories) {
    if (!directory.starts_with('/'))
      continue; // a file that is not installed
    std::string path = directory + "/" + socket;
    if (subject.root.read_link(path).value_or("") == "/dev/null")
      return false; // masked, also in an image that has no /dev/null
    if (subject.root.kind(path) == FileKind::Regular)
      return true;
  }
  return false;
}

} // namespace

std::vector<std::string> given_descriptors(const Subject& subject) {
  std::vector<std::string> given;
  if (!subject.words("OpenFile").empty())
    given.emplace_back("OpenFile=");
  for (const char* key : {"StandardInput", "StandardOutput", "StandardError"})
    if (const Assignment* stream = subject.unit.scalar("Service", key);
        stream && is_opened(stream->value))
      given.push_back(fmt::format("{}={}", key, stream->value));
  if (const Assignment* kept = subject.unit.scalar("Service", "FileDescriptorStoreMax");
      kept && kept->value != "0")
    given.emplace_back("FileDescriptorStoreMax=");
  for (const Unit::Word& word : subject.words("Sockets"))
    given.push_back(word.text);
  std::string socket = socket_of(subject.unit.name);
  if (std::find(given.begin(), given.end(), socket) == given.end() && is_there(subject, socket))
    given.push_back(std::move(socket));
  return given;
}

} // namespace unitlock::check
