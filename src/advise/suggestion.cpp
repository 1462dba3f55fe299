// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/suggestion.hpp"

#include <dirent.h>

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "advise/need.hpp"
#include "advise/path_advice.hpp"
#include "advise/sensitive.hpp"
#include "base/escape.hpp"
#include "check/places.hpp"
#include "policy/grants.hpp"
#include "policy/lower.hpp"

namespace unitlock::advise {
namespace {

using Kind = Suggestion::Kind;
using landlock::Family;

Suggestion finished(Suggestion suggestion, const Grant& grant) {
  auto line = line_of(grant);
  if (!line) {
    suggestion.kind = Kind::Impossible;
    suggestion.concerns.push_back(line.error().message);
    return suggestion;
  }
  suggestion.grant = grant;
  suggestion.line = *line;
  if (!suggestion.concerns.empty())
    suggestion.kind = Kind::Sensitive;
  return suggestion;
}

Suggestion hopeless(const Need& need) {
  Suggestion suggestion;
  suggestion.kind = Kind::Impossible;
  suggestion.concerns = {need.hopeless};
  suggestion.object = need.object;
  suggestion.evidence = need.evidence;
  return suggestion;
}

bool is_granted(const Policy& policy, std::uint64_t right, std::uint16_t port) {
  return (restricted_by(policy).net & right) == 0 ||
         std::any_of(policy.ports.begin(), policy.ports.end(), [&](const PortRule& rule) {
           return (rule.access & right) != 0 &&
                  (rule.any || (rule.first <= port && port <= rule.last));
         });
}

void add_new(std::vector<std::string>& into, const std::vector<std::string>& from) {
  for (const std::string& text : from)
    if (std::find(into.begin(), into.end(), text) == into.end())
      into.push_back(text);
}

/// Nothing speaks against the objects themselves.
void add_suspicions(Suggestion& suggestion, const Need& need) {
  if (need.suspicions.empty())
    return;
  if (suggestion.wider)
    add_new(suggestion.wider->concerns, need.suspicions);
  if (suggestion.is(Kind::Impossible))
    return;
  add_new(suggestion.concerns, need.suspicions);
  suggestion.kind = Kind::Sensitive;
}

/// Ports of one right: neighbours become a range, which adds nothing. Where there are very many,
/// one range from the first to the last is what somebody may want; never `any`.
class PortAdvice {
public:
  void add(const Need& need) { needs_[need.rights].push_back(&need); }

  void finish(std::vector<Suggestion>& suggestions) {
    for (auto& [right, needs] : needs_) {
      std::sort(needs.begin(), needs.end(),
                [](const Need* a, const Need* b) { return a->port < b->port; });
      if (needs.size() > kMany)
        suggestions.push_back(span(right, needs));
      else
        runs(right, needs, suggestions);
    }
  }

private:
  static constexpr std::size_t kMany = 16;
  using Sorted = std::vector<const Need*>;

  static Suggestion collected(Sorted::const_iterator begin, Sorted::const_iterator end) {
    Suggestion suggestion;
    for (auto need = begin; need != end; ++need) {
      suggestion.evidence.insert(suggestion.evidence.end(), (*need)->evidence.begin(),
                                 (*need)->evidence.end());
      add_new(suggestion.concerns, (*need)->suspicions);
    }
    std::uint16_t first = (*begin)->port, last = (*std::prev(end))->port;
    suggestion.object = first == last ? std::to_string(first) : fmt::format("{}-{}", first, last);
    return suggestion;
  }

  static Suggestion span(std::uint64_t right, const Sorted& needs) {
    Suggestion suggestion = collected(needs.begin(), needs.end());
    std::uint16_t first = needs.front()->port, last = needs.back()->port;
    suggestion.concerns.push_back(
        fmt::format("{} ports were tried, and the range has {}", needs.size(), last - first + 1));
    return finished(std::move(suggestion), PortRule{first, last, false, right, {}});
  }

