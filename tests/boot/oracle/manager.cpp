// SPDX-License-Identifier: LGPL-2.1-or-later
#include "manager.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace oracle {
namespace {

using nlohmann::json;
using Message = std::unique_ptr<sd_bus_message, sd_bus_message* (*)(sd_bus_message*)>;

constexpr const char* kService = "org.freedesktop.systemd1";

int must(int result, const std::string& what) {
  if (result < 0)
    throw std::runtime_error(what + ": " + std::strerror(-result));
  return result;
}

std::string path_of(const std::string& name) {
  char* path = nullptr;
  must(sd_bus_path_encode("/org/freedesktop/systemd1/unit", name.c_str(), &path), name);
  std::string text = path;
  std::free(path);
  return text;
}

template <class T>
json read_number(sd_bus_message* message, char type) {
  T value{};
  must(sd_bus_message_read_basic(message, type, &value), "a number");
  return value;
}

json read_value(sd_bus_message* message);

json read_container(sd_bus_message* message, char type, const char* contents) {
  must(sd_bus_message_enter_container(message, type, contents), "a container");
  json value = json::array();
  while (must(sd_bus_message_at_end(message, false), "a container") == 0)
    value.push_back(read_value(message));
  must(sd_bus_message_exit_container(message), "a container");
  return value;
}

json read_text(sd_bus_message* message, char type) {
  const char* text = nullptr;
  must(sd_bus_message_read_basic(message, type, &text), "a text");
  return text;
}

json read_value(sd_bus_message* message) {
  char type = 0;
  const char* contents = nullptr;
  must(sd_bus_message_peek_type(message, &type, &contents), "a value");
  switch (type) {
  case SD_BUS_TYPE_BYTE:
    return read_number<std::uint8_t>(message, type);
  case SD_BUS_TYPE_BOOLEAN:
    return read_number<int>(message, type) != 0;
  case SD_BUS_TYPE_INT16:
    return read_number<std::int16_t>(message, type);
  case SD_BUS_TYPE_UINT16:
    return read_number<std::uint16_t>(message, type);
  case SD_BUS_TYPE_INT32:
    return read_number<std::int32_t>(message, type);
  case SD_BUS_TYPE_UINT32:
    return read_number<std::uint32_t>(message, type);
  case SD_BUS_TYPE_INT64:
    return read_number<std::int64_t>(message, type);
  case SD_BUS_TYPE_UINT64:
    return read_number<std::uint64_t>(message, type);
  case SD_BUS_TYPE_DOUBLE:
    return read_number<double>(message, type);
  case SD_BUS_TYPE_STRING:
  case SD_BUS_TYPE_OBJECT_PATH:
  case SD_BUS_TYPE_SIGNATURE:
    return read_text(message, type);
  case SD_BUS_TYPE_VARIANT:
    return read_container(message, type, contents).at(0);
  default:
    return read_container(message, type, contents);
  }
}

/// What systemd keeps in hash tables is shown in another order after each reload: the sets of units
/// and the credentials.
void sort_sets(json& unit, json& service) {
  for (auto& [name, value] : unit.items())
    if (value.is_array() && name != "DropInPaths" && name != "Documentation" &&
        std::all_of(value.begin(), value.end(), [](const json& v) { return v.is_string(); }))
      std::sort(value.begin(), value.end());
  for (auto& [name, value] : service.items())
    if (name.find("Credential") != std::string::npos && value.is_array())
      std::sort(value.begin(), value.end());
}

} // namespace

Manager::Manager() : bus_(nullptr, sd_bus_flush_close_unref) {
  sd_bus* bus = nullptr;
  must(sd_bus_open_system(&bus), "the system bus");
  bus_.reset(bus);
}

void Manager::pin(const std::string& name) const {
  sd_bus_error error = SD_BUS_ERROR_NULL;
  int result = sd_bus_call_method(bus_.get(), kService, path_of(name).c_str(),
                                  "org.freedesktop.systemd1.Unit", "Ref", &error, nullptr, "");
  std::string why = error.message ? error.message : "";
  sd_bus_error_free(&error);
  must(result, name + ": Ref: " + why);
}

json Manager::properties(const std::string& path, const char* interface) const {
  sd_bus_error error = SD_BUS_ERROR_NULL;
  sd_bus_message* reply = nullptr;
  int result =
      sd_bus_call_method(bus_.get(), kService, path.c_str(), "org.freedesktop.DBus.Properties",
                         "GetAll", &error, &reply, "s", interface);
  std::string why = error.message ? error.message : "";
  sd_bus_error_free(&error);
  must(result, path + ": GetAll: " + why);
  Message message(reply, sd_bus_message_unref);
  json all = json::object();
  for (json& pair : read_value(message.get()))
    all[pair.at(0).get<std::string>()] = std::move(pair.at(1));
  return all;
}

json Manager::ask(const std::string& name) const {
  std::string path = path_of(name);
  json unit = properties(path, "org.freedesktop.systemd1.Unit");
  json service = properties(path, "org.freedesktop.systemd1.Service");
  sort_sets(unit, service);
  return {{"name", name}, {"unit", std::move(unit)}, {"service", std::move(service)}};
}

} // namespace oracle
