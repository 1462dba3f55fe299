// SPDX-License-Identifier: LGPL-2.1-or-later
// The questions of `unitlock suggest --interactive`, one a suggestion, on standard input and
// output.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "advise/addition.hpp"
#include "advise/suggestion.hpp"

namespace unitlock::cli {

/// What was chosen until the end or until "quit"; nullopt where the input ended before: then nobody
/// has decided anything.
std::optional<std::vector<advise::ChosenLine>> ask(const advise::Advice& advice);

/// Whether the answer to the question is "yes" or "y".
bool ask_yes(const std::string& question);

} // namespace unitlock::cli
