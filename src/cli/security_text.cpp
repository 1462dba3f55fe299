// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/security_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "cli/policy_text.hpp"
#include "cli/render.hpp"

namespace unitlock::cli {
namespace {

using nlohmann::ordered_json;
using score::ItemScore;

/// The heaviest first.
std::vector<const ItemScore*> open_items(const score::Exposure& exposure) {
  std::vector<const ItemScore*> open;
  for (const ItemScore& item : exposure.items)
    if (item.percent > 0)
      open.push_back(&item);
  std::stable_sort(open.begin(), open.end(), [](const ItemScore* a, const ItemScore* b) {
    return a->weight * a->percent > b->weight * b->percent;
  });
  return open;
}

void print_closed(std::FILE* stream, const score::Exposure& exposure) {
  std::vector<std::string_view> closed;
  for (const ItemScore& item : exposure.items)
    if (item.percent == 0)
      closed.push_back(item.id);
  if (!closed.empty())
    fmt::print(stream, "\nNot at all: {}.\n", fmt::join(closed, ", "));
}

std::string systemd_cell(const ScoredUnit& unit) {
  return unit.systemd ? fmt::format("{} {}", score::figure(unit.systemd->tenths),
                                    shown(unit.systemd->predicate))
                      : "-";
}

std::string state_word(machine::State state) {
  std::string word(machine::to_string(state));
  std::replace(word.begin(), word.end(), ' ', '-');
  return word;
}

ordered_json item_json(const score::Exposure& exposure, const ItemScore& item) {
  constexpr double kHundredths = 100;
  double share = std::round(score::contribution(exposure, item) * kHundredths) / kHundredths;
  ordered_json from = nullptr;
  if (!item.from.said_by.empty())
    from = {{"said_by", json_bytes(item.from.said_by)}, {"where", place_json(item.from.where)}};
  return {{"item", item.id},       {"could", item.could},
          {"weight", item.weight}, {"percent", item.percent},
          {"exposure", share},     {"detail", json_bytes(item.detail)},
          {"from", from}};
}

} // namespace

void print_scores(std::FILE* stream, const std::vector<ScoredUnit>& units) {
  Table table({{"UNIT"}, {"EXPOSURE", true}, {"PREDICATE"}, {"STATE"}, {"SYSTEMD'S"}});
  for (const ScoredUnit& unit : units)
    table.add({shown(unit.unit), score::figure(unit.exposure.tenths),
               std::string(score::predicate(unit.exposure.tenths)),
               std::string(machine::to_string(unit.state)), systemd_cell(unit)});
  table.print(stream);
}

void print_items(std::FILE* stream, const ScoredUnit& unit) {
  fmt::print(stream, "{}: {}\n", shown(unit.unit), machine::to_string(unit.state));
  if (!unit.why.empty())
    fmt::print(stream, "  {}\n", shown(unit.why));
  if (unit.is_confined) {
    Table table({{"EXPOSURE", true},
                 {"WEIGHT", true},
                 {"ITEM"},
                 {"THE SERVICE COULD"},
                 {"HOW FAR", false, true},
                 {"WHERE", false, true}});
    for (const ItemScore* item : open_items(unit.exposure)) {
      std::string said_by =
          item->from.said_by.empty() ? "" : fmt::format(" ({})", shown(item->from.said_by));
      table.add({fmt::format("{:.2f}", score::contribution(unit.exposure, *item)),
                 std::to_string(item->weight), std::string(item->id), std::string(item->could),
                 shown(item->detail) + said_by, place(item->from.where)});
    }
    if (!table.empty())
      fmt::print(stream, "\n");
    table.print(stream);
    print_closed(stream, unit.exposure);
  } else {
    fmt::print(stream, "  Nothing keeps it from any of the {} items.\n",
               unit.exposure.items.size());
  }
  if (!unit.exposure.raised_by.empty())
    fmt::print(stream, "\nThe sum is less: {} alone makes it {}.\n", unit.exposure.raised_by,
               score::figure(unit.exposure.tenths));
  std::string kernel = unit.is_confined ? fmt::format(", with Landlock ABI {}", unit.abi) : "";
  fmt::print(stream, "\nExposure of {}: {} {} by its policy{}\n", shown(unit.unit),
             score::figure(unit.exposure.tenths), score::predicate(unit.exposure.tenths), kernel);
  if (unit.systemd)
    fmt::print(stream, "{:>{}}{} by its other settings (systemd-analyze security)\n", "",
               shown(unit.unit).size() + 14, systemd_cell(unit));
}

ordered_json score_json(const ScoredUnit& unit, bool items) {
  constexpr double kTenth = 10;
  ordered_json json = {
      {"unit", json_bytes(unit.unit)},
      {"exposure", unit.exposure.tenths / kTenth},
      {"predicate", score::predicate(unit.exposure.tenths)},
      {"raised_by",
       unit.exposure.raised_by.empty() ? ordered_json() : ordered_json(unit.exposure.raised_by)},
      {"state", state_word(unit.state)},
      {"confined", unit.is_confined},
      {"why", json_bytes(unit.why)},
      {"abi", unit.is_confined ? ordered_json(unit.abi) : ordered_json()},
      {"systemd_exposure",
       unit.systemd ? ordered_json(unit.systemd->tenths / kTenth) : ordered_json()},
      {"systemd_predicate", unit.systemd ? json_bytes(unit.systemd->predicate) : ordered_json()}};
  if (!items)
    return json;
  auto list = ordered_json::array();
  for (const ItemScore& item : unit.exposure.items)
    list.push_back(item_json(unit.exposure, item));
  json["items"] = std::move(list);
  return json;
}

} // namespace unitlock::cli