  static void runs(std::uint64_t right, const Sorted& needs, std::vector<Suggestion>& suggestions) {
    for (auto begin = needs.begin(); begin != needs.end();) {
      auto end = std::next(begin);
      // What is suspicious must not come in beside what is not.
      while (end != needs.end() && (*end)->port - (*std::prev(end))->port <= 1 &&
             (*end)->suspicions.empty() == (*begin)->suspicions.empty())
        ++end;
      PortRule rule{(*begin)->port, (*std::prev(end))->port, false, right, {}};
      suggestions.push_back(finished(collected(begin, end), rule));
      begin = end;
    }
  }

  std::map<std::uint64_t, Sorted> needs_;
};

/// Scope= says what stays inside, for all objects at once: what a declaration or a preset has said
/// cannot be taken back by one more line.
Suggestion advise_on_scope(const Need& need, const Policy& policy) {
  Suggestion suggestion;
  suggestion.object = need.object;
  suggestion.evidence = need.evidence;
  std::uint64_t kept = policy.scope.value_or(landlock::all_of(Family::Scope)) & ~need.rights;
  if (policy.scope || kept == 0) {
    suggestion.kind = Kind::Impossible;
    suggestion.concerns = {policy.scope
                               ? "Scope= is said already, and restrictions only add up: change it "
                                 "where it is written"
                               : "without any scope left, the line is Restrict=filesystem network, "
                                 "which only the declaration's author should write"};
    return suggestion;
  }
  suggestion.concerns = {why_sensitive_scope(need.rights)};
  return finished(std::move(suggestion), KeptScope{kept});
}

/// The literal directory of a path rule's line, or empty.
std::string directory_of_line(const Suggestion& suggestion) {
  const auto* rule = suggestion.grant ? std::get_if<PathRule>(&*suggestion.grant) : nullptr;
  return rule ? parent_of(rule->path) : "";
}

/// Of two objects there is no line.
void unite_quiet(Suggestion& into, const Suggestion& from) {
  if (into.quiet && from.quiet && into.quiet->path == from.quiet->path) {
    into.quiet->access |= from.quiet->access;
    into.quiet_line = line_of(*into.quiet).value_or("");
  } else {
    into.quiet.reset();
    into.quiet_line.clear();
  }
}

void take_evidence(Suggestion& into, const Suggestion& from) {
  unite_quiet(into, from);
  into.evidence.insert(into.evidence.end(), from.evidence.begin(), from.evidence.end());
  add_new(into.remarks, from.remarks);
  add_new(into.signs, from.signs);
}

/// The same line for another instance, where it may be a graver one.
void unite(Suggestion& into, const Suggestion& from) {
  take_evidence(into, from);
  into.kind = std::max(into.kind, from.kind);
  add_new(into.concerns, from.concerns);
  if (into.wider && from.wider)
    add_new(into.wider->concerns, from.wider->concerns);
  else
    into.wider.reset();
}

/// One suggestion a line. Needs of different instances, or of files that are gone from one
/// directory, may have come to the same; the rights on one path are united.
void unite_paths(std::vector<Suggestion>& suggestions) {
  std::map<std::string, Suggestion> by_line;
  std::vector<Suggestion> others;
  for (Suggestion& suggestion : suggestions) {
    if (suggestion.line.empty()) {
      others.push_back(std::move(suggestion));
      continue;
    }
    auto [known, is_new] = by_line.try_emplace(suggestion.line, suggestion);
    if (!is_new)
      unite(known->second, suggestion);
  }
  for (auto& [line, suggestion] : by_line)
    others.push_back(std::move(suggestion));
  suggestions = std::move(others);
}

/// Whether nothing but what was asked for, or files like it, is in the directory.
bool is_safe_to_join(const std::string& directory, std::size_t asked, const ServiceView& view) {
  if (check::is_broad(directory))
    return false;
  auto entries = view.list(directory);
  if (!entries)
    return false;
  if (view.is_own(directory))
    return true;
  // What no line can name must not come in by the directory's name.
  auto is_like_them = [&](const DirectoryEntry& entry) {
    return entry.type == DT_REG && declared_path(directory + "/" + entry.name).has_value();
  };
  return entries->size() <= 2 * asked &&
         std::all_of(entries->begin(), entries->end(), is_like_them);
}

/// Three or more files that are to be read in one directory become the directory, where that adds
/// little or is the service's own; never what is executed or written.
void join_siblings(std::vector<Suggestion>& suggestions, const ServiceView& view) {
  constexpr std::size_t kFew = 3;
  std::map<std::string, std::vector<std::size_t>> siblings; // by directory, as written
  for (std::size_t i = 0; i < suggestions.size(); ++i) {
    const Suggestion& suggestion = suggestions[i];
    const auto* rule = suggestion.grant ? std::get_if<PathRule>(&*suggestion.grant) : nullptr;
    if (rule && suggestion.is(Kind::Ordinary) && rule->access == kReadOnly && suggestion.wider &&
        suggestion.wider->concerns.empty())
      siblings[directory_of_line(suggestion)].push_back(i);
  }
  std::vector<bool> joined(suggestions.size());
  for (auto& [written, members] : siblings) {
    Suggestion& first = suggestions[members.front()];
    std::string directory = parent_of(first.object);
    // Of a template, the line is for the directories of all instances.
    bool is_one = std::all_of(members.begin(), members.end(), [&](std::size_t i) {
      return parent_of(suggestions[i].object) == directory;
    });
    if (members.size() < kFew || !is_one || !is_safe_to_join(directory, members.size(), view))
      continue;
    first.remarks.push_back(fmt::format("{} files of {} were denied; {}", members.size(),
                                        escape(directory), first.wider->adds));
    take_wider(first, directory);
    for (std::size_t i = 1; i < members.size(); ++i) {
      take_evidence(first, suggestions[members[i]]);
      joined[members[i]] = true;
    }
  }
  std::vector<Suggestion> left;
  for (std::size_t i = 0; i < suggestions.size(); ++i)
    if (!joined[i])
      left.push_back(std::move(suggestions[i]));
  suggestions = std::move(left);
}

/// One that grants all that the other does, as a matter of course.
bool is_instead(const Suggestion& wide, const Suggestion& narrow) {
  return &wide != &narrow && wide.is(Kind::Ordinary) && narrow.is(Kind::Ordinary) &&
         covers({*wide.grant, wide.is_on_directory}, {*narrow.grant, narrow.is_on_directory});
}

void drop_covered(std::vector<Suggestion>& suggestions) {
  for (std::size_t i = 0; i < suggestions.size(); ++i) {
    auto wide = std::find_if(suggestions.begin(), suggestions.end(), [&](const Suggestion& other) {
      return is_instead(other, suggestions[i]);
    });
    if (wide == suggestions.end())
      continue;
    take_evidence(*wide, suggestions[i]);
    suggestions.erase(suggestions.begin() + static_cast<long>(i--));
  }
}

} // namespace

Advice advise(const std::vector<journal::DenialGroup>& groups, const ServiceView& view,
              const journal::Expectations& expectations) {
  Needs needs = needs_of(groups, view, expectations);
  Advice advice;
  advice.uncertain = std::move(needs.uncertain);
  advice.expected = needs.expected;
  PortAdvice ports;
  auto is_allowed = [&](const Need& need) {
    advice.allowed.insert(advice.allowed.end(), need.evidence.begin(), need.evidence.end());
  };
  for (const Need& need : needs.needs) {
    if (!need.hopeless.empty()) {
      advice.suggestions.push_back(hopeless(need));
    } else if (need.family == Family::Network) {
      if (is_granted(view.policy(), need.rights, need.port))
        is_allowed(need);
      else
        ports.add(need);
    } else if (need.family == Family::Scope) {
      if ((restricted_by(view.policy()).scope & need.rights) == 0)
        is_allowed(need);
      else
        advice.suggestions.push_back(advise_on_scope(need, view.policy()));
    } else if (auto suggestion = advise_on_path(need, view)) {
      add_suspicions(*suggestion, need);
      advice.suggestions.push_back(std::move(*suggestion));
    } else {
      is_allowed(need);
    }
  }
  unite_paths(advice.suggestions);
  join_siblings(advice.suggestions, view);
  drop_covered(advice.suggestions);
  ports.finish(advice.suggestions);
  std::stable_sort(advice.suggestions.begin(), advice.suggestions.end(),
                   [](const Suggestion& a, const Suggestion& b) { return a.kind < b.kind; });
  return advice;
}

} // namespace unitlock::advise
