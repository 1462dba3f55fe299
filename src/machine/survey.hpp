// SPDX-License-Identifier: LGPL-2.1-or-later
// Gathers what is declared, loaded and recorded of each service, and has it judged.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "declare/declaration_index.hpp"
#include "machine/confinement.hpp"
#include "machine/manager.hpp"
#include "machine/start_records.hpp"

namespace unitlock::machine {

struct ServiceReport {
  DeclaredUnit declared;
  Facts facts;
  Verdict verdict;

  /// The record that a person wants to see: the first that counts; nullptr where there is none.
  const StartRecord* record() const;
  const Service* service() const;
};

/// A service that runs and declares nothing.
struct UndeclaredService {
  std::vector<std::string> names; ///< its own first
  bool exempted = false;          ///< by an entry of "units:" that says none
};

struct MachineReport {
  std::vector<ServiceReport> services; ///< as Survey::report_all() has them
  std::vector<UndeclaredService> undeclared;
};

class Survey {
public:
  /// nullptr for what another root has not: a manager, a journal. All must outlive the survey.
  /// Where one should be there and is not, its Result says why.
  struct Sources {
    const Root* root = nullptr;
    const DeclarationIndex* index = nullptr;
    Result<Manager*> manager = nullptr;
    Result<StartRecordSource*> records = nullptr;
    std::string wrapper;
    /// Whose manager and services they are; nullopt for the system's.
    std::optional<std::uint32_t> user = std::nullopt;
  };
  explicit Survey(Sources sources);

  /// One service, by full name or alias.
  ServiceReport report(const std::string& name) const;
  /// Every service that declares something, the running instances of templates that do, and what
  /// systemd has loaded from files that unitlock-generator cannot see. Left out are units without
  /// any command, and names without a file, that only a declaration for many units reaches.
  /// Errors: the manager does not list its units.
  Result<std::vector<ServiceReport>> report_all() const;
  /// These, and what else runs.
  Result<MachineReport> report_machine() const;

private:
  ServiceReport report(DeclaredUnit declared) const;
  /// All but what the journal says.
  ServiceReport gather(DeclaredUnit declared) const;
  void judge_all(ServiceReport& report) const;
  std::set<std::string> confined_invocations() const;
  void look_at_generated_files(DeclaredUnit& declared, Facts& facts) const;
  void ask_manager(Facts& facts) const;
  void ask_journal(Facts& facts) const;
  void find_drop_in(const Unit& unit, Facts& facts) const;

  Sources sources_;
  bool switched_off_ = false;
  int kernel_abi_ = 0;
};

} // namespace unitlock::machine
