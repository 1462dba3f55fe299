// SPDX-License-Identifier: LGPL-2.1-or-later
#include "score/exposure.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "score/items.hpp"

namespace unitlock::score {
namespace {

unsigned weight_of(const std::vector<ItemScore>& items) {
  unsigned sum = 0;
  for (const ItemScore& item : items)
    sum += item.weight;
  return sum;
}

/// Rounded up, so that 0.0 means nothing at all.
unsigned tenths_of(const std::vector<ItemScore>& items) {
  unsigned badness = 0;
  for (const ItemScore& item : items)
    badness += item.weight * item.percent;
  unsigned weight = weight_of(items);
  return (badness + weight - 1) / weight;
}

} // namespace

bool restricts_nothing(const Policy& policy, int abi) {
  return landlock::handled_by(restricted_by(policy), policy.abi, abi).empty();
}

Exposure assess(const Root& root, const Confinement& confinement) {
  if (restricts_nothing(confinement.policy, confinement.abi))
    return unconfined();
  View view(root, confinement);
  Exposure exposure;
  unsigned least = 0;
  for (const Item& item : items()) {
    Reached reached = item.assess(view);
    // What no rule grants is open to all services alike.
    if (unsigned own = reached.from ? item.least * reached.percent / 100 : 0; own > least) {
      least = own;
      exposure.raised_by = item.id;
    }
    ItemScore score{item.id, item.could, item.weight, reached.percent, {}, {}};
    if (reached.percent > 0) {
      score.detail = std::move(reached.detail);
      if (reached.from)
        score.from = *reached.from;
    }
    exposure.items.push_back(std::move(score));
  }
  exposure.tenths = tenths_of(exposure.items);
  if (least > exposure.tenths)
    exposure.tenths = least;
  else
    exposure.raised_by = {};
  return exposure;
}

Exposure unconfined() {
  Exposure exposure;
  for (const Item& item : items())
    exposure.items.push_back({item.id, item.could, item.weight, 100, "not confined", {}});
  exposure.tenths = tenths_of(exposure.items);
  return exposure;
}

std::vector<Confinement::LooseCommand> loose_commands(const DeclaredUnit& declared) {
  std::vector<Confinement::LooseCommand> loose;
  const Declaration& declaration = declared.declaration;
  for (const ExecLineWord& line : kExecLines) {
    auto assignments = declared.unit.list("Service", line.setting);
    bool is_wrapped =
        std::any_of(declaration.commands.begin(), declaration.commands.end(),
                    [&](const WrappedCommand& command) { return command.line == line.line; });
    if (assignments.empty() || is_wrapped)
      continue;
    loose.push_back({{assignments.front()->where, fmt::format("{}=", line.setting), Origin::Unit},
                     declaration.policy.commands.contains(line.line)});
  }
  return loose;
}

double contribution(const Exposure& exposure, const ItemScore& item) {
  return item.weight * item.percent / 10.0 / weight_of(exposure.items);
}

std::string_view predicate(unsigned tenths) {
  struct Row {
    unsigned from;
    std::string_view word;
  };
  constexpr Row kRows[] = {{100, "DANGEROUS"}, {90, "UNSAFE"}, {75, "EXPOSED"}, {50, "MEDIUM"},
                           {10, "OK"},         {1, "SAFE"},    {0, "PERFECT"}};
  return std::find_if(std::begin(kRows), std::end(kRows),
                      [&](const Row& row) { return tenths >= row.from; })
      ->word;
}

std::string figure(unsigned tenths) {
  return fmt::format("{}.{}", tenths / 10, tenths % 10);
}

} // namespace unitlock::score
