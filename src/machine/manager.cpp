// SPDX-License-Identifier: LGPL-2.1-or-later
#include "machine/manager.hpp"

#include <systemd/sd-bus.h>
#include <unistd.h>

#include <utility>

#include <fmt/format.h>

namespace unitlock::machine {
namespace {

constexpr const char* kName = "org.freedesktop.systemd1";
constexpr const char* kPath = "/org/freedesktop/systemd1";
constexpr const char* kInterface = "org.freedesktop.systemd1.Manager";

int connect_private(sd_bus** bus) {
  // It accepts root only, and answers by hanging up.
  if (geteuid() != 0)
    return -EPERM;
  int r = sd_bus_new(bus);
  r = r < 0 ? r : sd_bus_set_address(*bus, "unix:path=/run/systemd/private");
  r = r < 0 ? r : sd_bus_start(*bus);
  if (r < 0)
    *bus = sd_bus_unref(*bus);
  return r;
}

struct BusError {
  sd_bus_error error = SD_BUS_ERROR_NULL;
  ~BusError() { sd_bus_error_free(&error); }

  tl::unexpected<Error> failure(const std::string& what, int r) const {
    return error.message ? fail(fmt::format("{}: {}", what, error.message)) : fail(what, -r);
  }
};

struct Message {
  sd_bus_message* message = nullptr;
  ~Message() { sd_bus_message_unref(message); }
};

} // namespace

Manager::Manager(Manager&& other) noexcept : bus_(std::exchange(other.bus_, nullptr)) {}

Manager& Manager::operator=(Manager&& other) noexcept {
  std::swap(bus_, other.bus_);
  return *this;
}

Manager::~Manager() {
  sd_bus_flush_close_unref(bus_);
}

Result<Manager> Manager::connect() {
  sd_bus* bus = nullptr;
  int r = connect_private(&bus);
  if (r < 0)
    r = sd_bus_open_system(&bus);
  if (r < 0)
    return fail("cannot reach systemd", -r);
  return Manager(bus);
}

Result<std::string> Manager::active_state(const std::string& unit) {
  BusError error;
  Message reply;
  int r = sd_bus_call_method(bus_, kName, kPath, kInterface, "LoadUnit", &error.error,
                             &reply.message, "s", unit.c_str());
  const char* object = nullptr;
  r = r < 0 ? r : sd_bus_message_read(reply.message, "o", &object);
  char* state = nullptr;
  r = r < 0 ? r
            : sd_bus_get_property_string(bus_, kName, object, "org.freedesktop.systemd1.Unit",
                                         "ActiveState", &error.error, &state);
  if (r < 0)
    return error.failure(fmt::format("cannot ask systemd about {}", unit), r);
  std::string text = state;
  free(state);
  return text;
}

Result<void> Manager::queue_restart(const std::string& unit) {
  BusError error;
  Message reply;
  int r = sd_bus_call_method(bus_, kName, kPath, kInterface, "RestartUnit", &error.error,
                             &reply.message, "ss", unit.c_str(), "replace");
  if (r < 0)
    return error.failure(fmt::format("cannot restart {}", unit), r);
  return {};
}

} // namespace unitlock::machine
