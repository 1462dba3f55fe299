// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/expand.hpp"

#include "unit/unit_name.hpp"

namespace unitlock {
namespace {

/// systemd's unit_name_unescape(): "-" is a slash, "\x20" the byte.
std::optional<std::string> unescape(std::string_view text) {
  auto digit = [](char c) -> int {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i] == '-' ? '/' : text[i];
      continue;
    }
    if (i + 3 >= text.size() || text[i + 1] != 'x' || digit(text[i + 2]) < 0 ||
        digit(text[i + 3]) < 0)
      return std::nullopt;
    out += static_cast<char>(digit(text[i + 2]) * 16 + digit(text[i + 3]));
    i += 3;
  }
  return out;
}

std::optional<std::string> from_name(char specifier, std::string_view unit) {
  auto name = parse_unit_name(unit);
  if (!name)
    return std::nullopt;
  std::string whole(unit.substr(0, unit.size() - name->suffix.size() - 1));
  std::string last = name->prefix.substr(name->prefix.rfind('-') + 1);
  std::string instance = name->instance.value_or("");
  // What depends on the instance is open in a template.
  if (name->is_template() && std::string_view("nNiIf").find(specifier) != std::string_view::npos)
    return std::nullopt;
  switch (specifier) {
  case 'n':
    return std::string(unit);
  case 'N':
    return whole;
  case 'p':
    return name->prefix;
  case 'P':
    return unescape(name->prefix);
  case 'i':
    return instance;
  case 'I':
    return unescape(instance);
  case 'j':
    return last;
  case 'J':
    return unescape(last);
  case 'f':
    if (auto path = unescape(name->instance ? instance : name->prefix))
      return (path->empty() || (*path)[0] != '/' ? "/" : "") + *path;
    return std::nullopt;
  }
  return std::nullopt;
}

/// Of the system's manager; a user's are in his home.
std::optional<std::string> directory(char specifier) {
  switch (specifier) {
  case 'C':
    return "/var/cache";
  case 'E':
    return "/etc";
  case 'h':
    return "/root";
  case 'L':
    return "/var/log";
  case 'S':
    return "/var/lib";
  case 't':
    return "/run";
  }
  return std::nullopt;
}

std::optional<std::string> value_of(char specifier, std::string_view unit, RuntimeScope scope) {
  if (specifier == '%')
    return "%";
  if (specifier == 'T')
    return "/tmp";
  if (specifier == 'V')
    return "/var/tmp";
  if (scope == RuntimeScope::System)
    if (auto known = directory(specifier))
      return known;
  return from_name(specifier, unit);
}

/// Returns whether all of it was known.
bool expand_into(std::string& out, std::string_view text, std::string_view unit,
                 RuntimeScope scope) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    auto value = value_of(text[++i], unit, scope);
    if (!value)
      return false;
    out += *value;
  }
  return true;
}

} // namespace

std::optional<std::string> expand(std::string_view text, std::string_view unit,
                                  RuntimeScope scope) {
  std::string out;
  if (!expand_into(out, text, unit, scope))
    return std::nullopt;
  return out;
}

std::string known_beginning(std::string_view text, std::string_view unit, RuntimeScope scope) {
  std::string out;
  expand_into(out, text, unit, scope);
  return out;
}

} // namespace unitlock
