// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/interpreter.hpp"

#include <cstring>
#include <string>

#include <elf.h>
#include <gtest/gtest.h>

namespace unitlock {
namespace {

TEST(Interpreter, OfAScript) {
  EXPECT_EQ(interpreter_of("#!/bin/sh\n"), "/bin/sh");
  EXPECT_EQ(interpreter_of("#! \t/usr/bin/env python3 -s\n"), "/usr/bin/env");
  EXPECT_EQ(interpreter_of("#!/bin/sh"), "/bin/sh") << "a whole file may end so";
  EXPECT_EQ(interpreter_of("#!/" + std::string(300, 'x')), "") << "cut short";
  EXPECT_EQ(interpreter_of("#!\n"), "");
  EXPECT_EQ(interpreter_of("#"), "");
  EXPECT_EQ(interpreter_of(""), "");
}

/// An ELF file with one segment.
template <class Header, class Segment>
std::string elf(unsigned char elf_class, std::uint32_t type, std::uint64_t offset,
                std::uint64_t size) {
  Header header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = elf_class;
  header.e_phoff = sizeof header;
  header.e_phnum = 1;
  header.e_phentsize = sizeof(Segment);
  Segment segment = {};
  segment.p_type = type;
  segment.p_offset = static_cast<decltype(segment.p_offset)>(offset);
  segment.p_filesz = static_cast<decltype(segment.p_filesz)>(size);
  std::string out(reinterpret_cast<const char*>(&header), sizeof header);
  out.append(reinterpret_cast<const char*>(&segment), sizeof segment);
  return out + std::string("/lib/ld.so\0", 11);
}
constexpr std::size_t kBehind64 = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr);
constexpr std::size_t kBehind32 = sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr);

TEST(Interpreter, OfAnElfFile) {
  EXPECT_EQ(interpreter_of(elf<Elf64_Ehdr, Elf64_Phdr>(ELFCLASS64, PT_INTERP, kBehind64, 11)),
            "/lib/ld.so");
  EXPECT_EQ(interpreter_of(elf<Elf32_Ehdr, Elf32_Phdr>(ELFCLASS32, PT_INTERP, kBehind32, 11)),
            "/lib/ld.so");
  EXPECT_EQ(interpreter_of(elf<Elf64_Ehdr, Elf64_Phdr>(ELFCLASS64, PT_LOAD, kBehind64, 11)), "");
}

TEST(Interpreter, ReadsNothingOutsideOfTheHead) {
  for (std::uint64_t offset :
       {std::uint64_t{1} << 63, ~std::uint64_t{0}, std::uint64_t{kBehind64 + 2}})
    EXPECT_EQ(interpreter_of(elf<Elf64_Ehdr, Elf64_Phdr>(ELFCLASS64, PT_INTERP, offset, 11)), "");
  EXPECT_EQ(interpreter_of(elf<Elf64_Ehdr, Elf64_Phdr>(ELFCLASS64, PT_INTERP, kBehind64, 0)), "");
  EXPECT_EQ(interpreter_of(elf<Elf64_Ehdr, Elf64_Phdr>(ELFCLASS64, PT_INTERP, 8, ~0ULL)), "");
  std::string whole = elf<Elf64_Ehdr, Elf64_Phdr>(ELFCLASS64, PT_INTERP, kBehind64, 11);
  for (std::size_t size = 0; size < whole.size() - 1; ++size) // without the NUL it is whole
    EXPECT_EQ(interpreter_of(std::string(whole, 0, size)), "") << size;
}

} // namespace
} // namespace unitlock
