// SPDX-License-Identifier: LGPL-2.1-or-later
// On other processors nothing is asked: what is right for one was tried on that one only.
#include "probe/tracee.hpp"

namespace unitlock::probe {

struct Tracee::Registers {};

Result<std::unique_ptr<Tracee>> Tracee::stop(pid_t) {
  return fail("processes can be asked on x86-64 only");
}

Result<long> Tracee::call(long, std::initializer_list<std::uint64_t>) {
  return 0;
}

Result<std::uint64_t> Tracee::put(std::string_view) {
  return 0;
}

Tracee::~Tracee() = default;

} // namespace unitlock::probe
