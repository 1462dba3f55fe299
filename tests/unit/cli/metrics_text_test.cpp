// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/metrics_text.hpp"

#include <gtest/gtest.h>

namespace unitlock::cli {
namespace {

using Type = Metric::Type;

const std::vector<Metric> kMetrics = {
    {"denials", Type::Counter, "What was denied.", {{{{"unit", "a.service"}, {"right", "b"}}, 3}}},
    {"nothing", Type::Gauge, "Not known.", {}},
    {"abi", Type::Gauge, "A number.", {{{}, 7}}},
};

TEST(MetricsText, IsWhatPrometheusReads) {
  EXPECT_EQ(metrics_text(kMetrics, MetricFormat::Prometheus),
            R"(# HELP denials_total What was denied.
# TYPE denials_total counter
denials_total{unit="a.service",right="b"} 3
# HELP abi A number.
# TYPE abi gauge
abi 7
)");
}

TEST(MetricsText, OpenMetricsNamesTheFamilyAndEnds) {
  EXPECT_EQ(metrics_text(kMetrics, MetricFormat::OpenMetrics), R"(# HELP denials What was denied.
# TYPE denials counter
denials_total{unit="a.service",right="b"} 3
# HELP abi A number.
# TYPE abi gauge
abi 7
# EOF
)");
}

std::string label(const std::string& value) {
  std::string text =
      metrics_text({{"m", Type::Gauge, "h", {{{{"l", value}}, 1}}}}, MetricFormat::Prometheus);
  std::string start = "# HELP m h\n# TYPE m gauge\nm{l=", end = "} 1\n";
  EXPECT_TRUE(text.starts_with(start) && text.ends_with(end)) << text;
  return text.substr(start.size(), text.size() - start.size() - end.size());
}

TEST(MetricsText, ALabelStaysOneLabelWhateverIsInIt) {
  EXPECT_EQ(label(R"(a\x2db.service)"), R"("a\\x2db.service")");
  EXPECT_EQ(label("quote\"} 5\nforged 1"), R"("quote\"} 5\\nforged 1")");
  EXPECT_EQ(label(std::string("nul\0", 4)), R"("nul\\x00")");
  EXPECT_EQ(label("\x1b[2J\xff"), R"("\\x1b[2J\\xff")");
  EXPECT_EQ(label("grün"), "\"grün\"");
  EXPECT_EQ(label(""), "\"\"");
}

} // namespace
} // namespace unitlock::cli
