// SPDX-License-Identifier: LGPL-2.1-or-later
#include "declare/derive.hpp"

#include <fmt/format.h>

#include "base/specifier.hpp"
#include "base/text.hpp"
#include "declare/program.hpp"
#include "policy/grants.hpp"
#include "policy/vocabulary.hpp"
#include "unit/service_directories.hpp"
#include "unit/words.hpp"

namespace unitlock {
namespace {

constexpr std::uint64_t kExecute = landlock::mask_of("fs.execute") | kReadOnly;
constexpr std::uint64_t kConnect = landlock::mask_of("fs.resolve_unix");

class Derivation {
public:
  Derivation(const Root& root, const Unit& unit, const std::set<std::string>& left_out)
      : root_(root), unit_(unit), left_out_(left_out) {}

  void programs(const std::vector<DerivedProgram>& programs) {
    for (const DerivedProgram& program : programs) {
      // A specifier hides which file it is, and another root too; what it needs stays unknown.
      bool hidden = has_specifier(program.path) || unit_.scalar("Service", "RootDirectory") ||
                    unit_.scalar("Service", "RootImage");
      std::vector<std::string> behind = hidden
                                            ? std::vector<std::string>{program.path}
                                            : programs_behind(root_, without_dotdot(program.path));
      for (const std::string& path : behind)
        grant("-" + path, kExecute, {program.where, "derived from ExecStart=", Origin::Unit});
    }
  }

  void directories() {
    for (const ServiceDirectory& row : kServiceDirectories)
      for_each_word(row.setting, [&](const std::string& word, const Provenance& from) {
        if (word[0] != '/') // systemd takes relative names only
          grant(fmt::format("-{}/{}", row.specifier, colon_field(word, 0)),
                row.is_for_reading ? kReadOnly : kReadWrite, from);
      });
  }

  void paths() {
    for_each_word("ReadWritePaths", [&](const std::string& word, const Provenance& from) {
      if (std::string path = without_path_marks(word); !path.empty())
        grant("-" + path, kReadWrite, from);
    });
    bind_paths("BindPaths", kReadWrite);
    bind_paths("BindReadOnlyPaths", kReadOnly);
    const Assignment* tmp = unit_.scalar("Service", "PrivateTmp");
    if (tmp && !left_out_.contains("PrivateTmp") &&
        (parse_boolean(tmp->value).value_or(false) || tmp->value == "disconnected"))
      for (const char* path : {"-/tmp", "-/var/tmp"})
        grant(path, kReadWrite, {tmp->where, "derived from PrivateTmp=", Origin::Unit});
  }

  void credentials() {
    for (const char* setting : {"LoadCredential", "LoadCredentialEncrypted", "SetCredential",
                                "SetCredentialEncrypted", "ImportCredential"}) {
      auto found = unit_.list("Service", setting);
      if (found.empty())
        continue;
      grant("-%d", kReadOnly,
            {found.front()->where, fmt::format("derived from {}=", setting), Origin::Unit});
      return;
    }
  }

  void notify_socket() {
    const Assignment* type = unit_.scalar("Service", "Type");
    const Assignment* watchdog = unit_.scalar("Service", "WatchdogSec");
    const Assignment* access = unit_.scalar("Service", "NotifyAccess");
    const Assignment* why = nullptr;
    if (type && (type->value == "notify" || type->value == "notify-reload"))
      why = type;
    else if (access && access->value != "none")
      why = access;
    else if (watchdog)
      why = watchdog;
    if (why)
      grant("-%t/systemd/notify", kConnect,
            {why->where, fmt::format("derived from {}=", why->key), Origin::Unit});
  }

  Policy take() { return std::move(policy_); }

private:
  template <class Visit>
  void for_each_word(const char* setting, Visit visit) {
    if (left_out_.contains(setting))
      return;
    for (const Unit::Word& word : unit_.words("Service", setting))
      visit(word.text, Provenance{word.assignment->where, fmt::format("derived from {}=", setting),
                                  Origin::Unit});
  }

  /// "source[:destination[:options]]": the destination is what the service sees.
  void bind_paths(const char* setting, std::uint64_t access) {
    for_each_word(setting, [&](const std::string& word, const Provenance& from) {
      std::string source = word.substr(word[0] == '-' ? 1 : 0);
      bool is_renamed = source.find(':') != std::string::npos;
      grant("-" + (is_renamed ? colon_field(source, 1) : source), access, from);
    });
  }

  std::string without_dotdot(const std::string& path) const {
    return path_has_dotdot(path) ? root_.resolve(path).value_or(path) : path;
  }

  void grant(const std::string& word, std::uint64_t access, const Provenance& from) {
    // A path that a rule cannot hold (relative, with "..") is refused by systemd too.
    static_cast<void>(grant_path(policy_, access, word, from));
  }

  const Root& root_;
  const Unit& unit_;
  const std::set<std::string>& left_out_;
  Policy policy_ = neutral_policy();
};

} // namespace

Policy derive_from_unit(const Root& root, const Unit& unit,
                        const std::vector<DerivedProgram>& programs,
                        const std::set<std::string>& left_out) {
  Derivation derivation(root, unit, left_out);
  derivation.programs(programs);
  derivation.directories();
  derivation.paths();
  derivation.credentials();
  derivation.notify_socket();
  return derivation.take();
}

} // namespace unitlock
