// SPDX-License-Identifier: LGPL-2.1-or-later
// Looks up in a journal what attribute() has to know of a domain: its first record, and what claims
// its tag.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "journal/attribution.hpp"
#include "journal/denial.hpp"
#include "journal/record_source.hpp"

namespace unitlock::journal {

class Attributor {
public:
  /// `wrapper`: where it is installed. `journal` must outlive this.
  Attributor(Journal& journal, std::string wrapper)
      : journal_(journal), wrapper_(std::move(wrapper)) {}

  /// A record that was met while reading. Of few domains it need not be looked up, then.
  void note(std::uint32_t boot, const DomainRecord& record);
  /// Of each domain that is wanted. What is found is remembered, also that nothing was.
  Result<std::map<DomainKey, Attribution>> attribute(const std::vector<DomainKey>& wanted);
  /// Will look again for this one: its records may come yet.
  void forget(const DomainKey& key);

  /// A domain of which the kernel said at its end how many denials there were.
  struct Ended {
    DomainKey key;
    std::uint64_t denials = 0;
    bool is_ours = false; ///< made by the wrapper
  };
  std::vector<Ended> ended() const;

private:
  /// Those of one domain.
  struct Records {
    std::optional<DomainRecord> first;
    std::optional<std::uint64_t> denials; ///< at its end
  };
  /// (boot, tag)
  using Claimed = std::pair<std::uint32_t, std::string>;

  const DomainRecord* first_record(const DomainKey& key) const;
  Result<void> find_domains(const std::vector<DomainKey>& wanted);
  Result<void> find_claims(const std::vector<DomainKey>& wanted);
  Result<void> find_invocations(const Claimed& claimed);
  Result<void> find_stderr_claims(std::uint32_t boot, const std::string& tag);
  Result<void> first_stderr_line(std::uint32_t boot, const std::string& tag,
                                 const std::string& invocation);
  Result<bool> pids_comparable(std::uint32_t boot);
  void add_claim(const Entry& entry, const std::set<Claimed>& wanted);
  Result<Attribution> attribute_one(const DomainKey& key);

  Journal& journal_;
  std::string wrapper_;
  std::map<DomainKey, Records> domains_;
  std::map<Claimed, std::vector<StartClaim>> claims_;
  std::map<std::uint32_t, bool> comparable_;
  std::set<std::string> invocations_; ///< all of the journal, once they are needed
  std::map<DomainKey, Attribution> known_;
};

} // namespace unitlock::journal
