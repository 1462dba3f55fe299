// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock-generator: reads unit files and presets, writes a drop-in for every declared service. It
// runs at boot and at every daemon-reload, of the system's manager and of each user's; it starts
// nothing, asks nobody and writes only below the directory that systemd names.
//
// Source: systemd.generator(7).

#include <cstdlib>
#include <exception>
#include <optional>
#include <set>
#include <string>

#include <fmt/format.h>

#include "base/files.hpp"
#include "config.hpp"
#include "declare/candidates.hpp"
#include "declare/declaration.hpp"
#include "inject/drop_in.hpp"
#include "inject/kernel_command_line.hpp"
#include "kernel_log.hpp"
#include "preset/presets.hpp"
#include "unit/unit_index.hpp"
#include "unit/unit_name.hpp"

namespace unitlock {
namespace {

LogLevel level_of(Severity severity) {
  return severity == Severity::Error     ? LogLevel::Error
         : severity == Severity::Warning ? LogLevel::Warning
                                         : LogLevel::Info;
}

class Generator {
public:
  Generator(const Root& root, const ManagerEnvironment& manager, const KernelLog& log,
            std::string output)
      : root_(root), manager_(manager), log_(log), output_(std::move(output)), port_names_(root),
        index_(root, unit_search_path(root, manager)) {}

  /// False where a drop-in could not be written.
  bool run() {
    log(index_.problems());
    if (may_give_presets(root_, manager_))
      giving_ = &presets();
    const std::vector<std::string> services = candidate_services(index_, giving_);
    for (const std::string& name : services)
      if (!template_of(name))
        generate(name);
    // Instances behind templates: they have to take the place of what the template got.
    for (const std::string& name : services)
      if (template_of(name) && !generate(name))
        keep_out(name);
    return written_;
  }

private:
  /// Returns whether the unit got a drop-in.
  bool generate(const std::string& name) {
    if (!is_candidate(index_, giving_, name, may_declare))
      return false;
    Unit unit = index_.load(name);
    Declaration declaration = declare(root_, unit, presets(), port_names_);
    for (const Diagnostic& diagnostic : declaration.diagnostics)
      log_.write(level_of(diagnostic.severity), fmt::format("{}: {}", name, to_string(diagnostic)));
    std::string text = render_drop_in(unit, declaration, UNITLOCK_WRAPPER);
    if (text.empty())
      return false;
    write(name, text);
    written_names_.insert(name);
    return true;
  }

  /// What a template got, or one that an alias belongs to, must not reach an instance for which it
  /// was not meant.
  void keep_out(const std::string& name) {
    for (const std::string& read : index_.all_drop_in_names(name))
      if (written_names_.count(read)) {
        write(name, render_neutral_drop_in(index_.load(name)));
        return;
      }
  }

  /// Read only where something is declared: most machines start without.
  const Presets& presets() {
    if (!presets_) {
      presets_ = Presets::load(root_, manager_, port_names_);
      log(presets_->problems());
    }
    return *presets_;
  }

  void write(const std::string& name, const std::string& text) {
    auto result = write_atomically(fmt::format("{}/{}.d", output_, name), kDropInName, text);
    if (result)
      return;
    log_.write(LogLevel::Error,
               fmt::format("{}: not confined: {}", name, to_string(result.error())));
    written_ = false;
  }

  void log(const Diagnostics& problems) {
    for (const Diagnostic& problem : problems)
      log_.write(level_of(problem.severity), to_string(problem));
  }

  const Root& root_;
  const ManagerEnvironment& manager_;
  const KernelLog& log_;
  std::string output_;
  PortNames port_names_;
  std::optional<Presets> presets_;
  const Presets* giving_ = nullptr; ///< the same, where "units:" may say something
  UnitIndex index_;
  std::set<std::string> written_names_;
  bool written_ = true;
};

bool variable_begins_with(const char* name, std::string_view start) {
  const char* value = std::getenv(name);
  return value && std::string_view(value).starts_with(start);
}

int run(const std::string& output) {
  const char* directory = std::getenv("UNITLOCK_ROOT");
  // Only root may write to the kernel's log; what a user's manager starts has the journal behind
  // its standard error.
  bool is_user = variable_begins_with("SYSTEMD_SCOPE", "user");
  KernelLog log(directory || is_user);
  auto root = Root::open(directory ? directory : "/");
  if (!root) {
    log.write(LogLevel::Error, to_string(root.error()));
    return EXIT_FAILURE;
  }
  if (switched_off(*root, variable_begins_with("SYSTEMD_VIRTUALIZATION", "container"))) {
    log.write(LogLevel::Warning, "unitlock=off on the kernel command line: no service is confined");
    return EXIT_SUCCESS;
  }
  try {
    auto manager = is_user ? user_manager(std::getenv) : system_manager(*root, std::getenv);
    return Generator(*root, manager, log, output).run() ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& problem) { // memory, most likely
    log.write(LogLevel::Error,
              fmt::format("not all declared services are confined: {}", problem.what()));
    return EXIT_FAILURE;
  }
}

} // namespace
} // namespace unitlock

/// One directory (also for tests) or the three of systemd.generator(7), of which the first is used:
/// the drop-in's name, not its directory, makes it win.
int main(int argc, char* argv[]) {
  if (argc != 2 && argc != 4) {
    fmt::print(stderr, "Usage: {} NORMAL-DIR [EARLY-DIR LATE-DIR]\n", argv[0]);
    return 2;
  }
  return unitlock::run(argv[1]);
}
