// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check/beyond.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "check/given_descriptors.hpp"
#include "unit/address_families.hpp"
#include "unit/capabilities.hpp"
#include "unit/mount_settings.hpp"
#include "unit/service_directories.hpp"

namespace unitlock::check {
namespace {

using landlock::AccessSet;
using Names = std::vector<std::string>;

/// A directory whose files are others', and the settings that protect it: its files from being
/// changed in what Landlock leaves open, and from being seen.
struct Place {
  std::string path;
  std::string_view kept_by;
  std::string_view hidden_by; ///< empty: what there is is no secret, or cannot be hidden
};
constexpr std::string_view kStrict = "ProtectSystem=strict with ReadWritePaths=";
constexpr std::string_view kHome = "ProtectHome=yes";
constexpr std::string_view kCovered = "TemporaryFileSystem= with BindPaths=";
constexpr std::string_view kSeldomUsed = "InaccessiblePaths=-/dev/hugepages -/dev/mqueue -/dev/pts";
constexpr std::string_view kOwnMemory = "TemporaryFileSystem=/dev/shm";
constexpr std::string_view kOwnRoot = "ReadOnlyPaths=+/ with ReadWritePaths=";
/// In every system, whether this root has them or not.
std::vector<Place> usual_places() {
  return {
      {"/boot", kStrict, ""},
      {"/dev", "PrivateDevices=yes", ""},
      {"/dev/hugepages", kSeldomUsed, ""}, // these and /dev/shm stay the host's
      {"/dev/mqueue", kSeldomUsed, ""},
      {"/dev/pts", kSeldomUsed, ""},
      {"/dev/shm", kOwnMemory, kOwnMemory},
      {"/etc", kStrict, kCovered},
      {"/home", kHome, kHome},
      {"/mnt", kStrict, kCovered},
      {"/opt", kStrict, kCovered},
      {"/root", kHome, kHome},
      {"/run", "ReadOnlyPaths=/run", kCovered},
      {"/run/user", kHome, kHome},
      {"/srv", kStrict, kCovered},
      {"/sys", "ProtectKernelTunables=yes", ""},
      {"/sys/fs/cgroup", "ProtectControlGroups=yes", ""},
      {"/tmp", "PrivateTmp=yes", "PrivateTmp=yes"},
      {"/usr", kStrict, ""},
      {"/var", kStrict, kCovered},
  };
}

/// The administrator's own at the top, such as /data, are as much worth as the others. /proc is the
/// kernel's; what is a link leads to a place.
std::vector<Place> places_of(const Root& root) {
  std::vector<Place> places = usual_places();
  auto entries = root.list("/");
  if (!entries)
    return places;
  for (const DirectoryEntry& entry : *entries) {
    std::string path = "/" + entry.name;
    bool is_known = std::any_of(places.begin(), places.end(),
                                [&](const Place& place) { return place.path == path; });
    if (!is_known && path != "/proc" && path != "/lost+found" && !root.read_link(path) &&
        root.kind(path) == FileKind::Directory)
      places.push_back({path, kStrict, kCovered});
  }
  return places;
}

/// The families whose sockets Landlock restricts.
constexpr auto kRestrictedFamilies =
    std::to_array<std::string_view>({"AF_UNIX", "AF_INET", "AF_INET6"});

/// What IPAddressAllow= lets through again was chosen. A user's manager may not load the program
/// that would deny it (bpf(2)), and goes on without.
bool denies_all_addresses(const Subject& subject) {
  if (subject.scope == RuntimeScope::User)
    return false;
  auto has = [&](std::string_view key, std::string_view text) {
    auto words = subject.words(key);
    return std::any_of(words.begin(), words.end(),
                       [&](const Unit::Word& word) { return word.text == text; });
  };
  auto any = [&](std::string_view key) {
    return has(key, "any") || (has(key, "0.0.0.0/0") && has(key, "::/0"));
  };
  return any("IPAddressDeny") && !any("IPAddressAllow");
}

/// Every right that the policy means to restrict, its ABI= and the kernel aside.
AccessSet wanted_by(Policy policy) {
  policy.abi = landlock::kNewestAbi;
  return restricted_by(policy);
}

class Survey {
public:
  explicit Survey(const Subject& subject)
      : subject_(subject), wanted_(wanted_by(subject.policy())),
        enforced_(landlock::handled_by(wanted_, subject.policy().abi, subject.kernel_abi)),
        places_(places_of(subject.root)), mounts_(subject.unit, subject.scope),
        families_(subject.unit) {}

