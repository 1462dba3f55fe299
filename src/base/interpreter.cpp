// SPDX-License-Identifier: LGPL-2.1-or-later
// Sources: load_script() in fs/binfmt_script.c; elf(5).
#include "base/interpreter.hpp"

#include <cstdint>
#include <cstring>

#include <elf.h>

namespace unitlock {
namespace {

std::string_view slice(std::string_view text, std::uint64_t from, std::uint64_t size) {
  if (from > text.size() || size > text.size() - from)
    return {};
  return {text.data() + from, static_cast<std::size_t>(size)};
}

template <class Struct>
bool read_at(std::string_view head, std::uint64_t at, Struct& out) {
  std::string_view bytes = slice(head, at, sizeof out);
  if (bytes.empty())
    return false;
  std::memcpy(&out, bytes.data(), sizeof out);
  return true;
}

std::string_view of_script(std::string_view head) {
  std::size_t first = 2;
  while (first < head.size() && (head[first] == ' ' || head[first] == '\t'))
    ++first;
  std::size_t last = first;
  while (last < head.size() && head[last] != ' ' && head[last] != '\t' && head[last] != '\n' &&
         head[last] != '\0')
    ++last;
  // The kernel looks at so many bytes; a shorter file ends its line too.
  constexpr std::size_t kScriptLine = 256;
  bool ended = last < head.size() || head.size() < kScriptLine;
  return ended ? slice(head, first, last - first) : std::string_view();
}

template <class Header, class Segment>
std::string_view of_elf(std::string_view head) {
  Header header;
  if (!read_at(head, 0, header))
    return {};
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Segment segment;
    if (!read_at(head, header.e_phoff + std::uint64_t{i} * header.e_phentsize, segment))
      return {};
    if (segment.p_type != PT_INTERP || segment.p_filesz == 0)
      continue;
    std::string_view path = slice(head, segment.p_offset, segment.p_filesz - 1);
    return path.substr(0, path.find('\0'));
  }
  return {};
}

} // namespace

std::string_view interpreter_of(std::string_view head) {
  if (slice(head, 0, 2) == "#!")
    return of_script(head);
  if (slice(head, 0, SELFMAG) != ELFMAG || head.size() <= EI_CLASS)
    return {};
  return head[EI_CLASS] == ELFCLASS64 ? of_elf<Elf64_Ehdr, Elf64_Phdr>(head)
                                      : of_elf<Elf32_Ehdr, Elf32_Phdr>(head);
}

} // namespace unitlock
