// SPDX-License-Identifier: LGPL-2.1-or-later
// The questions that a logged denial asks: may the service do just that?
#pragma once

#include <vector>

#include "advise/question.hpp"
#include "journal/denial.hpp"

namespace unitlock::advise {

/// One for each right that was missing. Errors: the record does not say what it was about, or names
/// a right that is not known here.
Result<std::vector<Question>> questions_of(const journal::Denial& denial);

} // namespace unitlock::advise
