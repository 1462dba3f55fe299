// SPDX-License-Identifier: LGPL-2.1-or-later
// Denials one by one, with their units, in the journal's order: those that are there, and then, if
// one waits for them, those that come. Memory does not depend on how many there are.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "journal/attributor.hpp"
#include "journal/denial_report.hpp"
#include "journal/denial_source.hpp"
#include "journal/logged_denials.hpp"

namespace unitlock::journal {

class DenialStream {
public:
  using Sink = std::function<void(const DenialEvent&)>;
  using Pause = std::function<Result<void>()>;

  /// `journal` must outlive this. `window` is that of the query.
  DenialStream(Journal& journal, DenialQuery query, Window window);

  /// All that is in the journal; `follows`: what is incomplete is left for follow(). With
  /// DenialQuery::keep_place it waits a second for the units of denials of this moment.
  Result<void> read(const Sink& sink, bool follows = false);
  /// What has come since it was read last; then waits for more, until nobody reads `output`. Calls
  /// `pause` each time before it waits, and ends with its error. A denial whose unit is not known
  /// yet is kept back for a second: its start record may be on its way.
  Result<void> follow(const Sink& sink, const Pause& pause, int output);

  /// As DenialReport has them.
  const std::string& resume_cursor() const { return resume_cursor_; }
  std::uint64_t unattributed() const { return unattributed_; }
  /// Denials by `unitlock status --probe` that were left out.
  std::uint64_t probes() const { return probes_; }
  std::uint64_t expected() const { return expected_; }
  std::vector<std::string> gaps() const;

private:
  void add(const Denial& denial);
  Result<void> wait_for_units(const Sink& sink);
  Result<void> emit(const Sink& sink, bool may_wait);
  Result<void> emit(const Sink& sink, const Denial& denial, const Attribution& attribution);

  void forget_unplaced(const std::map<DomainKey, Attribution>& attributions,
                       std::uint64_t now_usec);

  Journal& journal_;
  DenialQuery query_;
  Attributor attributor_;
  DenialSource source_;
  std::deque<Denial> batch_; ///< to be emitted, in order
  LoggedDenials logged_;
  std::string resume_cursor_;
  std::uint64_t unattributed_ = 0;
  std::uint64_t probes_ = 0;
  std::uint64_t expected_ = 0;
  std::uint64_t forgot_usec_ = 0;
};

} // namespace unitlock::journal
