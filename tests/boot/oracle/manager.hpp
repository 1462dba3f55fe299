// SPDX-License-Identifier: LGPL-2.1-or-later
// systemd's own answers about units, over D-Bus.
//
// Source: org.freedesktop.systemd1(5).
#pragma once

#include <memory>
#include <string>

#include <nlohmann/json.hpp>
#include <systemd/sd-bus.h>

namespace oracle {

/// Every function throws std::runtime_error where systemd gives no answer.
class Manager {
public:
  Manager();

  /// Loads a unit and keeps it loaded for as long as this object lives: what other units say about
  /// it depends on whether they are loaded.
  void pin(const std::string& name) const;

  /// All properties of a service: {"name":…, "unit":{…}, "service":{…}}, of the interfaces Unit and
  /// Service. Arrays and structures are arrays, dictionaries are arrays of pairs.
  nlohmann::json ask(const std::string& name) const;

private:
  nlohmann::json properties(const std::string& path, const char* interface) const;

  std::unique_ptr<sd_bus, sd_bus* (*)(sd_bus*)> bus_;
};

} // namespace oracle