  void run() {
    if (subject_.restricts_files()) {
      look_at_attributes();
      look_at_names();
    }
    if (wanted_.net != 0)
      look_at_network();
    look_at_unix_sockets();
    if (!wanted_.empty())
      look_at_descriptors();
  }

  const Names& open() const { return open_; }
  const Names& settings() const { return settings_; }

private:
  void add_setting(std::string_view setting) {
    if (std::find(settings_.begin(), settings_.end(), setting) == settings_.end())
      settings_.emplace_back(setting);
  }

  /// Where it is true of some places only, these. One in another that is open needs no name.
  struct OpenPlaces {
    Names names;
    bool is_everywhere = true;

    void add(const std::string& path) {
      if (std::none_of(names.begin(), names.end(),
                       [&](const std::string& listed) { return path_is_below(path, listed); }))
        names.push_back(path);
    }
  };
  void say(std::string what, const OpenPlaces& places) {
    if (places.names.empty())
      return;
    if (!places.is_everywhere)
      what += fmt::format(" in {}", fmt::join(places.names, ", "));
    open_.push_back(std::move(what));
  }

  /// What the policy grants as a whole is not beyond it.
  bool is_granted(std::string_view path, std::uint64_t rights) const {
    return (subject_.reach.rights_at(path) & rights) == rights;
  }

  /// None of these calls works on what is mounted read-only, as all is that is not listed as
  /// writable.
  void look_at_attributes() {
    OpenPlaces open;
    for (const Place& place : places_) {
      if (mounts_.read_only(place.path) || mounts_.hides(place.path) ||
          is_granted(place.path, kWrites)) {
        open.is_everywhere = false;
        continue;
      }
      open.add(place.path);
      add_setting(place.kept_by);
    }
    add_own_places(open);
    say("changing modes, owners, times and extended attributes of files that it could not open",
        open);
  }

  /// A root of its own, and directories that stay writable whatever is not.
  void add_own_places(OpenPlaces& open) {
    if (const Assignment* root = subject_.other_root(); root && !mounts_.read_only("/")) {
      open.names.push_back(fmt::format("its own root ({}=)", root->key));
      add_setting(kOwnRoot);
    }
    for (const OwnDirectory& own : own_directories(subject_.unit, subject_.scope)) {
      if (mounts_.read_only(own.path) || mounts_.hides(own.path) || is_granted(own.path, kWrites))
        continue;
      std::size_t before = open.names.size();
      open.add(own.path);
      if (open.names.size() > before)
        add_setting(fmt::format("ReadOnlyPaths={}", own.path));
    }
  }

  /// What every system has at the same places is no secret.
  void look_at_names() {
    OpenPlaces open;
    for (const Place& place : places_) {
      if (place.hidden_by.empty())
        continue;
      if (mounts_.hides(place.path) || is_granted(place.path, landlock::mask_of("fs.read_dir"))) {
        open.is_everywhere = false;
        continue;
      }
      open.add(place.path);
      add_setting(place.hidden_by);
    }
    say("seeing which files there are and how large they are (beside the system's own)", open);
  }

  bool has_internet() const {
    return !families_.forbids({"AF_INET", "AF_INET6"}) && !subject_.is_on("PrivateNetwork") &&
           !denies_all_addresses(subject_);
  }

