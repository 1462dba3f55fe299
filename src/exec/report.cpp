// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/report.hpp"

#include <cerrno>

#include <sys/un.h>

#include "base/start_record.hpp"
#include "exec/system.hpp"

namespace unitlock::exec {
namespace {

constexpr sockaddr_un kJournal = {AF_UNIX, "/run/systemd/journal/socket"};

/// Whether $JOURNAL_STREAM ("DEVICE:INODE", systemd.exec(5)) names this socket.
bool names_inode(std::string_view stream, std::uint64_t inode) {
  FixedText<32> text;
  text.add_raw(":").add_number(inode);
  std::string_view tail = text.view();
  return stream.size() > tail.size() &&
         std::string_view(stream.data() + stream.size() - tail.size(), tail.size()) == tail;
}

} // namespace

Reporter::Reporter(const Settings& settings, const Tag& tag, const char* const* environment)
    : unit_(settings.unit), policy_(settings.hash), tag_(tag),
      journal_stream_(environment_value(environment, "JOURNAL_STREAM")),
      // systemd.exec(5): only in the processes that systemd itself starts.
      by_systemd_(!environment_value(environment, "SYSTEMD_EXEC_PID").empty()),
      avoid_sockets_(settings.avoid_sockets) {}

void Reporter::connect() {
  if (avoid_sockets_ || journal_ >= 0)
    return;
  int fd = sys::socket(AF_UNIX, SOCK_DGRAM);
  if (fd < 0)
    return;
  if (sys::connect(fd, &kJournal, sizeof kJournal) == 0)
    journal_ = fd;
  else
    sys::close(fd);
}

Record Reporter::record(std::string_view message_id, Priority priority) const {
  return Record(message_id, priority, unit_, tag_);
}

bool Reporter::send_entry(Record& record) {
  Record::Parts parts = record.journal_entry();
  msghdr message = {};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  // A full queue must not delay the service: then the line on standard error has to do.
  long sent = sys::sendmsg(journal_, message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0)
    return false;
  for (const iovec& part : parts)
    sent -= static_cast<long>(part.iov_len);
  errno = 0;
  return sent == 0;
}

bool Reporter::send_to_journal(Record& record) {
  if (journal_ < 0)
    return false;
  if (send_entry(record))
    return true;
  // A policy of thousands of rules may be larger than the socket takes, or than there is memory
  // for.
  if (errno == EAGAIN || !record.has_options())
    return false;
  record.forget_options();
  return send_entry(record);
}

/// A socket that is not the journal's may be a client of the service (StandardError=socket): the
/// wrapper's messages are none of its business. Where the kernel does not say what it is, systemd
/// may: it sets $JOURNAL_STREAM for no such service.
Reporter::Stderr Reporter::stderr_kind() const {
  struct statx status = {};
  if (sys::stderr_was_closed)
    return Stderr::Unusable;
  if (sys::stat(STDERR_FILENO, status) != 0) {
    if (errno == EBADF)
      return Stderr::Unusable;
    if (!journal_stream_.empty())
      return Stderr::Journal;
    return by_systemd_ ? Stderr::Unusable : Stderr::Other;
  }
  if ((status.stx_mode & S_IFMT) != S_IFSOCK)
    return Stderr::Other;
  return names_inode(journal_stream_, status.stx_ino) ? Stderr::Journal : Stderr::Unusable;
}

/// All of it: a full disk or a signal can cut a write short. The message is not worth waiting for.
void Reporter::write_line(Record& record) {
  constexpr int kTries = 10;
  Record::Parts parts = record.line();
  std::size_t done = 0;
  for (int tries = 0; done < parts.size() && tries < kTries; ++tries) {
    long written = sys::writev(STDERR_FILENO, &parts[done], static_cast<int>(parts.size() - done));
    if (written < 0 && errno != EINTR)
      return;
    std::size_t left = written > 0 ? static_cast<std::size_t>(written) : 0;
    for (; done < parts.size() && left >= parts[done].iov_len; ++done)
      left -= parts[done].iov_len;
    if (left > 0) {
      parts[done].iov_base = static_cast<char*>(parts[done].iov_base) + left;
      parts[done].iov_len -= left;
    }
  }
}

void Reporter::send(Record& record) {
  if (send_to_journal(record))
    return;
  Stderr kind = stderr_kind();
  bool spared = kind == Stderr::Other && by_systemd_ && record.priority() == Priority::Info;
  if (kind == Stderr::Unusable || spared)
    return;
  write_line(record);
}

void Reporter::send_failure(Record& record) {
  connect();
  bool sent = send_to_journal(record);
  Stderr kind = stderr_kind();
  if (kind == Stderr::Unusable || (sent && kind == Stderr::Journal))
    return;
  write_line(record);
}

void Reporter::refuse(int status, std::initializer_list<std::string_view> why) {
  Record message = record(start_record::kStartFailed, Priority::Error);
  message.hex(start_record::kPolicy, "", policy_, 16);
  message.number(start_record::kExitStatus, static_cast<std::uint64_t>(status));
  for (std::string_view piece : why)
    message.message().add(piece);
  send_failure(message);
  sys::exit(status);
}

void Reporter::declaration_problem(int status, std::string_view text) {
  Record message = record(start_record::kRefused, Priority::Error);
  message.number(start_record::kExitStatus, static_cast<std::uint64_t>(status));
  message.message().add(text);
  send_failure(message);
}

} // namespace unitlock::exec
