// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/question.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/spelling.hpp"
#include "base/text.hpp"
#include "policy/vocabulary.hpp"

namespace unitlock::advise {
namespace {

using landlock::Family;
using landlock::Right;

constexpr std::string_view kChangeTopology = "fs.change_topology";
constexpr std::string_view kPtrace = "ptrace";

/// A word that is no right, for those that the object decides on.
struct EasyWord {
  std::string_view word;
  /// Full names, comma separated.
  std::string_view on_file, on_directory, on_missing, on_port, on_name, on_nothing;
};
constexpr EasyWord kEasyWords[] = {
    {"read", "fs.read_file", "fs.read_dir", "fs.read_file", "", "", ""},
    {"write", "fs.write_file,fs.truncate", "fs.make_reg,fs.remove_file",
     "fs.make_reg,fs.write_file", "", "", ""},
    {"create", "fs.make_reg", "fs.make_reg", "fs.make_reg", "", "", ""},
    {"remove", "fs.remove_file", "fs.remove_dir", "fs.remove_file", "", "", ""},
    {"bind", "fs.make_sock", "fs.make_sock", "fs.make_sock", "net.bind_tcp,net.bind_udp", "", ""},
    {"connect", "fs.resolve_unix", "fs.resolve_unix", "fs.resolve_unix",
     "net.connect_tcp,net.connect_send_udp", "scope.abstract_unix_socket", ""},
    {"mount", kChangeTopology, kChangeTopology, kChangeTopology, "", "", kChangeTopology},
};

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    std::size_t comma = std::min(list.find(','), list.size());
    words.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return words;
}

bool is_path_text(const std::string& object) {
  return object.starts_with('/');
}

/// What an easy word means of this object; empty where it means nothing.
std::string_view meaning_of(const EasyWord& row, const std::string& object, const Sight& sight) {
  if (is_path_text(object)) {
    Node node = sight.look(sight.resolve(object));
    return node.is_directory()                  ? row.on_directory
           : node.state == Node::State::Missing ? row.on_missing
                                                : row.on_file;
  }
  if (object.empty())
    return row.on_nothing;
  return object.starts_with('@') ? row.on_name : row.on_port;
}

std::string without_equals(const std::string& word) {
  return word.ends_with('=') ? word.substr(0, word.size() - 1) : word;
}

/// The names of the rights that a directive grants, by its name or its key.
std::vector<std::string> rights_of_directive(const std::string& word) {
  std::vector<std::string> names;
  landlock::AccessSet set;
  for (const PathDirective& row : kPathDirectives)
    if (lower_case(word) == lower_case(row.name) || word == row.key)
      set.fs |= row.access;
  for (const PortDirective& row : kPortDirectives)
    if (lower_case(word) == lower_case(row.name) || word == row.key)
      set.net |= row.access;
  for (const ScopeWord& row : kScopeWords)
    if (word == row.word)
      set.scope |= row.mask;
  for (const Right& right : landlock::kRights)
    if (set.has(right))
      names.emplace_back(right.name);
  return names;
}

const Right* right_by_any_name(const std::string& word) {
  for (const Right& right : landlock::kRights)
    if (word == right.name || word == right.short_name())
      return &right;
  return nullptr;
}

std::vector<std::string> known_words() {
  std::vector<std::string> words;
  for (const Right& right : landlock::kRights)
    words.emplace_back(right.short_name());
  for (const PathDirective& row : kPathDirectives)
    words.emplace_back(row.name);
  for (const PortDirective& row : kPortDirectives)
    words.emplace_back(row.name);
  for (const EasyWord& row : kEasyWords)
    words.emplace_back(row.word);
  return words;
}

/// The full names of what one word means.
Result<std::vector<std::string>> names_of_word(const std::string& word, const std::string& object,
                                               const Sight& sight) {
  if (const Right* right = right_by_any_name(word))
    return std::vector<std::string>{std::string(right->name)};
  if (word == kPtrace || word == kChangeTopology || "fs." + word == kChangeTopology)
    return std::vector<std::string>{word == kPtrace ? word : std::string(kChangeTopology)};
  for (const EasyWord& row : kEasyWords)
    if (row.word == word) {
      std::string_view meaning = meaning_of(row, object, sight);
      if (meaning.empty())
        return fail(fmt::format("what does \"{}\" mean for '{}'? name the right", word, object));
      return split(meaning);
    }
  std::string bare = without_equals(word);
  if (auto names = rights_of_directive(bare); !names.empty())
    return names;
  return fail(fmt::format("'{}' is no right{}", word, did_you_mean(bare, known_words())));
}

/// "10.0.0.1:80", "[::1]:80", "80".
struct AddressedPort {
  std::string address; ///< empty where there is none
  std::string port;
};
AddressedPort without_address(const std::string& object) {
  std::size_t colon = object.rfind(':');
  if (colon == std::string::npos)
    return {"", object};
  std::string address = object.substr(0, colon);
  bool is_bracketed = address.starts_with('[') && address.ends_with(']');
  // "::1" has no port.
  if (!is_bracketed && address.find(':') != std::string::npos)
    return {"", object};
  return {address, object.substr(colon + 1)};
}

bool is_range(std::string_view name) {
  std::size_t dash = name.find('-');
  return dash != name.npos && to_number<std::uint16_t>(name.substr(0, dash)) &&
         to_number<std::uint16_t>(name.substr(dash + 1));
}

/// "80", "http", "80/udp". nullopt where the protocol is another one than the right's.
Result<std::optional<std::uint16_t>> port_of(const std::string& object, const Right& right,
                                             const PortNames& names) {
  std::string_view protocol;
  for (const PortDirective& row : kPortDirectives)
    if (row.access == right.mask())
      protocol = row.protocol;
  std::size_t slash = object.find('/');
  std::string name = object.substr(0, slash);
  if (slash != std::string::npos) {
    std::string said = object.substr(slash + 1);
    if (said != "tcp" && said != "udp")
      return fail(fmt::format("'{}': neither tcp nor udp", object));
    if (said != protocol)
      return std::optional<std::uint16_t>();
  }
  if (auto port = to_number<std::uint16_t>(name))
    return port;
  if (is_range(name))
    return fail(fmt::format("'{}' is a range: ask about one port at a time", name));
  bool is_number = !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
  if (auto found = is_number ? std::nullopt : names.find(name, protocol))
    return std::optional(*found);
  return fail(fmt::format("'{}' is no {} port and no name of /etc/services", object, protocol));
}

Result<std::optional<Question>> question(const std::string& name, const std::string& object,
                                         const PortNames& names) {
  auto asked = named_question(name);
  if (!asked)
    return tl::unexpected(asked.error());
  if (asked->is_path()) {
    bool is_anywhere = !asked->right && object.empty();
    if (!is_path_text(object) && !is_anywhere)
      return fail(fmt::format("{} is asked of a path that begins with \"/\"", name));
    asked->path = is_anywhere ? "" : simplify_path(object);
  } else if (asked->is_port()) {
    auto [address, name] = without_address(object);
    auto port = port_of(name, *asked->right, names);
    if (!port)
      return tl::unexpected(port.error());
    if (!*port)
      return std::optional<Question>();
    asked->port = **port;
    asked->peer = address;
  } else {
    asked->peer = object.starts_with('@') ? object.substr(1) : object;
  }
  return std::optional(std::move(*asked));
}

} // namespace

