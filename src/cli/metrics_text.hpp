// SPDX-License-Identifier: LGPL-2.1-or-later
// Figures as text for Prometheus: its own format, which node_exporter's textfile collector reads,
// and OpenMetrics. Pure. A library would bring a registry, threads and an HTTP server for what is a
// screenful of lines here (prometheus-cpp, libprometheus-cpp-dev): this writes what it is given.
//
// Source: prometheus.io/docs/instrumenting/exposition_formats (version 0.0.4), the OpenMetrics
// specification 1.0.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace unitlock::cli {

struct MetricLabel {
  std::string_view name;
  std::string value; ///< any bytes
};

struct MetricSample {
  std::vector<MetricLabel> labels;
  std::uint64_t value = 0;
};

struct Metric {
  enum class Type { Counter, Gauge };

  std::string_view name; ///< of a counter without "_total"
  Type type = Type::Gauge;
  std::string_view help; ///< a sentence of unitlock's own
  std::vector<MetricSample> samples;
};

enum class MetricFormat { Prometheus, OpenMetrics };

/// Metrics without samples are left out: what cannot be told is absent, never 0. Bytes of a label
/// that are no fit text become "\xff" and the like, as escape() does, before the format's own
/// escaping.
std::string metrics_text(const std::vector<Metric>& metrics, MetricFormat format);

} // namespace unitlock::cli
