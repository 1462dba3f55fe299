// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit/words.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace unitlock {
namespace {

bool is_space(char c) {
  return kWhitespace.find(c) != std::string_view::npos;
}

void skip_space(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kWhitespace), text.size()));
}

int digit(char c, int base) {
  int value = c >= '0' && c <= '9'   ? c - '0'
              : c >= 'a' && c <= 'f' ? c - 'a' + 10
              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                     : base;
  return value < base ? value : -1;
}

void append_utf8(std::string& text, unsigned long c) {
  auto put = [&](unsigned long byte) { text += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | (c >> 6));
    put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3f));
    put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3f));
    put(0x80 | ((c >> 6) & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

/// systemd's unichar_is_valid(), which it asks for \U only.
bool is_character(unsigned long c) {
  return c < 0x110000 && (c & 0xfffff800) != 0xd800 && (c < 0xfdd0 || c > 0xfdef) &&
         (c & 0xfffe) != 0xfffe;
}

/// \xHH \NNN \uHHHH \UHHHHHHHH: appends the character and returns how much of `text` (which begins
/// behind the backslash) it took; 0 where it is no such escape or stands for NUL.
std::size_t append_numeric_escape(std::string_view text, std::string& out) {
  bool octal = text[0] >= '0' && text[0] <= '7';
  std::size_t lead = octal ? 0 : 1;
  std::size_t count = octal ? 3 : text[0] == 'x' ? 2 : text[0] == 'u' ? 4 : text[0] == 'U' ? 8 : 0;
  if (count == 0 || text.size() < lead + count)
    return 0;
  unsigned long value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    int d = digit(text[lead + i], octal ? 8 : 16);
    if (d < 0)
      return 0;
    value = value * (octal ? 8 : 16) + static_cast<unsigned long>(d);
  }
  bool unicode = text[0] == 'u' || text[0] == 'U';
  if (value == 0 || (!unicode && value > 0xff) || (text[0] == 'U' && !is_character(value)))
    return 0;
  if (unicode)
    append_utf8(out, value);
  else
    out += static_cast<char>(value);
  return lead + count;
}

/// Appends what the escape behind a backslash stands for and returns how much of `text` it took; 0
/// where it is none.
std::size_t append_escape(std::string_view text, std::string& out) {
  constexpr std::string_view kLetters = "abfnrtv\\\"'s";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\\"' ";
  if (text.empty())
    return 0;
  std::size_t at = kLetters.find(text[0]);
  if (at == std::string_view::npos)
    return append_numeric_escape(text, out);
  out += kMeanings[at];
  return 1;
}

} // namespace

Result<std::string_view> next_raw_word(std::string_view& rest) {
  skip_space(rest);
  char quote = 0;
  std::size_t end = 0;
  for (; end < rest.size(); ++end) {
    char c = rest[end];
    if (c == '\\' && end + 1 < rest.size())
      ++end;
    else if (quote != 0)
      quote = c == quote ? 0 : quote;
    else if (c == '"' || c == '\'')
      quote = c;
    else if (is_space(c))
      break;
  }
  if (quote != 0)
    return fail("a quote is not closed");
  std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  skip_space(rest);
  return word;
}

std::string unquote_word(std::string_view raw) {
  std::string word;
  char quote = 0;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    char c = raw[i];
    if (c == '\\') {
      std::size_t taken = append_escape(raw.substr(i + 1), word);
      if (taken == 0)
        word += c; // kept, as EXTRACT_CUNESCAPE_RELAX does
      i += taken;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else {
      word += c;
    }
  }
  return word;
}

Result<std::vector<std::string>> split_words(std::string_view value) {
  std::vector<std::string> words;
  for (;;) {
    auto raw = next_raw_word(value);
    if (!raw)
      return tl::unexpected(raw.error());
    if (raw->empty())
      return words;
    words.push_back(unquote_word(*raw));
  }
}

std::string quote_word(std::string_view word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      "-_./:=,@%+$";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos)
    return std::string(word);
  std::string quoted = "\"";
  bool utf8 = is_valid_utf8(word);
  for (char c : word) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      quoted += std::string("\\") + c;
    else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8))
      quoted += fmt::format("\\x{:02x}", byte);
    else
      quoted += c;
  }
  return quoted + "\"";
}

std::string colon_field(std::string_view word, std::size_t number) {
  for (; number > 0; --number) {
    std::size_t colon = word.find(':');
    if (colon == word.npos)
      return {};
    word.remove_prefix(colon + 1);
  }
  return std::string(word.substr(0, word.find(':')));
}

std::string without_path_marks(std::string_view word) {
  word.remove_prefix(std::min(word.find_first_not_of("-+"), word.size()));
  return std::string(word);
}

namespace {

std::string doubled(std::string_view text, char which) {
  std::string out;
  for (char c : text)
    out.append(c == which ? 2 : 1, c);
  return out;
}

} // namespace

std::string escape_specifiers(std::string_view text) {
  return doubled(text, '%');
}
std::string escape_variables(std::string_view text) {
  return doubled(text, '$');
}

} // namespace unitlock
