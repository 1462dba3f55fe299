// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cli/journal_options.hpp"

#include <utility>

#include <CLI/CLI.hpp>

#include "base/timestamp.hpp"
#include "config.hpp"

namespace unitlock::cli {

void JournalOptions::add_to(CLI::App& verb) {
  verb.add_option("--since", since_, "Not before this time: today, -1h, \"2026-11-21 10:00\"")
      ->type_name("TIME");
  verb.add_option("--until", until_, "Not after this time")->type_name("TIME");
  boot_option_ = verb.add_option("-b,--boot", boot_, "One boot only: this one, or the one given")
                     ->type_name("[ID|OFFSET]")
                     ->expected(0, 1);
  CLI::Option* directory =
      verb.add_option("--directory", directory_, "Read the journal in this directory")
          ->type_name("DIR");
  CLI::Option* files = verb.add_option("--file", files_, "Read this journal file; may be repeated")
                           ->type_name("FILE")
                           ->allow_extra_args(false)
                           ->excludes(directory);
  verb.add_flag("-m,--merge", merge_, "Read all journals of this machine, those of others too")
      ->excludes(directory)
      ->excludes(files);
}

journal::Location JournalOptions::location(const Context& context) const {
  journal::Location location;
  location.directory = directory_;
  location.files = files_;
  location.merge = merge_;
  if (directory_.empty() && files_.empty() && context.root_directory() != "/")
    location.root = context.root_directory();
  return location;
}

Result<journal::DenialQuery> JournalOptions::query(const Context& context) const {
  journal::DenialQuery query;
  query.wrapper = UNITLOCK_WRAPPER;
  query.filter.user = context.uid();
  if (boot_option_ && boot_option_->count() > 0)
    query.boot = boot_;
  std::uint64_t now = realtime_now_usec();
  for (auto [text, usec] :
       {std::pair(&since_, &query.since_usec), std::pair(&until_, &query.until_usec)}) {
    if (text->empty())
      continue;
    auto parsed = parse_timestamp(*text, now);
    if (!parsed)
      return tl::unexpected(parsed.error());
    *usec = *parsed;
  }
  if (query.since_usec && query.until_usec && *query.since_usec > *query.until_usec)
    return fail("--since= is later than --until=");
  return query;
}

} // namespace unitlock::cli
