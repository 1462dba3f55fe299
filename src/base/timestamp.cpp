// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/timestamp.hpp"

#include <charconv>
#include <chrono>
#include <ctime>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/escape.hpp"

namespace unitlock {
namespace {

constexpr std::uint64_t kSecond = 1000000;
/// The year 9999: what lies behind is a slip, and strftime(3) would not print it.
constexpr std::uint64_t kLatest = 253402300799 * kSecond;

struct Unit {
  std::string_view name;
  std::uint64_t usec;
};
// As systemd's: a month is 30.44 days, a year 365.25.
constexpr Unit kUnits[] = {
    {"usec", 1},
    {"us", 1},
    {"µs", 1},
    {"msec", 1000},
    {"ms", 1000},
    {"seconds", kSecond},
    {"second", kSecond},
    {"sec", kSecond},
    {"s", kSecond},
    {"minutes", 60 * kSecond},
    {"minute", 60 * kSecond},
    {"min", 60 * kSecond},
    {"m", 60 * kSecond},
    {"hours", 3600 * kSecond},
    {"hour", 3600 * kSecond},
    {"hr", 3600 * kSecond},
    {"h", 3600 * kSecond},
    {"days", 86400 * kSecond},
    {"day", 86400 * kSecond},
    {"d", 86400 * kSecond},
    {"weeks", 604800 * kSecond},
    {"week", 604800 * kSecond},
    {"w", 604800 * kSecond},
    {"months", 2629800 * kSecond},
    {"month", 2629800 * kSecond},
    {"M", 2629800 * kSecond},
    {"years", 31557600 * kSecond},
    {"year", 31557600 * kSecond},
    {"y", 31557600 * kSecond},
};

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix))
    return false;
  text.remove_prefix(prefix.size());
  return true;
}

void skip_spaces(std::string_view& text) {
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
}

std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc())
    return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

/// ".5" → 500000 for a scale of a second; 0 where there is no fraction.
std::optional<std::uint64_t> take_fraction(std::string_view& text, std::uint64_t scale) {
  if (!take(text, "."))
    return 0;
  std::uint64_t value = 0;
  bool any = false;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
    scale /= 10;
    value += static_cast<std::uint64_t>(text.front() - '0') * scale;
    any = true;
  }
  return any ? std::optional(value) : std::nullopt;
}

std::optional<std::uint64_t> take_unit(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && text[length] != ' ' && (text[length] < '0' || text[length] > '9'))
    ++length;
  std::string_view name = text.substr(0, length);
  for (const Unit& unit : kUnits)
    if (unit.name == name) {
      text.remove_prefix(length);
      return unit.usec;
    }
  return std::nullopt;
}

/// "1h 30min"; a bare number counts seconds.
std::optional<std::uint64_t> parse_span(std::string_view text) {
  std::uint64_t total = 0;
  skip_spaces(text);
  if (text.empty())
    return std::nullopt;
  while (!text.empty()) {
    auto number = take_number(text);
    if (!number)
      return std::nullopt;
    std::string_view fraction = text;
    if (!take_fraction(text, kSecond))
      return std::nullopt;
    skip_spaces(text);
    std::uint64_t unit = kSecond;
    if (!text.empty() && (text.front() < '0' || text.front() > '9')) {
      auto named = take_unit(text);
      if (!named)
        return std::nullopt;
      unit = *named;
    }
    if (*number > kLatest / unit)
      return std::nullopt;
    total += *number * unit + *take_fraction(fraction, unit);
    if (total > kLatest)
      return std::nullopt;
    skip_spaces(text);
  }
  return total;
}

bool take_two(std::string_view& text, int& value, int least, int most) {
  if (text.empty() || text.front() < '0' || text.front() > '9')
    return false;
  std::size_t length = text.size() > 1 && text[1] >= '0' && text[1] <= '9' ? 2 : 1;
  std::from_chars(text.data(), text.data() + length, value);
  text.remove_prefix(length);
  return value >= least && value <= most;
}

