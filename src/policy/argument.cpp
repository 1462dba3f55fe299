// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy/argument.hpp"

namespace unitlock {
namespace {

using Kind = Argument::Kind;

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

/// Decimal, no sign, no leading zeros but "0" itself. False beyond `limit`.
bool parse_number(std::string_view text, unsigned limit, unsigned& out) {
  if (text.empty() || text.size() > 6 || (text.size() > 1 && text[0] == '0'))
    return false;
  unsigned value = 0;
  for (char c : text) {
    if (c < '0' || c > '9')
      return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  if (value > limit)
    return false;
  out = value;
  return true;
}

/// Cuts the part before the next comma off `list`.
std::string_view next_word(std::string_view& list) {
  std::size_t comma = list.find(',');
  std::string_view word = list.substr(0, comma);
  list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  return word;
}

const char* parse_restrict(std::string_view list, Argument& out) {
  out.families = 0;
  while (!list.empty()) {
    std::string_view word = next_word(list);
    bool known = false;
    for (const FamilyWord& row : kFamilyWords)
      if (row.word == word) {
        out.families =
            static_cast<std::uint8_t>(out.families | (1U << static_cast<unsigned>(row.family)));
        known = true;
      }
    if (!known)
      return "unknown family";
  }
  return nullptr;
}

const char* parse_scope(std::string_view list, Argument& out) {
  out.access = 0;
  while (!list.empty()) {
    std::string_view word = next_word(list);
    bool known = false;
    for (const ScopeWord& row : kScopeWords)
      if (row.word == word) {
        out.access |= row.mask;
        known = true;
      }
    if (!known)
      return "unknown scope";
  }
  return nullptr;
}

/// A specifier such as %I may have brought it in.
bool has_dotdot(std::string_view path) {
  for (std::size_t at = path.find("/.."); at != std::string_view::npos;
       at = path.find("/..", at + 1))
    if (at + 3 == path.size() || path[at + 3] == '/')
      return true;
  return false;
}

const char* parse_path(std::string_view text, Argument& out) {
  out.optional = starts_with(text, "-");
  out.text = text.substr(out.optional ? 1 : 0);
  if (!starts_with(out.text, "/"))
    return "the path is not absolute";
  return has_dotdot(out.text) ? "the path holds '..'" : nullptr;
}

const char* parse_allow(std::string_view text, Argument& out) {
  std::size_t colon = text.find(':');
  if (colon == std::string_view::npos)
    return "not RIGHTS:PATH";
  std::string_view rights = text.substr(0, colon);
  out.access = 0;
  while (!rights.empty()) {
    const landlock::Right* right =
        landlock::find_right(landlock::Family::Filesystem, next_word(rights));
    if (!right)
      return "unknown right";
    out.access |= right->mask();
  }
  if (out.access == 0)
    return "no rights given";
  return parse_path(text.substr(colon + 1), out);
}

const char* parse_abi(std::string_view text, Argument& out) {
  unsigned abi = 0;
  if (!parse_number(text, 99, abi) || abi == 0)
    return "not an ABI number";
  out.abi = static_cast<int>(abi);
  return nullptr;
}

/// The options that grant: one for each row of the vocabulary.
const char* parse_grant(std::string_view key, std::string_view value, Argument& out) {
  for (const PathDirective& row : kPathDirectives)
    if (row.key == key) {
      out.kind = Kind::Path;
      out.access = row.access;
      return parse_path(value, out);
    }
  for (const PortDirective& row : kPortDirectives)
    if (row.key == key) {
      out.kind = Kind::Port;
      out.access = row.access;
      return parse_ports(value, out);
    }
  return "unknown option";
}

const char* parse_text(std::string_view value, Kind kind, Argument& out) {
  out.kind = kind;
  out.text = value;
  return value.empty() ? "the value is empty" : nullptr;
}

const char* parse_valued(std::string_view key, std::string_view value, Argument& out) {
  if (key == "unit")
    return parse_text(value, Kind::Unit, out);
  if (key == "program")
    return parse_text(value, Kind::Program, out);
  if (key == "refuse")
    return parse_text(value, Kind::Refuse, out);
  if (key == "abi") {
    out.kind = Kind::Abi;
    return parse_abi(value, out);
  }
  if (key == "restrict") {
    out.kind = Kind::Restrict;
    return parse_restrict(value, out);
  }
  if (key == "scope") {
    out.kind = Kind::Scope;
    return parse_scope(value, out);
  }
  if (key == "quiet") {
    out.kind = Kind::Quiet;
    return parse_path(value, out);
  }
  if (key == "allow") {
    out.kind = Kind::Path;
    return parse_allow(value, out);
  }
  return parse_grant(key, value, out);
}

const char* parse_flag(std::string_view key, Argument& out) {
  if (key == "strict")
    out.kind = Kind::Strict;
  else if (key == "permissive")
    out.kind = Kind::Permissive;
  else if (key == "no-denial-log")
    out.kind = Kind::NoDenialLog;
  else if (key == "avoid-sockets")
    out.kind = Kind::AvoidSockets;
  else
    return "unknown option";
  return nullptr;
}

} // namespace

const char* parse_ports(std::string_view text, Argument& out) {
  out.any_port = text == "any";
  if (out.any_port) {
    out.first_port = 0;
    out.last_port = 65535;
    return nullptr;
  }
  std::size_t dash = text.find('-');
  unsigned first = 0, last = 0;
  if (!parse_number(text.substr(0, dash), 65535, first))
    return "not a port between 0 and 65535";
  last = first;
  if (dash != std::string_view::npos && !parse_number(text.substr(dash + 1), 65535, last))
    return "not a port between 0 and 65535";
  if (last < first)
    return "the range ends before it begins";
  out.first_port = static_cast<std::uint16_t>(first);
  out.last_port = static_cast<std::uint16_t>(last);
  return nullptr;
}

const char* parse_argument(std::string_view option, Argument& out) {
  if (!starts_with(option, "--"))
    return "not an option";
  std::string_view body = option.substr(2);
  std::size_t equals = body.find('=');
  Argument parsed;
  const char* problem = equals == std::string_view::npos
                            ? parse_flag(body, parsed)
                            : parse_valued(body.substr(0, equals), body.substr(equals + 1), parsed);
  if (!problem)
    out = parsed;
  return problem;
}

} // namespace unitlock
