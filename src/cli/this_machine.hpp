// SPDX-License-Identifier: LGPL-2.1-or-later
// What there is to ask on this machine: its manager and its journal. In another root there is
// nothing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/manager_environment.hpp"
#include "cli/context.hpp"
#include "journal/record_source.hpp"
#include "machine/manager.hpp"
#include "machine/start_records.hpp"
#include "machine/survey.hpp"

namespace unitlock::cli {

struct ThisMachine {
  Result<std::unique_ptr<machine::Manager>> manager = nullptr;
  std::optional<Result<journal::Journal>> journal;
  std::unique_ptr<machine::StartRecordSource> records;

  /// What cannot be reached is an error in its place.
  static ThisMachine connect(RuntimeScope scope);

  Result<machine::Manager*> manager_or_error() const {
    if (!manager)
      return tl::unexpected(manager.error());
    return manager->get();
  }
  /// Of the manager's services and the journal's records; all must outlive it.
  machine::Survey survey(const Root& root, const DeclarationIndex& index,
                         const Context& context) const;

  Result<machine::StartRecordSource*> records_or_error() const {
    if (journal && !*journal)
      return tl::unexpected(journal->error());
    return records.get();
  }
};

/// Of the services that the words of a command line name; of all that declare something where there
/// are none. Errors: no service, or one of which there is neither a file nor a declaration.
Result<std::vector<machine::ServiceReport>> reports_of(const machine::Survey& survey,
                                                       const std::vector<std::string>& words);

} // namespace unitlock::cli