  bool may_have_raw_sockets() const {
    return !subject_.is_unprivileged() && is_in_bounding_set(subject_.unit, "CAP_NET_RAW");
  }

  void look_at_network() {
    if (has_internet()) {
      open_.emplace_back(may_have_raw_sockets() ? "MPTCP, SCTP and raw sockets on any port"
                                                : "MPTCP and SCTP on any port");
      add_lacking("TCP on any port",
                  {0, landlock::mask_of("net.bind_tcp") | landlock::mask_of("net.connect_tcp"), 0});
      add_lacking(
          "UDP on any port",
          {0, landlock::mask_of("net.bind_udp") | landlock::mask_of("net.connect_send_udp"), 0});
      add_setting(subject_.scope == RuntimeScope::User ? "PrivateNetwork=yes"
                                                       : "IPAddressDeny=any with IPAddressAllow=");
    }
    if (!families_.is_allow_list()) {
      open_.emplace_back("sockets that are neither TCP nor UDP");
      add_setting("RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6, or fewer");
      return;
    }
    Names others;
    for (const std::string& family : families_.named())
      if (std::find(kRestrictedFamilies.begin(), kRestrictedFamilies.end(), family) ==
          kRestrictedFamilies.end())
        others.push_back(family);
    if (others.empty())
      return;
    open_.push_back(fmt::format("sockets of {}", fmt::join(others, ", ")));
    add_setting(fmt::format("RestrictAddressFamilies= without {}", fmt::join(others, ", ")));
  }

  void look_at_unix_sockets() {
    bool out_of_sight = mounts_.hides("/run") && mounts_.hides("/tmp") && mounts_.hides("/var");
    if (families_.forbids({"AF_UNIX"}) || out_of_sight)
      return;
    if (add_lacking("connecting to UNIX sockets by their paths", {kResolveUnix, 0, 0}))
      add_setting("InaccessiblePaths= on their directories");
  }

  /// What the policy means to restrict, and its ABI= or the kernel is too old for.
  bool add_lacking(std::string_view what, const AccessSet& rights) {
    AccessSet lacking = (wanted_ & rights).without(enforced_);
    if (lacking.empty())
      return false;
    const int needed = landlock::first_abi_of(lacking);
    std::string why = subject_.policy().abi < needed
                          ? fmt::format("the policy has ABI={}", subject_.policy().abi)
                          : fmt::format("this kernel has {}", subject_.kernel_abi);
    open_.push_back(fmt::format("{} before ABI {} ({})", what, needed, why));
    return true;
  }

  void look_at_descriptors() {
    Names given = given_descriptors(subject_);
    if (given.empty())
      return;
    open_.push_back(
        fmt::format("what is open already when it starts ({})", fmt::join(given, ", ")));
    add_setting("give it no descriptor of what it should not use");
  }

  const Subject& subject_;
  AccessSet wanted_;
  AccessSet enforced_;
  std::vector<Place> places_;
  MountSettings mounts_;
  AddressFamilies families_;
  Names open_;
  Names settings_;
};

} // namespace

void check_beyond(const Subject& subject, Findings& findings) {
  const std::string& file = subject.unit.fragment;
  if (file.empty())
    return;
  Survey survey(subject);
  survey.run();
  std::string where_it_holds;
  if (subject.scope == RuntimeScope::User && !subject.is_on("PrivateUsers"))
    where_it_holds = "; before systemd 253 with PrivateUsers=yes";
  if (!survey.open().empty())
    findings.push_back(
        {Severity::Note,
         "beyond-landlock",
         {file, 0, 0},
         fmt::format("Landlock does not restrict {}", fmt::join(survey.open(), "; ")),
         fmt::format("{}{}; see SECURITY.md", fmt::join(survey.settings(), "; "), where_it_holds)});
}

} // namespace unitlock::check
