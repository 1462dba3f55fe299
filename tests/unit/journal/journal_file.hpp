// SPDX-License-Identifier: LGPL-2.1-or-later
// A journal for one test, written by systemd-journal-remote from entries in the test.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "../base/temp_tree.hpp"
#include "base/start_record.hpp"

namespace unitlock::journal {

using Fields = std::map<std::string, std::string>;

inline constexpr const char* kRemote = "/lib/systemd/systemd-journal-remote";
inline const std::string kBoot = "aa1f48e1c7f44b1c934f83ae9cc56031";
inline constexpr std::uint64_t kStart = 1795303200000000; ///< of the first entry

class JournalFile {
public:
  /// Entries are a second apart unless they say when.
  void add(Fields fields) {
    usec_ += 1000000;
    fields.try_emplace("__REALTIME_TIMESTAMP", std::to_string(usec_));
    usec_ = std::stoull(fields["__REALTIME_TIMESTAMP"]);
    fields.try_emplace("__MONOTONIC_TIMESTAMP", std::to_string(usec_ - kStart + 1000000));
    fields.try_emplace("_BOOT_ID", kBoot);
    fields.try_emplace("_MACHINE_ID", "70cff2e0993644838f541cea0a2ee86c");
    entries_.push_back(std::move(fields));
  }
  std::uint64_t now() const { return usec_; }

  void audit(int type, unsigned serial, const std::string& body, Fields more = {}) {
    more["_TRANSPORT"] = "audit";
    more["_AUDIT_TYPE"] = std::to_string(type);
    more["_AUDIT_ID"] = std::to_string(serial);
    more["MESSAGE"] = "AUDIT" + std::to_string(type) + " " + body;
    std::size_t domain = body.find("domain=");
    if (domain != body.npos)
      more["_AUDIT_FIELD_DOMAIN"] = body.substr(domain + 7, body.find(' ', domain) - domain - 7);
    add(std::move(more));
  }

  void start(const std::string& unit, const std::string& invocation, const std::string& tag,
             int pid, Fields more = {}) {
    more["MESSAGE_ID"] = start_record::kConfined;
    more["UNITLOCK_TAG"] = tag;
    more["UNITLOCK_UNIT"] = "nginx.service"; // whatever it says
    more["MESSAGE"] = "confined";
    trusted(unit, invocation, pid, "journal", std::move(more));
  }

  void trusted(const std::string& unit, const std::string& invocation, int pid,
               const std::string& transport, Fields more) {
    more["_TRANSPORT"] = transport;
    more["_SYSTEMD_UNIT"] = unit;
    more["_SYSTEMD_INVOCATION_ID"] = invocation;
    more["_PID"] = std::to_string(pid);
    add(std::move(more));
  }

  void kernel(const std::string& message) {
    add({{"_TRANSPORT", "kernel"}, {"SYSLOG_FACILITY", "0"}, {"MESSAGE", message}});
  }

  /// What `journalctl -o json` has written, a line an entry; only what came that way, if one is
  /// given.
  void add_recorded(const std::string& path, const std::string& transport = "") {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      Fields fields;
      auto object = nlohmann::json::parse(line);
      for (const auto& [name, value] : object.items())
        if (value.is_array())
          for (const auto& byte : value)
            fields[name] += static_cast<char>(byte.get<unsigned>());
        else
          fields[name] = value.get<std::string>();
      if (transport.empty() || fields["_TRANSPORT"] == transport)
        add(std::move(fields));
    }
  }

  /// As if the file had been rotated away: what was added so far will not be in it.
  void clear() {
    std::filesystem::remove(path());
    entries_.clear();
  }

  /// Adds what is new to the file, and says where it is; empty where it cannot be made.
  std::string write() {
    std::string export_path = tree_.directory() + "/export";
    std::ofstream(export_path, std::ios::binary) << exported();
    tree_.make_directory("/journal");
    std::string command =
        std::string(kRemote) + " -o " + path() + " " + export_path + " 2>/dev/null";
    entries_.clear();
    return std::system(command.c_str()) == 0 ? path() : std::string();
  }
  std::string path() const { return directory() + "/test.journal"; }
  std::string directory() const { return tree_.directory() + "/journal"; }

private:
  std::string exported() const {
    std::string text;
    for (const Fields& fields : entries_) {
      for (const auto& [name, value] : fields) {
        if (value.find('\n') == value.npos) {
          text += name + "=" + value + "\n";
          continue;
        }
        std::uint64_t size = value.size();
        text += name + "\n";
        text.append(reinterpret_cast<const char*>(&size), sizeof size);
        text += value + "\n";
      }
      text += "\n";
    }
    return text;
  }

  TempTree tree_;
  std::vector<Fields> entries_;
  std::uint64_t usec_ = kStart - 1000000;
};

} // namespace unitlock::journal
