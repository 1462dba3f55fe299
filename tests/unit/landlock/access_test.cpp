// SPDX-License-Identifier: LGPL-2.1-or-later
#include "landlock/access.hpp"

#include <set>

#include <gtest/gtest.h>

#include "landlock/abi.hpp"

namespace unitlock::landlock {
namespace {

TEST(AccessTable, NamesAndBitsAreUnique) {
  std::set<std::string_view> names;
  std::set<std::pair<Family, int>> bits;
  for (const Right& right : kRights) {
    EXPECT_TRUE(names.insert(right.name).second) << right.name;
    EXPECT_TRUE(bits.emplace(right.family, right.bit).second) << right.name;
  }
}

TEST(AccessTable, NamesCarryTheirFamily) {
  for (const Right& right : kRights) {
    std::string_view prefix = right.family == Family::Filesystem ? "fs."
                              : right.family == Family::Network  ? "net."
                                                                 : "scope.";
    EXPECT_EQ(right.name.substr(0, prefix.size()), prefix);
    EXPECT_EQ(find_right(right.family, right.short_name()), &right);
  }
}

// The masks of the kernel's limits.h for each ABI, as listed in its documentation.
struct AbiMasks {
  int abi;
  std::uint64_t fs, net, scope;
};
constexpr AbiMasks kMasks[] = {
    {0, 0, 0, 0},      {1, 0x1fff, 0, 0},  {2, 0x3fff, 0, 0},    {3, 0x7fff, 0, 0},
    {4, 0x7fff, 3, 0}, {5, 0xffff, 3, 0},  {6, 0xffff, 3, 3},    {7, 0xffff, 3, 3},
    {8, 0xffff, 3, 3}, {9, 0x1ffff, 3, 3}, {10, 0x1ffff, 15, 3}, {11, 0x1ffff, 15, 3},
};

TEST(AccessTable, EveryAbiHasTheKernelsMasks) {
  for (const AbiMasks& row : kMasks)
    EXPECT_EQ(known_to(row.abi), (AccessSet{row.fs, row.net, row.scope})) << "ABI " << row.abi;
}

TEST(AccessTable, AnUnknownAbiKnowsWhatTheTableKnows) {
  EXPECT_EQ(known_to(99), known_to(kNewestAbi));
}

TEST(AccessTable, FilesCarryTheRightsOfTheKernelsAccessFile) {
  EXPECT_EQ(file_rights(), 0x1C007U);
}

TEST(Abi, EachKnownAbiHasAKernel) {
  EXPECT_EQ(kernel_of(0), "");
  for (int abi = 1; abi <= kNewestAbi; ++abi)
    EXPECT_NE(kernel_of(abi), "") << abi;
  EXPECT_EQ(kernel_of(kNewestAbi + 1), "");
}

TEST(Abi, TheFirstThatKnowsThemAll) {
  EXPECT_EQ(first_abi_of({}), 0);
  EXPECT_EQ(first_abi_of({mask_of("fs.refer"), mask_of("net.bind_tcp"), 0}), 4);
}

TEST(Abi, RuleAccessKeepsOnlyWhatIsHandled) {
  EXPECT_EQ(rule_access(0xff, 0x0f, true), 0x0fU);
  EXPECT_EQ(rule_access(0x1ffff, 0x1ffff, false), 0x1C007U);
}

} // namespace
} // namespace unitlock::landlock
