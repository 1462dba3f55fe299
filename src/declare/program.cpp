// SPDX-License-Identifier: LGPL-2.1-or-later
#include "declare/program.hpp"

#include <elf.h>

#include <algorithm>
#include <cstring>

namespace unitlock {
namespace {

constexpr std::size_t kStart = 64 * 1024; ///< program headers and PT_INTERP lie at the front
constexpr std::size_t kScriptLine = 256;  ///< BINPRM_BUF_SIZE
constexpr std::size_t kChain = 5;         ///< the kernel's own limit of nested interpreters

std::string script_interpreter(std::string_view start) {
  std::string_view line = start.substr(2, std::min(start.find('\n'), kScriptLine) - 2);
  std::size_t first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return "";
  line.remove_prefix(first);
  return std::string(line.substr(0, line.find_first_of(std::string_view(" \t\r\0", 4))));
}

/// Reads a T at `offset`, or zeros where the text ends before.
template <class T>
T at(std::string_view text, std::size_t offset) {
  T value{};
  if (offset <= text.size() && text.size() - offset >= sizeof value)
    std::memcpy(&value, text.data() + offset, sizeof value);
  return value;
}

template <class Header, class Segment>
std::string elf_interpreter(std::string_view start) {
  auto header = at<Header>(start, 0);
  for (std::size_t i = 0; i < header.e_phnum && i < 128; ++i) {
    auto segment = at<Segment>(start, header.e_phoff + i * sizeof(Segment));
    if (segment.p_type != PT_INTERP)
      continue;
    if (segment.p_offset >= start.size())
      return "";
    std::string_view path = start.substr(segment.p_offset, segment.p_filesz);
    return std::string(path.substr(0, path.find('\0')));
  }
  return "";
}

} // namespace

std::string interpreter_of(std::string_view start) {
  if (start.substr(0, 2) == "#!")
    return script_interpreter(start);
  if (start.size() < EI_NIDENT || start.substr(0, SELFMAG) != ELFMAG)
    return "";
  // Of the other byte order: not a program of this machine.
  unsigned char own_order = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
  if (static_cast<unsigned char>(start[EI_DATA]) != own_order)
    return "";
  return start[EI_CLASS] == ELFCLASS64 ? elf_interpreter<Elf64_Ehdr, Elf64_Phdr>(start)
                                       : elf_interpreter<Elf32_Ehdr, Elf32_Phdr>(start);
}

std::vector<std::string> programs_behind(const Root& root, const std::string& path) {
  std::vector<std::string> programs = {path};
  while (programs.size() <= kChain) {
    auto start = root.read_start(programs.back(), kStart);
    std::string next = start ? interpreter_of(*start) : "";
    if (next.empty() || next[0] != '/')
      break;
    programs.push_back(simplify_path(next));
  }
  return programs;
}

} // namespace unitlock
