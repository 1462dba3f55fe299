// SPDX-License-Identifier: LGPL-2.1-or-later
#include "declare/section.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/spelling.hpp"
#include "base/text.hpp"
#include "policy/grants.hpp"
#include "unit/words.hpp"

namespace unitlock {
namespace {

constexpr std::string_view kSection = "X-Landlock";
constexpr std::string_view kLoudSection = "Landlock"; // systemd logs "Unknown section" for it

using Setter = Result<void> (*)(Section& section, const Assignment& assignment);

/// The directives that set one thing. The ones that grant are in policy/vocabulary.hpp.
struct Setting {
  std::string_view name;
  Setter set;
};

Result<void> bad_value(const Assignment& assignment, std::string_view expected) {
  return fail(fmt::format("{}= takes {}, not '{}'", assignment.key, expected, assignment.value));
}

Result<void> set_presets(Section& section, const Assignment& assignment) {
  auto words = split_words(assignment.value);
  if (!words)
    return tl::unexpected(words.error());
  if (!section.presets || words->empty())
    section.presets.emplace();
  for (std::string& word : *words)
    section.presets->push_back({std::move(word), assignment.where});
  return {};
}

Result<void> set_families(Section& section, const Assignment& assignment) {
  auto words = split_words(assignment.value);
  if (!words)
    return tl::unexpected(words.error());
  if (words->empty()) {
    section.policy.families.reset();
    return {};
  }
  auto families = parse_families(*words);
  if (!families)
    return tl::unexpected(families.error());
  section.policy.families = static_cast<FamilySet>(section.policy.families.value_or(0) | *families);
  return {};
}

Result<void> set_scope(Section& section, const Assignment& assignment) {
  auto words = split_words(assignment.value);
  if (!words)
    return tl::unexpected(words.error());
  if (words->empty()) {
    section.policy.scope.reset();
    return {};
  }
  auto scope = parse_scope(*words);
  if (!scope)
    return tl::unexpected(scope.error());
  section.policy.scope = section.policy.scope.value_or(0) | *scope;
  return {};
}

Result<void> set_abi(Section& section, const Assignment& assignment) {
  if (assignment.value.empty()) {
    section.policy.abi = landlock::kPinnedAbi;
    return {};
  }
  int abi = 0;
  const char* end = assignment.value.data() + assignment.value.size();
  auto [stop, error] = std::from_chars(assignment.value.data(), end, abi);
  if (error != std::errc() || stop != end || abi < 1 || abi > landlock::kNewestAbi)
    return bad_value(assignment, fmt::format("a number from 1 to {}", landlock::kNewestAbi));
  section.policy.abi = abi;
  return {};
}

Result<void> set_compatibility(Section& section, const Assignment& assignment) {
  if (assignment.value.empty() || assignment.value == "best-effort")
    section.policy.compatibility = Compatibility::BestEffort;
  else if (assignment.value == "strict")
    section.policy.compatibility = Compatibility::Strict;
  else
    return bad_value(assignment, "best-effort or strict");
  return {};
}

Result<void> set_mode(Section& section, const Assignment& assignment) {
  if (assignment.value.empty() || assignment.value == "enforce")
    section.policy.mode = Mode::Enforce;
  else if (assignment.value == "off")
    section.policy.mode = Mode::Off;
  else if (assignment.value == "permissive")
    section.policy.mode = Mode::Permissive;
  else
    return bad_value(assignment, "enforce, permissive or off");
  return {};
}

Result<void> set_log_denials(Section& section, const Assignment& assignment) {
  auto value = assignment.value.empty() ? true : parse_boolean(assignment.value);
  if (!value)
    return bad_value(assignment, "a boolean");
  section.policy.log_denials = *value;
  return {};
}

Result<void> set_derive(Section& section, const Assignment& assignment) {
  auto value = parse_boolean(assignment.value);
  if (!value && !assignment.value.empty())
    return bad_value(assignment, "a boolean");
  section.derive_from_unit = value;
  return {};
}

/// ExecStart= is among them whatever is said: a declaration never leaves it out.
Result<void> set_commands(Section& section, const Assignment& assignment) {
  auto words = split_words(assignment.value);
  if (!words)
    return tl::unexpected(words.error());
  std::set<ExecLine>& commands = section.policy.commands;
  if (words->empty())
    commands = {ExecLine::Start};
  for (const std::string& word : *words) {
    auto row = std::find_if(std::begin(kExecLines), std::end(kExecLines),
                            [&](const ExecLineWord& r) { return r.word == word; });
    if (row == std::end(kExecLines))
      return fail(fmt::format(
          "'{}' is none of start, condition, pre, post, reload, stop, stop-post", word));
    commands.insert(row->line);
  }
  return {};
}

constexpr Setting kSettings[] = {
    {"Preset", set_presets},
    {"Scope", set_scope},
    {"Restrict", set_families},
    {"ABI", set_abi},
    {"Compatibility", set_compatibility},
    {"Mode", set_mode},
    {"LogDenials", set_log_denials},
    {"DeriveFromUnit", set_derive},
    {"Commands", set_commands},
};

/// An empty assignment of a list directive takes back what that directive granted so far.
template <class Rule>
void forget(std::vector<Rule>& rules, const std::string& said_by) {
  std::erase_if(rules, [&](const Rule& rule) { return rule.from.said_by == said_by; });
}

class Granter {
public:
  Granter(Policy& policy, const PortNames& names) : policy_(policy), names_(names) {}

