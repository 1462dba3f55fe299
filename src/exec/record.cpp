// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/record.hpp"

namespace unitlock::exec {
namespace {

using landlock::AccessSet;

iovec part(std::string_view text) {
  return {const_cast<char*>(text.data()), text.size()};
}

/// "a,b": each word that `wanted` says yes to.
template <class Rows, class Wanted, class Word>
void add_words(Text& text, const Rows& rows, Wanted wanted, Word word) {
  bool first = true;
  for (const auto& row : rows) {
    if (!wanted(row))
      continue;
    if (!first)
      text.add_raw(",");
    text.add_raw(word(row));
    first = false;
  }
}

void say_dropped(Text& text, const Plan& plan) {
  AccessSet dropped = plan.dropped();
  if (dropped.empty())
    return;
  text.add_raw("; this kernel cannot restrict ");
  bool first = true;
  for (int abi = 1; abi <= landlock::kNewestAbi; ++abi) {
    AccessSet added = dropped & landlock::added_by(abi);
    if (added.empty())
      continue;
    if (!first)
      text.add_raw(", ");
    add_rights(text, added);
    text.add_raw(" (Linux ").add_raw(landlock::kernel_of(abi)).add_raw(" can)");
    first = false;
  }
}

void say_confined(Text& text, const Plan& plan, const Outcome& outcome) {
  text.add_raw("confined by Landlock ABI ").add_number(static_cast<unsigned long>(plan.abi));
  text.add_raw(", ").add_number(outcome.rules).add_raw(" rules, ");
  if (outcome.proven) {
    text.add_raw("denial proven: ");
    add_families(text, outcome.proven);
  } else {
    text.add_raw("no denial could be tried");
  }
  if (outcome.skipped) {
    text.add_raw("; missing paths skipped: ").add_number(outcome.skipped);
  }
  say_dropped(text, plan);
}

void say_not_confined(Text& text, const Plan& plan, const Outcome& outcome) {
  text.add_raw("started NOT CONFINED: ");
  if (plan.abi == 0)
    text.add_raw(outcome.no_landlock);
  else
    text.add_raw("Landlock ABI ")
        .add_number(static_cast<unsigned long>(plan.abi))
        .add_raw(" has none of what the policy restricts");
  say_dropped(text, plan);
}

} // namespace

void add_rights(Text& text, const AccessSet& set) {
  add_words(
      text, landlock::kRights, [&](const landlock::Right& right) { return set.has(right); },
      [](const landlock::Right& right) { return right.name; });
}

void add_families(Text& text, std::uint8_t set) {
  add_words(
      text, kFamilyWords,
      [&](const FamilyWord& row) { return (set & (1U << static_cast<unsigned>(row.family))) != 0; },
      [](const FamilyWord& row) { return row.word; });
}

Record::Record(std::string_view message_id, Priority priority, std::string_view unit,
               const Tag& tag)
    : priority_(static_cast<char>(priority)) {
  field("MESSAGE_ID", message_id);
  if (!unit.empty())
    field(start_record::kUnit, unit);
  field(start_record::kTag, tag.view());
  if (!unit.empty())
    message_.add(unit).add_raw(": ");
}

template <class Fill>
void Record::fill(std::string_view name, Fill value) {
  std::size_t before = fields_.view().size();
  fields_.add_raw(name).add_raw("=");
  value(fields_);
  fields_.add_raw("\n");
  if (fields_.cut())
    fields_.shrink(before);
}

void Record::field(std::string_view name, std::string_view value) {
  fill(name, [&](Text& text) { text.add(value); });
}
void Record::number(std::string_view name, std::uint64_t value) {
  fill(name, [&](Text& text) { text.add_number(value); });
}
void Record::hex(std::string_view name, std::string_view prefix, std::uint64_t value,
                 unsigned digits) {
  fill(name, [&](Text& text) { text.add_raw(prefix).add_hex(value, digits); });
}
void Record::rights(std::string_view name, const AccessSet& set) {
  fill(name, [&](Text& text) { add_rights(text, set); });
}
void Record::families(std::string_view name, std::uint8_t set) {
  fill(name, [&](Text& text) { add_families(text, set); });
}

void Record::options(const char* const* first, const char* const* last) {
  if (first == last)
    return;
  const char* end = *first;
  for (const char* const* word = first; word != last; ++word) {
    if (*word != end)
      return;
    end += std::string_view(*word).size() + 1;
  }
  options_ = {*first, static_cast<std::size_t>(end - 1 - *first)};
  for (std::size_t i = 0; i < options_size_.size(); ++i)
    options_size_[i] = static_cast<char>(options_.size() >> (8 * i));
}

Record::Parts Record::journal_entry() {
  Parts parts = {part("SYSLOG_IDENTIFIER=unitlock-exec\nPRIORITY="),
                 part({&priority_, 1}),
                 part("\nMESSAGE="),
                 part(message_.view()),
                 part("\n"),
                 part(fields_.view())};
  if (has_options()) {
    static_assert(start_record::kOptions == "UNITLOCK_OPTIONS");
    parts[6] = part("UNITLOCK_OPTIONS\n");
    parts[7] = part({options_size_.data(), options_size_.size()});
    parts[8] = part(options_);
    parts[9] = part("\n");
  }
  return parts;
}

Record::Parts Record::line() {
  fields_.replace('\n', ' ');
  std::string_view words = fields_.view();
  words.remove_suffix(1);
  return {part("<"),
          part({&priority_, 1}),
          part(">unitlock-exec: "),
          part(message_.view()),
          part(" "),
          part(words),
          part("\n")};
}

void describe_start(Record& record, const CommandLine& line, const Settings& settings,
                    const Plan& plan, const Outcome& outcome) {
  record.options(line.first, line.last);
  record.hex(start_record::kPolicy, "", settings.hash, 16);
  record.number(start_record::kAbi, static_cast<std::uint64_t>(outcome.kernel_abi));
  record.number(start_record::kPin, static_cast<std::uint64_t>(settings.pin));
  record.hex(start_record::kErrata, "0x", outcome.errata, 1);
  record.rights(start_record::kAsked, plan.asked);
  record.rights(start_record::kEnforced, plan.handled);
  record.rights(start_record::kDropped, plan.dropped());
  record.families(start_record::kProven, outcome.proven);
  record.number(start_record::kRules, outcome.rules);
  record.number(start_record::kSkipped, outcome.skipped);
  if (settings.permissive)
    record.message().add_raw("started NOT CONFINED: Mode=permissive");
  else if (plan.handled.empty())
    say_not_confined(record.message(), plan, outcome);
  else
    say_confined(record.message(), plan, outcome);
}

} // namespace unitlock::exec
