// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock-generator: reads unit files and presets, writes a drop-in for every declared service. It
// runs at boot and at every daemon-reload, of the system's manager and of each user's; it starts
// nothing, asks nobody and writes only below the directory that systemd names.
//
// Source: systemd.generator(7).

#include <unistd.h>

#include <algorithm>
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

/// Directories of systemd.generator(7).
struct Output {
  std::string normal;
  std::string early; ///< empty: none was named
};

class Generator {
public:
  Generator(const Root& root, const ManagerEnvironment& manager, const KernelLog& log,
            Output output)
      : root_(root), manager_(manager), log_(log), output_(std::move(output)), port_names_(root),
        index_(root, unit_search_path(root, manager)) {}

  /// False where something could not be read or written, so that a declared service may be left
  /// out.
  bool run() {
    log(index_.problems());
    complete_ = !has_errors(index_.problems());
    if (may_give_presets(root_, manager_))
      giving_ = &presets();
    const std::vector<std::string> services = candidate_services(index_, giving_);
    for (const std::string& name : services)
      if (!template_of(name))
        try_to_generate(name);
    // Instances behind templates: they have to take the place of what the template got.
    for (const std::string& name : services)
      if (template_of(name) && !try_to_generate(name))
        keep_out(name);
    return complete_;
  }

private:
  /// What one unit has too much of is not to cost the others their drop-ins.
  bool try_to_generate(const std::string& name) {
    bool may_be_declared = false;
    try {
      may_be_declared = is_candidate(index_, giving_, name, may_declare);
      return may_be_declared && generate(name);
    } catch (const std::exception& problem) { // memory, most likely
      // Of most services nothing says that they are declared: these must not be kept from starting.
      if (may_be_declared)
        not_written(name, problem.what());
      else
        not_looked_at(name, problem.what());
      return may_be_declared;
    }
  }

  /// Returns whether the unit got a drop-in, or was meant to.
  bool generate(const std::string& name) {
    Unit unit = index_.load(name);
    Declaration declaration = declare(root_, unit, presets(), port_names_);
    std::string text = render_drop_in(unit, declaration, UNITLOCK_WRAPPER);
    if (auto problem = unreadable(text)) {
      declaration.state = Declaration::State::Invalid;
      declaration.diagnostics.push_back({Severity::Error, {unit.fragment, 0, 0}, *problem});
      text = render_drop_in(unit, declaration, UNITLOCK_WRAPPER);
    }
    for (const Diagnostic& diagnostic : declaration.diagnostics)
      log_.write(level_of(diagnostic.severity), fmt::format("{}: {}", name, to_string(diagnostic)));
    if (text.empty()) {
      // What could not be read may have declared it.
      complete_ = complete_ && std::none_of(unit.broken.begin(), unit.broken.end(),
                                            [](const auto& file) { return file.error.number; });
      return false;
    }
    written_names_.insert(name);
    if (auto result = write(name, text); !result)
      not_written(name, to_string(result.error()));
    return true;
  }

  /// What a template got, or one that an alias belongs to, must not reach an instance for which it
  /// was not meant.
  void keep_out(const std::string& name) {
    for (const std::string& read : index_.all_drop_in_names(name))
      if (written_names_.count(read)) {
        if (auto result = write(name, render_neutral_drop_in(index_.load(name))); !result) {
          log_.write(LogLevel::Error,
                     fmt::format("{}: confined by mistake: {}", name, to_string(result.error())));
          complete_ = false;
        }
        return;
      }
  }

  /// Read only where something is declared: most machines start without.
  const Presets& presets() {
    if (!presets_) {
      presets_ = Presets::load(root_, manager_, port_names_);
      log(presets_->problems());
      // A file of conf.d that says nothing for certain may give presets to any service.
      complete_ = complete_ && !has_errors(presets_->file_problems());
    }
    return *presets_;
  }

  Result<void> write(const std::string& name, const std::string& text) {
    return write_atomically(fmt::format("{}/{}.d", output_.normal, name), kDropInName, text);
  }

  /// Without its drop-in the service would start unconfined, so that it is kept from starting.
  void not_written(const std::string& name, const std::string& why) {
    complete_ = false;
    if (mask(name))
      log_.write(LogLevel::Error,
                 fmt::format("{}: masked, because it cannot be confined: {}", name, why));
    else
      log_.write(LogLevel::Error, fmt::format("{}: not confined: {}", name, why));
  }

  void not_looked_at(const std::string& name, const std::string& why) {
    complete_ = false;
    log_.write(LogLevel::Error,
               fmt::format("{}: not confined: whether it is declared is not known: {}", name, why));
  }

  /// Units in the early directory come before all others. A link to /dev/null takes no space: it
  /// can be made where the drop-in filled what was left.
  bool mask(const std::string& name) {
    return !output_.early.empty() &&
           symlink("/dev/null", fmt::format("{}/{}", output_.early, name).c_str()) == 0;
  }

  void log(const Diagnostics& problems) {
    for (const Diagnostic& problem : problems)
      log_.write(level_of(problem.severity), to_string(problem));
  }

  const Root& root_;
  const ManagerEnvironment& manager_;
  const KernelLog& log_;
  Output output_;
  PortNames port_names_;
  std::optional<Presets> presets_;
  const Presets* giving_ = nullptr; ///< the same, where "units:" may say something
  UnitIndex index_;
  std::set<std::string> written_names_;
  bool complete_ = true;
};

bool variable_begins_with(const char* name, std::string_view start) {
  const char* value = std::getenv(name);
  return value && std::string_view(value).starts_with(start);
}

int run(const KernelLog& log, const Output& output, const char* directory, bool is_user) {
  auto root = Root::open(directory);
  if (!root) {
    log.write(LogLevel::Error, to_string(root.error()));
    return EXIT_FAILURE;
  }
  if (switched_off(*root, variable_begins_with("SYSTEMD_VIRTUALIZATION", "container"))) {
    log.write(LogLevel::Warning, "unitlock=off on the kernel command line: no service is confined");
    return EXIT_SUCCESS;
  }
  auto manager = is_user ? user_manager(std::getenv) : system_manager(*root, std::getenv);
  return Generator(*root, manager, log, output).run() ? EXIT_SUCCESS : EXIT_FAILURE;
}

/// There may be no memory left for a message that has to be made.
[[noreturn]] void give_up(const KernelLog& log) {
  log.write_as_is("<3>unitlock-generator: not all declared services are confined: "
                  "out of memory, or an error that was not expected\n");
  _exit(EXIT_FAILURE);
}

} // namespace
} // namespace unitlock

/// One directory (also for tests) or the three of systemd.generator(7), of which the first is used:
/// the drop-in's name, not its directory, makes it win. The second is for masks.
int main(int argc, char* argv[]) {
  if (argc != 2 && argc != 4) {
    fmt::print(stderr, "Usage: {} NORMAL-DIR [EARLY-DIR LATE-DIR]\n", argv[0]);
    return 2;
  }
  const char* root = std::getenv("UNITLOCK_ROOT");
  // Only root may write to the kernel's log; what a user's manager starts has the journal behind
  // its standard error.
  const bool is_user = unitlock::variable_begins_with("SYSTEMD_SCOPE", "user");
  const unitlock::KernelLog log(root || is_user);
  try {
    return unitlock::run(log, {argv[1], argc == 4 ? argv[2] : ""}, root ? root : "/", is_user);
  } catch (const std::exception&) {
    unitlock::give_up(log);
  }
}
