// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/proof.hpp"

#include <cerrno>

#include "exec/grants.hpp"
#include "exec/system.hpp"

namespace unitlock::exec {
namespace {

using landlock::Family;
using landlock::mask_of;

constexpr std::uint64_t kSignal = mask_of("scope.signal");
constexpr std::uint64_t kAbstractSocket = mask_of("scope.abstract_unix_socket");

/// Opens and closes.
bool can_open(const char* path, int flags) {
  int fd = sys::open(path, flags);
  if (fd < 0)
    return false;
  sys::close(fd);
  return true;
}

/// What is opened. Nothing is above "/", so only a rule on itself can grant it. For policies that
/// do, the wrapper's own thread name: opening it writes nothing, and a process may write its own.
struct Witness {
  const char* path;
  int flags;
  std::uint64_t right;
};
constexpr Witness kRoot = {"/", O_RDONLY | O_DIRECTORY, mask_of("fs.read_dir")};
constexpr Witness kName[] = {
    {"/proc/self/comm", O_WRONLY, mask_of("fs.write_file")},
    {"/proc/self/comm", O_RDONLY, mask_of("fs.read_file")},
};

/// Whether a rule on "/", by that name, grants `right`.
bool granted_on_root(OptionReader options, std::uint64_t right) {
  for (Argument rule; options.next(Argument::Kind::Path, rule);)
    if ((rule.access & right) && rule.text.find_first_not_of("/.") == std::string_view::npos)
      return true;
  return false;
}

/// Addresses that make the kernel refuse for another reason right behind Landlock's hook, so that
/// nothing is bound and nothing sent: binding to a documentation address (RFC 5737) is
/// EADDRNOTAVAIL, connecting TCP to a multicast group ENETUNREACH.
constexpr std::uint32_t kNotLocal = 0xc0000201;  // 192.0.2.1
constexpr std::uint32_t kMulticast = 0xe0000001; // 224.0.0.1

struct NetworkAttempt {
  std::uint64_t right;
  int type;
  bool connects;
  std::uint32_t address;
};
constexpr NetworkAttempt kNetworkAttempts[] = {
    {mask_of("net.bind_tcp"), SOCK_STREAM, false, kNotLocal},
    {mask_of("net.connect_tcp"), SOCK_STREAM, true, kMulticast},
    {mask_of("net.bind_udp"), SOCK_DGRAM, false, kNotLocal},
    {mask_of("net.connect_send_udp"), SOCK_DGRAM, true, kMulticast},
};

/// htons(3) and htonl(3) without the library.
template <class Number>
Number big_endian(Number number) {
  Number out = 0;
  auto* bytes = reinterpret_cast<unsigned char*>(&out);
  for (std::size_t i = 0; i < sizeof out; ++i)
    bytes[i] = static_cast<unsigned char>(number >> (8 * (sizeof out - 1 - i)));
  return out;
}

} // namespace

std::uint16_t ungranted_port(OptionReader options, std::uint64_t right) {
  unsigned port = 65535;
  for (bool moved = true; moved;) {
    moved = false;
    OptionReader rules = options;
    for (Argument rule; rules.next(Argument::Kind::Port, rule);) {
      if (!(rule.access & right) || port < rule.first_port || port > rule.last_port)
        continue;
      if (rule.first_port <= 1)
        return 0;
      port = rule.first_port - 1U;
      moved = true;
    }
  }
  return static_cast<std::uint16_t>(port);
}

void FilesystemProof::prepare(const Plan& plan, OptionReader options) {
  auto use = [&](const Witness& witness) {
    path_ = witness.path;
    flags_ = witness.flags;
    right_ = witness.right;
  };
  if (plan.handled.fs == 0)
    return;
  if (!granted_on_root(options, kRoot.right) && can_open(kRoot.path, kRoot.flags))
    return use(kRoot);
  for (const Witness& witness : kName) {
    std::uint64_t granted = 0;
    if (can_open(witness.path, witness.flags) &&
        granted_along(witness.path, plan, options, granted) && !(granted & witness.right))
      return use(witness);
  }
}

Verdict FilesystemProof::attempt(const Plan& plan, OptionReader options) const {
  if (!path_)
    return Verdict::Untried;
  if (!can_open(path_, flags_))
    return errno == EACCES ? Verdict::Denied : Verdict::Untried;
  // Allowed: because of a rule on a link to it or on a bind mount of it?
  std::uint64_t granted = 0;
  bool known = granted_along(path_, plan, options, granted);
  return known && (granted & right_) ? Verdict::Untried : Verdict::Allowed;
}

void NetworkProof::prepare(const Plan& plan, OptionReader options) {
  for (const NetworkAttempt& attempt : kNetworkAttempts) {
    std::uint16_t port =
        plan.handled.net & attempt.right ? ungranted_port(options, attempt.right) : 0;
    if (port == 0)
      continue;
    address_.sin_family = AF_INET;
    address_.sin_port = big_endian(port);
    address_.sin_addr.s_addr = big_endian(attempt.address);
    connects_ = attempt.connects;
    socket_ = sys::socket(AF_INET, attempt.type);
    if (socket_ < 0)
      return; // RestrictAddressFamilies=, or no IPv4
    error_before_ = try_it();
    if (error_before_ != EACCES)
      return;
    sys::close(socket_); // something else denies it
    socket_ = -1;
  }
}

/// 0 or the error.
int NetworkProof::try_it() const {
  int result = connects_ ? sys::connect(socket_, &address_, sizeof address_)
                         : sys::bind(socket_, &address_, sizeof address_);
  return result == 0 ? 0 : errno;
}

Verdict NetworkProof::attempt() const {
  if (socket_ < 0)
    return Verdict::Untried;
  int error = try_it();
  if (error == error_before_)
    return Verdict::Allowed;
  return error == EACCES ? Verdict::Denied : Verdict::Untried;
}

void ScopeProof::prepare(const Plan& plan) {
  if (plan.handled.scope & kSignal)
    prepare_signal();
  if (parent_ == 0 && (plan.handled.scope & kAbstractSocket))
    prepare_socket();
}

/// A datagram socket with a name that the kernel chooses (unix(7), autobind). It belongs to where
/// it was made: to the outside.
void ScopeProof::prepare_socket() {
  int fd = sys::socket(AF_UNIX, SOCK_DGRAM);
  if (fd < 0)
    return;
  address_.sun_family = AF_UNIX;
  address_size_ = sizeof address_;
  if (sys::bind(fd, &address_, sizeof address_.sun_family) == 0 &&
      sys::getsockname(fd, &address_, address_size_) == 0)
    socket_ = fd;
  else
    sys::close(fd);
}

/// Signal 0 is only checked, never sent. A parent outside the PID namespace shows as 0, which
/// kill(2) would take for the process group.
void ScopeProof::prepare_signal() {
  int parent = sys::getppid();
  if (parent > 0 && sys::kill(parent, 0) == 0)
    parent_ = parent;
}

Verdict ScopeProof::attempt() const {
  if (socket_ < 0 && parent_ == 0)
    return Verdict::Untried;
  int result =
      socket_ >= 0 ? sys::connect(socket_, &address_, address_size_) : sys::kill(parent_, 0);
  if (result == 0)
    return Verdict::Allowed;
  return errno == EPERM ? Verdict::Denied : Verdict::Untried;
}

void Proof::prepare(const Plan& plan, OptionReader options, bool avoid_sockets) {
  filesystem_.prepare(plan, options);
  if (avoid_sockets)
    return;
  network_.prepare(plan, options);
  scope_.prepare(plan);
}

std::uint8_t Proof::attempt(const Plan& plan, OptionReader options,
                            std::uint8_t& not_denied) const {
  const struct {
    Family family;
    Verdict verdict;
  } results[] = {
      {Family::Filesystem, filesystem_.attempt(plan, options)},
      {Family::Network, network_.attempt()},
      {Family::Scope, scope_.attempt()},
  };
  unsigned proven = 0, allowed = 0;
  for (const auto& result : results) {
    unsigned bit = 1U << static_cast<unsigned>(result.family);
    proven |= result.verdict == Verdict::Denied ? bit : 0;
    allowed |= result.verdict == Verdict::Allowed ? bit : 0;
  }
  not_denied = static_cast<std::uint8_t>(allowed);
  return static_cast<std::uint8_t>(proven);
}

} // namespace unitlock::exec