  /// False where the directive is none that grants.
  bool knows(std::string_view key) const {
    auto named = [&](const auto& row) { return row.name == key; };
    return key == "AllowPaths" || key == "QuietPaths" ||
           std::any_of(kPathDirectives.begin(), kPathDirectives.end(), named) ||
           std::any_of(kPortDirectives.begin(), kPortDirectives.end(), named);
  }

  Result<void> take(const Assignment& assignment) {
    Provenance from{assignment.where, assignment.key + "="};
    if (assignment.value.empty()) {
      forget(policy_.paths, from.said_by);
      forget(policy_.ports, from.said_by);
      forget(policy_.quiet, from.said_by);
      forget(policy_.expected, from.said_by);
      return {};
    }
    auto words = split_words(assignment.value);
    if (!words)
      return tl::unexpected(words.error());
    for (const std::string& word : *words)
      if (auto granted = grant(assignment.key, word, from); !granted)
        return granted;
    return {};
  }

private:
  Result<void> grant(const std::string& key, const std::string& word, const Provenance& from) {
    if (key == "AllowPaths")
      return grant_allow(policy_, word, from);
    if (key == "QuietPaths")
      return add_quiet(policy_, word, from);
    for (const PathDirective& row : kPathDirectives)
      if (row.name == key)
        return grant_path(policy_, row.access, word, from);
    for (const PortDirective& row : kPortDirectives) {
      if (row.name != key)
        continue;
      if (word.find(',') != std::string::npos)
        return fail(fmt::format("'{}': ports are separated by spaces, without commas", word));
      return grant_port(policy_, row, word, names_, from);
    }
    return fail("no such directive");
  }

