// SPDX-License-Identifier: LGPL-2.1-or-later
// What a verb has found of services: a table of all of them, or each of those that were named.
#pragma once

#include <cstdio>
#include <vector>

#include <fmt/format.h>

namespace unitlock::cli {

template <class Entry>
struct ServiceListText {
  void (*overview)(std::FILE*, const std::vector<Entry>&);
  void (*details)(std::FILE*, const Entry&);
};

template <class Entry>
void print_services(const std::vector<Entry>& entries, bool named,
                    const ServiceListText<Entry>& text) {
  if (entries.empty())
    fmt::print("No service declares anything: nothing is confined.\n");
  else if (!named)
    text.overview(stdout, entries);
  for (std::size_t i = 0; named && i < entries.size(); ++i) {
    fmt::print("{}", i > 0 ? "\n" : "");
    text.details(stdout, entries[i]);
  }
}

} // namespace unitlock::cli
