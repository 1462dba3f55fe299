// SPDX-License-Identifier: LGPL-2.1-or-later
//
// tryd: the daemon of the boot tests. It tries what a client tells it to and answers with what the
// kernel said, so that a test can ask "may this service do that?" from outside.
//
//     tryd serve [--notify] [--fork PIDFILE] [SOCKET]   without SOCKET: the one systemd passed
//     tryd ask SOCKET REQUEST...                        prints the answer; status 0 if it is "ok"
//     tryd batch SOCKET                                 the same for each line of standard input
//     tryd do REQUEST...                                tries by itself
//
// One request a line, words separated by spaces, %XX for any byte; one answer a line: "ok",
// "ok VALUE" or "errno NAME". The requests are the table at the end of this file.
//
// Static, and linked as C: it needs no library of the release that it runs on.

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fork_away.hpp"

namespace {

constexpr int kMaxWords = 16;
constexpr int kFirstPassedFd = 3; // systemd's SD_LISTEN_FDS_START
constexpr size_t kLine = 8192;

char** program_arguments;
char value[kLine]; // what a request found out besides "ok"

// --- what can be tried; each returns 0 or an errno value

int result(long returned) {
  return returned < 0 ? errno : 0;
}

int result_fd(int fd) {
  if (fd < 0)
    return errno;
  close(fd);
  return 0;
}

int try_read(char** a) {
  return result_fd(open(a[0], O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}
int try_write(char** a) {
  return result_fd(open(a[0], O_WRONLY | O_CLOEXEC | O_NONBLOCK));
}
int try_truncate(char** a) {
  return result(truncate(a[0], 0));
}
int try_open_truncate(char** a) {
  return result_fd(open(a[0], O_WRONLY | O_TRUNC | O_CLOEXEC));
}
int try_create(char** a) {
  return result_fd(open(a[0], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
}
int try_list(char** a) {
  return result_fd(open(a[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}
int try_mkdir(char** a) {
  return result(mkdir(a[0], 0700));
}
int try_rmdir(char** a) {
  return result(rmdir(a[0]));
}
int try_unlink(char** a) {
  return result(unlink(a[0]));
}
int try_rename(char** a) {
  return result(rename(a[0], a[1]));
}
int try_exchange(char** a) {
  constexpr unsigned kExchange = 2; // RENAME_EXCHANGE
  return result(syscall(SYS_renameat2, AT_FDCWD, a[0], AT_FDCWD, a[1], kExchange));
}
int try_link(char** a) {
  return result(link(a[0], a[1]));
}
int try_symlink(char** a) {
  return result(symlink(a[0], a[1]));
}
int try_mkfifo(char** a) {
  return result(mkfifo(a[0], 0600));
}
int try_mksock(char** a) {
  return result(mknod(a[0], S_IFSOCK | 0600, 0));
}
int try_mkchar(char** a) {
  return result(mknod(a[0], S_IFCHR | 0600, makedev(1, 3)));
}
int try_mkblock(char** a) {
  return result(mknod(a[0], S_IFBLK | 0600, makedev(7, 0)));
}
int try_chdir(char** a) {
  return result(chdir(a[0]));
}

int try_ioctl(char** a) {
  const int fd = open(a[0], O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return errno;
  char unused[64];
  // ENOTTY is the device's own answer: the kernel let the request through to it.
  const int error = ioctl(fd, TCGETS, unused) < 0 && errno != ENOTTY ? errno : 0;
  close(fd);
  return error;
}

// What changes the tree of mounts. Nobody is to be allowed any of it.
int try_mount(char** a) {
  return result(mount("none", a[0], "tmpfs", 0, nullptr));
}
int try_remount(char** a) {
  return result(mount(nullptr, a[0], nullptr, MS_REMOUNT | MS_RDONLY, nullptr));
}
int try_umount(char** a) {
  return result(umount(a[0]));
}
int try_move_mount(char** a) {
  constexpr long kMoveMount = 429;
  return result(syscall(kMoveMount, AT_FDCWD, a[0], AT_FDCWD, a[1], 0));
}
int try_pivot_root(char** a) {
  return result(syscall(SYS_pivot_root, a[0], a[1]));
}

// A child runs the program; the pipe is closed by a successful exec, and else carries the errno.
int try_exec(char** a) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0)
    return errno;
  const pid_t child = fork();
  if (child == 0) {
    execv(a[0], a);
    const int error = errno;
    (void)!write(ends[1], &error, sizeof error);
    _exit(127);
  }
  close(ends[1]);
  int error = 0;
  const bool failed = read(ends[0], &error, sizeof error) == sizeof error;
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!failed)
    snprintf(value, sizeof value, "%d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  return error;
}

using SocketCall = int (*)(int, const sockaddr*, socklen_t);

// A[0] is the port, A[1] the address if it is not 127.0.0.1.
int call_inet(int type, SocketCall call, char** a) {
  const char* host = a[1] ? a[1] : "127.0.0.1";
  const uint16_t port = htons(static_cast<uint16_t>(atoi(a[0])));
  sockaddr_in v4 = {};
  sockaddr_in6 v6 = {};
  v4.sin_port = v6.sin6_port = port;
  v4.sin_family = AF_INET;
  v6.sin6_family = AF_INET6;
  const bool is_v4 = inet_pton(AF_INET, host, &v4.sin_addr) == 1;
  if (!is_v4 && inet_pton(AF_INET6, host, &v6.sin6_addr) != 1)
    return EINVAL;
  const int fd = socket(is_v4 ? AF_INET : AF_INET6, type | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return errno;
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const int error = result(is_v4 ? call(fd, reinterpret_cast<sockaddr*>(&v4), sizeof v4)
                                 : call(fd, reinterpret_cast<sockaddr*>(&v6), sizeof v6));
  close(fd);
  return error;
}

int try_bind_tcp(char** a) {
  return call_inet(SOCK_STREAM, bind, a);
}
int try_connect_tcp(char** a) {
  return call_inet(SOCK_STREAM, connect, a);
}
int try_bind_udp(char** a) {
  return call_inet(SOCK_DGRAM, bind, a);
}
int try_connect_udp(char** a) {
  return call_inet(SOCK_DGRAM, connect, a);
}

// One datagram, from a socket that has no port yet.
int send_datagram(int fd, const sockaddr* address, socklen_t length) {
  return static_cast<int>(sendto(fd, "", 1, 0, address, length));
}
int try_send_udp(char** a) {
  return call_inet(SOCK_DGRAM, send_datagram, a);
}

// The socket stays open: somebody is to connect.
int listen_on(int fd, const sockaddr* address, socklen_t length) {
  if (bind(fd, address, length) < 0 || listen(fd, 64) < 0)
    return -1;
  return fcntl(fd, F_DUPFD_CLOEXEC, 0) < 0 ? -1 : 0;
}
int try_listen_tcp(char** a) {
  return call_inet(SOCK_STREAM, listen_on, a);
}

// unix_address: the name of a UNIX socket; abstract ones start with a NUL that PATH lacks.
socklen_t unix_address(sockaddr_un* address, const char* path, bool abstract) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  const size_t length = strnlen(path, sizeof address->sun_path - 1);
  memcpy(address->sun_path + abstract, path, length);
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length + 1);
}

int unix_socket(const char* path, bool abstract, SocketCall call, int type = SOCK_STREAM) {
  sockaddr_un address;
  socklen_t length = unix_address(&address, path, abstract);
  const int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  if (call(fd, reinterpret_cast<sockaddr*>(&address), length) < 0) {
    const int error = errno;
    close(fd);
    errno = error;
    return -1;
  }
  return fd;
}

int try_unix(char** a) {
  return result_fd(unix_socket(a[0], false, connect));
}
int try_listen_unix(char** a) {
  const int fd = unix_socket(a[0], false, bind); // stays open, as above
  return fd < 0 ? errno : result(listen(fd, 64));
}
int try_receive_unix(char** a) { // likewise, datagrams
  return result(unix_socket(a[0], false, bind, SOCK_DGRAM));
}
int try_send_unix(char** a) {
  return result_fd(unix_socket(a[0], false, send_datagram, SOCK_DGRAM));
}
int try_abstract(char** a) {
  return result_fd(unix_socket(a[0], true, connect));
}

int try_listen_abstract(char** a) {
  const int fd = unix_socket(a[0], true, bind); // stays open: somebody is to connect
  return fd < 0 ? errno : result(listen(fd, 8));
}

int try_signal(char** a) {
  return result(kill(atoi(a[0]), atoi(a[1])));
}
// PTRACE_SEIZE stops nobody. The tracee is let go when this process ends.
int try_ptrace(char** a) {
  return result(ptrace(PTRACE_SEIZE, atoi(a[0]), nullptr, nullptr));
}
int try_comm(char** a) {
  return result(prctl(PR_SET_NAME, a[0]));
}

// A domain of the daemon's own making, with every right of ABI 4 handled and none granted, and
// with the tag that it likes: what a service that lies can do.
int try_restrict(char**) {
  const struct { uint64_t fs, net; } handled = {0x7fff, 0x3};
  constexpr unsigned kLogNewExecOn = 2;
  const long ruleset = syscall(444, &handled, sizeof handled, 0);
  if (ruleset < 0)
    return errno;
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const int error = result(syscall(446, ruleset, kLogNewExecOn));
  close(static_cast<int>(ruleset));
  return error;
}

int try_abi(char**) {
  constexpr unsigned kVersion = 1;
  const long abi = syscall(444, nullptr, 0, kVersion);
  if (abi >= 0)
    snprintf(value, sizeof value, "%ld", abi);
  return result(abi);
}

// 0 where the kernel is too old to be asked.
int try_errata(char**) {
  constexpr unsigned kErrata = 2;
  const long errata = syscall(444, nullptr, 0, kErrata);
  snprintf(value, sizeof value, "%ld", errata < 0 ? 0 : errata);
  return errata < 0 && errno != EINVAL ? errno : 0;
}
int try_no_new_privs(char**) {
  return snprintf(value, sizeof value, "%d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)), 0;
}

int try_pid(char**) {
  return snprintf(value, sizeof value, "%d", getpid()), 0;
}
int try_uid(char**) {
  return snprintf(value, sizeof value, "%d", getuid()), 0;
}

int try_env(char** a) {
  const char* variable = getenv(a[0]);
  if (!variable)
    return ENOENT;
  snprintf(value, sizeof value, "%s", variable);
  return 0;
}

int try_argv(char**) {
  size_t used = 0;
  for (char** word = program_arguments; *word && used < sizeof value; ++word)
    used += static_cast<size_t>(snprintf(value + used, sizeof value - used, "[%s]", *word));
  return 0;
}

int try_name(char**) {
  return result(prctl(PR_GET_NAME, value));
}

// The numbers of the open descriptors, without those of this request itself.
int try_fds(char** a) {
  (void)a;
  size_t used = 0;
  for (int fd = 0; fd < 256; ++fd)
    if (fcntl(fd, F_GETFD) >= 0)
      used +=
          static_cast<size_t>(snprintf(value + used, sizeof value - used, used ? " %d" : "%d", fd));
  return 0;
}

struct Request {
  const char* name;
  int arguments;
  int (*perform)(char**);
};

constexpr Request kRequests[] = {
    {"read", 1, try_read},
    {"write", 1, try_write},
    {"truncate", 1, try_truncate},
    {"open-truncate", 1, try_open_truncate},
    {"create", 1, try_create},
    {"list", 1, try_list},
    {"mkdir", 1, try_mkdir},
    {"rmdir", 1, try_rmdir},
    {"unlink", 1, try_unlink},
    {"rename", 2, try_rename},
    {"exchange", 2, try_exchange},
    {"link", 2, try_link},
    {"symlink", 2, try_symlink},
    {"mkfifo", 1, try_mkfifo},
    {"mksock", 1, try_mksock},
    {"mkchar", 1, try_mkchar},
    {"mkblock", 1, try_mkblock},
    {"mount", 1, try_mount},
    {"remount", 1, try_remount},
    {"umount", 1, try_umount},
    {"move-mount", 2, try_move_mount},
    {"pivot-root", 2, try_pivot_root},
    {"chdir", 1, try_chdir},
    {"ioctl", 1, try_ioctl},
    {"exec", 1, try_exec},         // and the program's own arguments
    {"bind-tcp", 1, try_bind_tcp}, // these six: and an address
    {"connect-tcp", 1, try_connect_tcp},
    {"bind-udp", 1, try_bind_udp},
    {"connect-udp", 1, try_connect_udp},
    {"send-udp", 1, try_send_udp},
    {"listen-tcp", 1, try_listen_tcp},
    {"unix", 1, try_unix},
    {"send-unix", 1, try_send_unix},
    {"receive-unix", 1, try_receive_unix},
    {"listen-unix", 1, try_listen_unix},
    {"abstract", 1, try_abstract},
    {"listen-abstract", 1, try_listen_abstract},
    {"signal", 2, try_signal},
    {"ptrace", 1, try_ptrace},
    {"comm", 1, try_comm},
    {"restrict", 0, try_restrict},
    {"abi", 0, try_abi},
    {"errata", 0, try_errata},
    {"no-new-privs", 0, try_no_new_privs},
    {"pid", 0, try_pid},
    {"uid", 0, try_uid},
    {"env", 1, try_env},
    {"argv", 0, try_argv},
    {"name", 0, try_name},
    {"fds", 0, try_fds},
};

// --- requests and answers

struct ErrnoName {
  int number;
  const char* name;
};

constexpr ErrnoName kErrnoNames[] = {
    {EPERM, "EPERM"},
    {ENOENT, "ENOENT"},
    {ESRCH, "ESRCH"},
    {EINTR, "EINTR"},
    {EIO, "EIO"},
    {ENXIO, "ENXIO"},
    {EBADF, "EBADF"},
    {EAGAIN, "EAGAIN"},
    {EACCES, "EACCES"},
    {EBUSY, "EBUSY"},
    {EEXIST, "EEXIST"},
    {EXDEV, "EXDEV"},
    {ENODEV, "ENODEV"},
    {ENOTDIR, "ENOTDIR"},
    {EISDIR, "EISDIR"},
    {EINVAL, "EINVAL"},
    {ENOTTY, "ENOTTY"},
    {ETXTBSY, "ETXTBSY"},
    {EROFS, "EROFS"},
    {ENOSYS, "ENOSYS"},
    {EADDRINUSE, "EADDRINUSE"},
    {ELOOP, "ELOOP"},
    {E2BIG, "E2BIG"},
    {ECONNREFUSED, "ECONNREFUSED"},
    {ENOEXEC, "ENOEXEC"},
    {ENOTEMPTY, "ENOTEMPTY"},
};

int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  digit |= 0x20;
  return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

// decode: %XX in place.
void decode(char* word) {
  char* to = word;
  for (const char* from = word; *from; ++from, ++to) {
    *to = *from;
    if (*from == '%' && hex_digit(from[1]) >= 0 && hex_digit(from[2]) >= 0) {
      *to = static_cast<char>(hex_digit(from[1]) * 16 + hex_digit(from[2]));
      from += 2;
    }
  }
  *to = '\0';
}

int split(char* line, char** words) {
  int count = 0;
  for (char* word = strtok(line, " \n"); word && count < kMaxWords - 1;
       word = strtok(nullptr, " \n"))
    words[count++] = word;
  for (int i = 0; i < count; ++i)
    decode(words[i]);
  words[count] = nullptr;
  return count;
}

const Request* find_request(const char* name) {
  for (const Request& request : kRequests)
    if (strcmp(request.name, name) == 0)
      return &request;
  return nullptr;
}

// perform: tries what WORDS say and writes the answer, without its newline.
void perform(int count, char** words, char* answer, size_t size) {
  const Request* request = count > 0 ? find_request(words[0]) : nullptr;
  if (!request || count - 1 < request->arguments) {
    snprintf(answer, size, "unknown request");
    return;
  }
  value[0] = '\0';
  const int error = request->perform(words + 1);
  if (error == 0) {
    snprintf(answer, size, value[0] ? "ok %s" : "ok", value);
    return;
  }
  for (const ErrnoName& known : kErrnoNames)
    if (known.number == error) {
      snprintf(answer, size, "errno %s", known.name);
      return;
    }
  snprintf(answer, size, "errno %d", error);
}

// --- the daemon

[[noreturn]] void die(const char* what) {
  dprintf(2, "tryd: %s: %s\n", what, strerror(errno));
  exit(1);
}

// sd_notify(3) by hand: one datagram to the socket that systemd names.
void notify_ready() {
  const char* path = getenv("NOTIFY_SOCKET");
  if (!path)
    return;
  sockaddr_un address;
  const bool abstract = path[0] == '@';
  socklen_t length = unix_address(&address, path + abstract, abstract);
  if (!abstract)
    --length; // systemd's is a path; the NUL at its end is not part of the name
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  constexpr char kReady[] = "READY=1\nSTATUS=waiting for requests";
  if (sendto(fd, kReady, sizeof kReady - 1, 0, reinterpret_cast<sockaddr*>(&address), length) < 0)
    die("NOTIFY_SOCKET");
  close(fd);
}

// What daemons did before systemd: two forks, and a file with the number of the last.
void fork_away(const char* pidfile) {
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) < 0)
    die("pipe");
  if (fork() > 0) {
    char byte;
    close(ready[1]);
    exit(read(ready[0], &byte, 1) == 1 ? 0 : 1);
  }
  if (!fork_away_as_daemon(pidfile))
    die(pidfile);
  (void)!write(ready[1], "", 1);
  close(ready[0]);
  close(ready[1]);
}

int listening_socket(const char* path) {
  if (!path)
    return kFirstPassedFd;
  unlink(path);
  const int fd = unix_socket(path, false, bind);
  if (fd < 0 || listen(fd, 8) < 0)
    die(path);
  chmod(path, 0666);
  return fd;
}

void answer_client(FILE* client) {
  char line[kLine];
  char answer[kLine + 16];
  while (fgets(line, sizeof line, client)) {
    char* words[kMaxWords];
    perform(split(line, words), words, answer, sizeof answer);
    fprintf(client, "%s\n", answer);
    fflush(client);
  }
}

int serve(char** arguments) {
  bool notify = false;
  const char* pidfile = nullptr;
  for (; *arguments && strncmp(*arguments, "--", 2) == 0; ++arguments) {
    if (strcmp(*arguments, "--notify") == 0)
      notify = true;
    else if (strcmp(*arguments, "--fork") == 0 && arguments[1])
      pidfile = *++arguments;
  }
  const int listener = listening_socket(*arguments);
  if (pidfile)
    fork_away(pidfile);
  if (notify)
    notify_ready();
  for (;;) {
    const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0)
      die("accept");
    FILE* client = fdopen(fd, "r+");
    answer_client(client);
    fclose(client);
  }
}

// --- the client

int report(const char* answer) {
  printf("%s\n", answer);
  return strncmp(answer, "ok", 2) == 0 ? 0 : 1;
}

int ask(char** arguments) {
  const int fd = unix_socket(arguments[0], false, connect);
  if (fd < 0)
    die(arguments[0]);
  for (char** word = arguments + 1; *word; ++word)
    dprintf(fd, word[1] ? "%s " : "%s\n", *word);
  char answer[kLine + 16] = "";
  FILE* daemon = fdopen(fd, "r");
  if (!fgets(answer, sizeof answer, daemon)) {
    dprintf(2, "tryd: no answer\n");
    return 1;
  }
  answer[strcspn(answer, "\n")] = '\0';
  return report(answer);
}

// batch: far cheaper than one process a request, where processes are dear.
int batch(char** arguments) {
  const int fd = unix_socket(arguments[0], false, connect);
  if (fd < 0)
    die(arguments[0]);
  FILE* daemon = fdopen(fd, "r");
  char line[kLine];
  while (fgets(line, sizeof line, stdin)) {
    dprintf(fd, "%s", line);
    if (!fgets(line, sizeof line, daemon))
      return 1;
    fputs(line, stdout);
  }
  return 0;
}

int do_here(char** arguments) {
  char answer[kLine + 16];
  int count = 0;
  while (arguments[count]) {
    decode(arguments[count]);
    ++count;
  }
  perform(count, arguments, answer, sizeof answer);
  return report(answer);
}

} // namespace

int main(int count, char** arguments) {
  program_arguments = arguments;
  signal(SIGPIPE, SIG_IGN);
  if (count >= 2 && strcmp(arguments[1], "serve") == 0)
    return serve(arguments + 2);
  if (count >= 4 && strcmp(arguments[1], "ask") == 0)
    return ask(arguments + 2);
  if (count == 3 && strcmp(arguments[1], "batch") == 0)
    return batch(arguments + 2);
  if (count >= 3 && strcmp(arguments[1], "do") == 0)
    return do_here(arguments + 2);
  dprintf(2, "usage: tryd serve [--notify] [--fork PIDFILE] [SOCKET]\n"
             "       tryd ask SOCKET REQUEST...\n"
             "       tryd batch SOCKET\n"
             "       tryd do REQUEST...\n");
  return 2;
}
