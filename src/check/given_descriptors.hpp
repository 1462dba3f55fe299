// SPDX-License-Identifier: LGPL-2.1-or-later
// Which settings of a unit give its service descriptors that are open when it starts: Landlock
// restricts opening, not what is open.
//
// Source: systemd.exec(5), "StandardInput="; systemd.service(5), "OpenFile=", "Sockets=";
// systemd.socket(5), "Service=".
#pragma once

#include <string>
#include <vector>

#include "check/subject.hpp"

namespace unitlock::check {

/// "OpenFile=", "StandardOutput=append:/var/log/x", "x.socket". Not the journal, the standard
/// streams of nearly every service; nor sockets of another name that name this service themselves.
std::vector<std::string> given_descriptors(const Subject& subject);

} // namespace unitlock::check
