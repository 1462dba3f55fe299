// SPDX-License-Identifier: LGPL-2.1-or-later
// What `unitlock status --probe` has a confined process try, so that its denials are known for what
// they are: things that no service does for a purpose of its own.
#pragma once

#include <cstdint>

namespace unitlock::probe_mark {

/// The name of the process that signals are tried on; how the abstract socket's begins.
inline constexpr const char* kName = "unitlock-probe";

/// A process's map of project IDs (user_namespaces(7)): everybody may read it, and only tools for
/// user namespaces do.
inline constexpr const char* kOwnFile = "/proc/self/projid_map";

// Addresses where the kernel refuses for another reason right behind Landlock's hook, so that
// nothing is bound and nothing sent, host byte order.
/// For documentation (RFC 5737): binding to it is EADDRNOTAVAIL. Connecting UDP sends nothing.
inline constexpr std::uint32_t kDocumentation = 0xc0000201;
inline constexpr const char* kDocumentationText = "192.0.2.1";
/// Multicast: connecting TCP to it is ENETUNREACH.
inline constexpr std::uint32_t kMulticast = 0xe0000001;
inline constexpr const char* kMulticastText = "224.0.0.1";

} // namespace unitlock::probe_mark