bool Question::is_path() const {
  return right ? right->family == Family::Filesystem : name == kChangeTopology;
}

bool is_decided_at_directory(const Right& right) {
  std::string_view name = right.short_name();
  return right.family == Family::Filesystem &&
         (name.starts_with("make_") || name.starts_with("remove_") || name == "refer");
}

Result<Question> named_question(const std::string& name) {
  Question question;
  question.name = name;
  question.right = landlock::find_right(name);
  if (!question.right && name != kChangeTopology && name != kPtrace)
    return fail(fmt::format("'{}' is no right that is known here", name));
  return question;
}

Result<std::vector<Question>> read_question(const std::string& right, const std::string& object,
                                            const Sight& sight, const PortNames& names) {
  std::vector<Question> questions;
  std::optional<Error> problem;
  for (const std::string& word : split(right)) {
    auto meant = names_of_word(word, object, sight);
    if (!meant)
      return tl::unexpected(meant.error());
    for (const std::string& name : *meant) {
      auto asked = question(name, object, names);
      // Of a word for TCP and UDP, the port's name may be one of the two only.
      if (!asked && meant->size() == 1)
        return tl::unexpected(asked.error());
      if (!asked && !problem)
        problem = asked.error();
      if (asked && *asked)
        questions.push_back(**asked);
    }
  }
  if (questions.empty() && problem)
    return tl::unexpected(*problem);
  if (questions.empty())
    return fail(fmt::format("'{}' of '{}' asks for nothing", right, object));
  return questions;
}

} // namespace unitlock::advise