/// "10:00", "10:00:30.5" into `parts` and `usec`.
bool take_clock(std::string_view& text, std::tm& parts, std::uint64_t& usec) {
  if (!take_two(text, parts.tm_hour, 0, 23) || !take(text, ":") ||
      !take_two(text, parts.tm_min, 0, 59))
    return false;
  parts.tm_sec = 0;
  if (!take(text, ":"))
    return true;
  if (!take_two(text, parts.tm_sec, 0, 60))
    return false;
  auto fraction = take_fraction(text, kSecond);
  usec = fraction.value_or(0);
  return fraction.has_value();
}

bool take_date(std::string_view& text, std::tm& parts) {
  auto year = take_number(text);
  if (!year || *year < 1970 || *year > 9999 || !take(text, "-"))
    return false;
  parts.tm_year = static_cast<int>(*year) - 1900;
  if (!take_two(text, parts.tm_mon, 1, 12) || !take(text, "-") ||
      !take_two(text, parts.tm_mday, 1, 31))
    return false;
  --parts.tm_mon;
  return true;
}

std::tm midnight(std::uint64_t now_usec, int days) {
  std::time_t seconds = static_cast<std::time_t>(now_usec / kSecond);
  std::tm parts = {};
  localtime_r(&seconds, &parts);
  parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
  parts.tm_mday += days;
  return parts;
}

std::optional<std::uint64_t> to_usec(std::tm parts, bool utc) {
  int month = parts.tm_mon;
  bool is_date = parts.tm_mday >= 1 && parts.tm_mday <= 31;
  int day = parts.tm_mday;
  parts.tm_isdst = -1;
  std::time_t seconds = utc ? timegm(&parts) : mktime(&parts);
  // 30 February would become 2 March.
  if (seconds < 0 || (is_date && day >= 29 && (parts.tm_mon != month || parts.tm_mday != day)))
    return std::nullopt;
  return static_cast<std::uint64_t>(seconds) * kSecond;
}

std::optional<std::uint64_t> parse_calendar(std::string_view text, std::uint64_t now_usec) {
  bool utc = text.ends_with(" UTC") || text.ends_with("Z");
  if (utc)
    text.remove_suffix(text.ends_with("Z") ? 1 : 4);
  std::tm parts = midnight(now_usec, 0);
  std::uint64_t usec = 0;
  if (text.find('-') != text.npos) {
    if (!take_date(text, parts))
      return std::nullopt;
    if (!text.empty() && !((take(text, " ") || take(text, "T")) && take_clock(text, parts, usec)))
      return std::nullopt;
  } else if (!take_clock(text, parts, usec)) {
    return std::nullopt;
  }
  auto seconds = to_usec(parts, utc);
  if (!text.empty() || !seconds)
    return std::nullopt;
  return *seconds + usec;
}

std::optional<std::uint64_t> parse(std::string_view text, std::uint64_t now_usec) {
  if (text == "now")
    return now_usec;
  if (text == "today" || text == "yesterday" || text == "tomorrow")
    return to_usec(midnight(now_usec, text == "today" ? 0 : text == "tomorrow" ? 1 : -1), false);
  if (take(text, "@")) {
    auto seconds = take_number(text);
    auto fraction = take_fraction(text, kSecond);
    if (!seconds || !fraction || !text.empty() || *seconds > kLatest / kSecond)
      return std::nullopt;
    return *seconds * kSecond + *fraction;
  }
  bool before = text.starts_with("-") || text.ends_with(" ago");
  if (!before && !text.starts_with("+"))
    return parse_calendar(text, now_usec);
  if (text.ends_with(" ago"))
    text.remove_suffix(4);
  else
    text.remove_prefix(1);
  auto span = parse_span(text);
  if (!span)
    return std::nullopt;
  if (before)
    return *span > now_usec ? 0 : now_usec - *span;
  return now_usec + *span;
}

} // namespace

Result<std::uint64_t> parse_timestamp(std::string_view text, std::uint64_t now_usec) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  if (auto usec = parse(text, now_usec))
    return *usec;
  return fail(fmt::format("\"{}\" is no time: write \"2026-11-21 10:00\", \"today\", \"-1h\" or "
                          "\"@1795303307\", see systemd.time(7)",
                          escape(text)));
}

std::uint64_t realtime_now_usec() {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(
      duration_cast<microseconds>(system_clock::now().time_since_epoch()).count());
}

} // namespace unitlock
