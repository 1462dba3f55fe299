// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/metrics_text.hpp"

#include <iterator>

#include <fmt/format.h>

#include "base/escape.hpp"

namespace unitlock::cli {
namespace {

/// Backslash, quote and newline are escaped; escape() has left no newline, which would be a line of
/// its own.
std::string quoted(std::string_view value) {
  std::string text = "\"";
  for (char c : escape(value, Backslash::Keep)) {
    if (c == '\\' || c == '"')
      text += '\\';
    text += c;
  }
  return text + '"';
}

void add_sample(std::string& text, const Metric& metric, std::string_view suffix,
                const MetricSample& sample) {
  text += metric.name;
  text += suffix;
  char separator = '{';
  for (const MetricLabel& label : sample.labels) {
    fmt::format_to(std::back_inserter(text), "{}{}={}", separator, label.name, quoted(label.value));
    separator = ',';
  }
  fmt::format_to(std::back_inserter(text), "{} {}\n", separator == ',' ? "}" : "", sample.value);
}

} // namespace

std::string metrics_text(const std::vector<Metric>& metrics, MetricFormat format) {
  std::string text;
  for (const Metric& metric : metrics) {
    if (metric.samples.empty())
      continue;
    bool is_counter = metric.type == Metric::Type::Counter;
    std::string_view suffix = is_counter ? "_total" : "";
    // OpenMetrics names the family, the older format each sample.
    std::string_view family_suffix = format == MetricFormat::Prometheus ? suffix : "";
    fmt::format_to(std::back_inserter(text), "# HELP {0}{1} {2}\n# TYPE {0}{1} {3}\n", metric.name,
                   family_suffix, metric.help, is_counter ? "counter" : "gauge");
    for (const MetricSample& sample : metric.samples)
      add_sample(text, metric, suffix, sample);
  }
  if (format == MetricFormat::OpenMetrics)
    text += "# EOF\n";
  return text;
}

} // namespace unitlock::cli