  Policy& policy_;
  const PortNames& names_;
};

/// "BindTCP=", …: every directive.
std::vector<std::string> known_directives() {
  std::vector<std::string> known = {"AllowPaths=", "QuietPaths="};
  auto add = [&](const auto& rows) {
    for (const auto& row : rows)
      known.push_back(fmt::format("{}=", row.name));
  };
  add(kPathDirectives);
  add(kPortDirectives);
  add(kSettings);
  return known;
}

Result<void> take(Section& section, const Assignment& assignment, Granter& granter) {
  if (granter.knows(assignment.key))
    return granter.take(assignment);
  for (const Setting& setting : kSettings)
    if (setting.name == assignment.key)
      return setting.set(section, assignment);
  return fail(fmt::format("unknown directive '{}'{}", assignment.key,
                          did_you_mean(assignment.key + "=", known_directives())));
}

constexpr std::string_view kDecoration = " \t[]\"'";

/// In lower case, without brackets, quotes and white space around it.
std::string plain_name(std::string_view header) {
  std::size_t first = header.find_first_not_of(kDecoration);
  if (first == std::string_view::npos)
    return "";
  return lower_case(header.substr(first, header.find_last_not_of(kDecoration) + 1 - first));
}

constexpr std::string_view kLineEnds("\n\r\0", 3);

/// A header that goes on in the next line: what it says there is for the parser to find out.
bool is_continuation(std::string_view text) {
  return text.size() >= 2 && text[0] == '\\' && kLineEnds.find(text[1]) != std::string_view::npos;
}

/// "x-landlock", "X-Landlock ", "[Landlock": nobody can have meant anything else, but systemd and
/// we would pass over it in silence.
bool resembles_declaration_section(std::string_view header) {
  std::string name = plain_name(header);
  return name == "x-landlock" || name == "landlock";
}

/// What systemd does not read may have been meant to restrict something: lines that it skips inside
/// of the section, and the rest of a file that it gives up on.
void report_lost_text(const Unit& unit, Section& section) {
  for (const BadLine& line : unit.bad_lines)
    if (is_declaration_section(line.section))
      section.diagnostics.push_back({Severity::Error, line.where, line.problem});
  auto place_of = [&](const BrokenFile& file) {
    return file.error.where.value_or(SourceRef{unit.fragment, 0, 0});
  };
  for (const BrokenFile& file : unit.broken)
    if (may_declare(file.unread) && !std::exchange(section.present, true))
      section.where = place_of(file);
  for (const BrokenFile& file : unit.broken) {
    Error bare{file.error.message, file.error.number, std::nullopt};
    if (section.present)
      section.diagnostics.push_back({Severity::Error, place_of(file), to_string(bare)});
    else if (file.error.number != 0) // not read at all
      section.diagnostics.push_back(
          {Severity::Warning, place_of(file),
           to_string(bare) + "; if it declares something, the unit is not confined"});
  }
}

} // namespace

bool is_declaration_section(std::string_view name) {
  return name == kSection || name == kLoudSection;
}

bool may_declare(std::string_view text) {
  constexpr std::size_t kLongestName = 10; // "x-landlock"
  for (std::size_t at = text.find('['); at != std::string_view::npos; at = text.find('[', at + 1)) {
    // At the front of its line, but for white space and a byte order mark.
    std::size_t before = text.substr(0, at).find_last_not_of(" \t\xef\xbb\xbf");
    if (before != std::string_view::npos && kLineEnds.find(text[before]) == std::string_view::npos)
      continue;
    std::size_t begin = text.find_first_not_of(kDecoration, at);
    if (begin == std::string_view::npos)
      return false;
    std::string_view rest = text.substr(begin);
    std::string name = plain_name(rest.substr(0, kLongestName));
    if (name == "x-landlock" || name.starts_with("landlock") || is_continuation(rest))
      return true;
  }
  return false;
}

Section read_section(const Unit& unit, const PortNames& port_names) {
  Section section;
  Granter granter(section.policy, port_names);
  for (const SectionHeader& header : unit.headers) {
    if (header.section == kLoudSection && !section.present)
      section.diagnostics.push_back(
          {Severity::Note, header.where,
           "systemd logs \"Unknown section 'Landlock'\"; write [X-Landlock]"});
    bool exact = is_declaration_section(header.section);
    if (!exact && !resembles_declaration_section(header.section))
      continue;
    if (!std::exchange(section.present, true))
      section.where = header.where;
    if (!exact)
      section.diagnostics.push_back(
          {Severity::Error, header.where,
           fmt::format("the section [{}] must be written [X-Landlock]", header.section)});
  }
  for (const Assignment& assignment : unit.assignments) {
    if (!is_declaration_section(assignment.section))
      continue;
    if (auto taken = take(section, assignment, granter); !taken)
      section.diagnostics.push_back({Severity::Error, assignment.where, taken.error().message});
  }
  report_lost_text(unit, section);
  return section;
}

} // namespace unitlock
