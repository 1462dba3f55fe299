// SPDX-License-Identifier: LGPL-2.1-or-later
// The drop-in that makes systemd start a service through the wrapper, and the one that makes an
// invalid declaration fail its start.
//
// Source: systemd.service(5), "Command lines", for the form in which nothing of the original
// arguments changes; systemd.exec(5) for what has to be put back.
#pragma once

#include <optional>
#include <string>

#include "declare/declaration.hpp"
#include "unit/unit_index.hpp"

namespace unitlock {

/// The words of the wrapper's options for a unit, in the order of the command line, specifiers not
/// yet expanded; without "--program=" and what follows.
std::vector<std::string> wrapper_options(const Unit& unit, const Declaration& declaration);

/// The drop-in's text. Empty for a declaration that needs none: None, Off, Unwrappable.
/// `wrapper`: the wrapper's installed path.
std::string render_drop_in(const Unit& unit, const Declaration& declaration,
                           const std::string& wrapper);

/// Why systemd would not read a drop-in with this text to its end: its lines are limited to 1 MiB.
/// What it does not read does not confine.
std::optional<std::string> unreadable(const std::string& text);

/// For an instance that declares nothing or Mode=off while its template's drop-in would reach it: a
/// file that changes nothing and takes the template's place.
std::string render_neutral_drop_in(const Unit& unit);

/// Whether the unit's system call filter might kill the wrapper for using sockets or kill(2): it
/// then gets --avoid-sockets.
bool filter_may_refuse_sockets(const Unit& unit);

} // namespace unitlock
