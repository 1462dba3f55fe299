// SPDX-License-Identifier: LGPL-2.1-or-later
// The pure parts that every boot and every start goes through, one by one: where a regression of
// the whole-process figures comes from.

#include <string>

#include <benchmark/benchmark.h>

#include "policy/command_line.hpp"
#include "policy/lower.hpp"
#include "policy/vocabulary.hpp"
#include "unit/unit_file.hpp"

namespace unitlock {
namespace {

/// About the size of Debian's larger units.
std::string unit_text() {
  std::string text = "[Unit]\nDescription=x\n[Service]\n";
  for (int i = 0; i < 40; ++i)
    text += "Environment=\"A" + std::to_string(i) + "=some value\" \\\n  # comment\n  B=c\n";
  return text + "[X-Landlock]\nReadOnlyPaths=/srv /opt\n";
}

Policy policy_of(int rules) {
  Policy policy;
  for (int i = 0; i < rules; ++i)
    policy.paths.push_back({"/srv/" + std::to_string(i), kReadOnly, true, {}});
  return policy;
}

void parse_unit(benchmark::State& state) {
  std::string text = unit_text();
  for (auto _ : state)
    benchmark::DoNotOptimize(parse_unit_file("x.service", text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_unit);

void lower_policy(benchmark::State& state) {
  Policy policy = policy_of(static_cast<int>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(lower(policy, 7));
}
BENCHMARK(lower_policy)->Arg(20)->Arg(5000);

void options_there_and_back(benchmark::State& state) {
  Policy policy = policy_of(static_cast<int>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(parse_options(render_options(policy)));
}
BENCHMARK(options_there_and_back)->Arg(20)->Arg(5000);

void unite_duplicates(benchmark::State& state) {
  Policy policy = policy_of(static_cast<int>(state.range(0)));
  merge_into(policy, policy_of(static_cast<int>(state.range(0))));
  for (auto _ : state) {
    Policy copy = policy;
    remove_duplicates(copy);
    benchmark::DoNotOptimize(copy);
  }
}
BENCHMARK(unite_duplicates)->Arg(20)->Arg(5000);

} // namespace
} // namespace unitlock

BENCHMARK_MAIN();
