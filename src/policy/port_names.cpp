// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/port_names.hpp"

#include <charconv>
#include <sstream>

namespace unitlock {

void PortNames::load() const {
  loaded_ = true;
  std::istringstream lines(root_.read_file("/etc/services").value_or(""));
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string name, place;
    if (!(words >> name >> place))
      continue;
    unsigned port = 0;
    auto [end, error] = std::from_chars(place.data(), place.data() + place.size(), port);
    if (error != std::errc() || port > 65535 || *end != '/')
      continue;
    std::string protocol(end); // with its slash
    do
      ports_.try_emplace(name + protocol, static_cast<std::uint16_t>(port));
    while (words >> name);
  }
}

std::optional<std::uint16_t> PortNames::find(std::string_view name,
                                             std::string_view protocol) const {
  if (!loaded_)
    load();
  auto found = ports_.find(std::string(name) + "/" + std::string(protocol));
  if (found == ports_.end())
    return std::nullopt;
  return found->second;
}

} // namespace unitlock
