// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check/beyond.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace unitlock::check {
namespace {

bool says(const Subject& subject, std::string_view key, std::string_view value) {
  const Assignment* setting = subject.unit.scalar("Service", key);
  return setting && setting->value == value;
}

/// A path of a list setting, without the prefixes and options that it may have.
bool lists_root(const Subject& subject, std::string_view key) {
  auto words = subject.words(key);
  return std::any_of(words.begin(), words.end(), [](const Unit::Word& word) {
    std::size_t begin = word.text.find_first_not_of("-+");
    return begin != std::string::npos &&
           word.text.substr(begin, word.text.find(':') - begin) == "/";
  });
}

/// Everything that is not listed as writable is mounted read-only, where none of these calls works.
bool keeps_attributes(const Subject& subject) {
  return says(subject, "ProtectSystem", "strict") || subject.is_on("DynamicUser") ||
         lists_root(subject, "ReadOnlyPaths") || lists_root(subject, "TemporaryFileSystem");
}

bool hides_files(const Subject& subject) {
  return subject.is_on("ProtectHome") || says(subject, "ProtectHome", "tmpfs") ||
         !subject.words("TemporaryFileSystem").empty() ||
         !subject.words("InaccessiblePaths").empty();
}

/// An allow-list of address families; a deny-list leaves those that nobody thought of.
bool allows_only_some_families(const Subject& subject) {
  auto words = subject.words("RestrictAddressFamilies");
  return !words.empty() && words.front().assignment->value[0] != '~';
}

/// What IPAddressAllow= lets through again was chosen.
bool denies_all_addresses(const Subject& subject) {
  auto has = [&](std::string_view key, std::string_view text) {
    auto words = subject.words(key);
    return std::any_of(words.begin(), words.end(),
                       [&](const Unit::Word& word) { return word.text == text; });
  };
  auto any = [&](std::string_view key) {
    return has(key, "any") || (has(key, "0.0.0.0/0") && has(key, "::/0"));
  };
  return any("IPAddressDeny") && !any("IPAddressAllow");
}

bool has_no_internet(const Subject& subject) {
  auto words = subject.words("RestrictAddressFamilies");
  bool named = std::any_of(words.begin(), words.end(), [](const Unit::Word& word) {
    return word.text == "AF_INET" || word.text == "AF_INET6";
  });
  return (allows_only_some_families(subject) && !named) || subject.is_on("PrivateNetwork") ||
         denies_all_addresses(subject);
}

bool restricts_ports(const Subject& subject) {
  return restricted_by(subject.policy()).net != 0;
}
bool restricts_files(const Subject& subject) {
  return subject.restricts_files();
}

struct Beyond {
  bool (*concerns)(const Subject&);
  bool (*is_closed)(const Subject&);
  std::string_view what;
  std::string_view setting;
};
constexpr auto kBeyond = std::to_array<Beyond>({
    {restricts_files, keeps_attributes,
     "changing modes, owners, times and extended attributes of files that it could not open",
     "ProtectSystem=strict with ReadWritePaths="},
    {restricts_files, hides_files, "seeing which files there are, and their sizes",
     "ProtectHome=yes, InaccessiblePaths= or TemporaryFileSystem="},
    {restricts_ports, has_no_internet, "MPTCP, SCTP and raw sockets on any port",
     "IPAddressDeny=any with IPAddressAllow="},
    {restricts_ports, allows_only_some_families, "sockets that are neither TCP nor UDP",
     "RestrictAddressFamilies="},
});

} // namespace

void check_beyond(const Subject& subject, Findings& findings) {
  std::vector<std::string_view> open, settings;
  for (const Beyond& row : kBeyond)
    if (row.concerns(subject) && !row.is_closed(subject)) {
      open.push_back(row.what);
      settings.push_back(row.setting);
    }
  const std::string& file = subject.unit.fragment;
  if (open.empty() || file.empty())
    return;
  findings.push_back({Severity::Note,
                      "beyond-landlock",
                      {file, 0, 0},
                      fmt::format("Landlock does not restrict {}", fmt::join(open, "; ")),
                      fmt::format("{}; see SECURITY.md", fmt::join(settings, "; "))});
}

} // namespace unitlock::check
