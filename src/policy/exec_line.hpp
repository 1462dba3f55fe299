// SPDX-License-Identifier: LGPL-2.1-or-later
// The settings of a service that name commands, and the words that `Commands=` has for them.
//
// Source: systemd.service(5).
#pragma once

#include <cstdint>
#include <string_view>

namespace unitlock {

enum class ExecLine : std::uint8_t { Start, Condition, Pre, Post, Reload, Stop, StopPost };

struct ExecLineWord {
  ExecLine line;
  std::string_view word;
  std::string_view setting;
};

/// ExecStart= first: it is the one that is always confined.
inline constexpr ExecLineWord kExecLines[] = {
    {ExecLine::Start, "start", "ExecStart"},
    {ExecLine::Condition, "condition", "ExecCondition"},
    {ExecLine::Pre, "pre", "ExecStartPre"},
    {ExecLine::Post, "post", "ExecStartPost"},
    {ExecLine::Reload, "reload", "ExecReload"},
    {ExecLine::Stop, "stop", "ExecStop"},
    {ExecLine::StopPost, "stop-post", "ExecStopPost"},
};

} // namespace unitlock
