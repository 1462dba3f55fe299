// SPDX-License-Identifier: LGPL-2.1-or-later
// The service of the enforce tests: tries what its arguments say, one line of result each: "ok" or
// the error's name.
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <csignal>
#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace {

using Words = std::vector<std::string>;

/// 0 or the error of what returned `result`.
int error_of(long result) {
  return result < 0 ? errno : 0;
}

int open_and_close(const std::string& path, int flags) {
  int fd = open(path.c_str(), flags | O_CLOEXEC, 0600);
  int error = error_of(fd);
  if (fd >= 0)
    close(fd);
  return error;
}

int execute(const std::string& path) {
  int pipes[2];
  if (pipe2(pipes, O_CLOEXEC) != 0)
    return errno;
  pid_t child = fork();
  if (child == 0) {
    execl(path.c_str(), path.c_str(), nullptr);
    int error = errno;
    if (write(pipes[1], &error, sizeof error) < 0)
      _exit(1);
    _exit(127);
  }
  close(pipes[1]);
  int error = 0;
  if (read(pipes[0], &error, sizeof error) < 0)
    error = errno;
  close(pipes[0]);
  waitpid(child, nullptr, 0);
  return error;
}

int with_port(const std::string& port, int type, bool bind_it) {
  int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  int error =
      error_of(bind_it ? bind(fd, generic, sizeof address) : connect(fd, generic, sizeof address));
  close(fd);
  return error;
}

int reach_abstract(const std::string& name) {
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  int error =
      error_of(connect(fd, reinterpret_cast<sockaddr*>(&address),
                       static_cast<socklen_t>(sizeof address.sun_family + 1 + name.size())));
  close(fd);
  return error;
}

int attempt(const Words& word) {
  const std::string &what = word[0], &on = word.size() > 1 ? word[1] : what;
  if (what == "read")
    return open_and_close(on, O_RDONLY);
  if (what == "list")
    return open_and_close(on, O_RDONLY | O_DIRECTORY);
  if (what == "write")
    return open_and_close(on, O_WRONLY);
  if (what == "truncate")
    return error_of(truncate(on.c_str(), 0));
  if (what == "create")
    return open_and_close(on, O_WRONLY | O_CREAT | O_EXCL);
  if (what == "mkdir")
    return error_of(mkdir(on.c_str(), 0700));
  if (what == "unlink")
    return error_of(unlink(on.c_str()));
  if (what == "rename")
    return error_of(rename(on.c_str(), word.at(2).c_str()));
  if (what == "exec")
    return execute(on);
  if (what == "bind-tcp")
    return with_port(on, SOCK_STREAM, true);
  if (what == "connect-tcp")
    return with_port(on, SOCK_STREAM, false);
  if (what == "signal")
    return error_of(kill(std::stoi(on), 0));
  if (what == "abstract")
    return reach_abstract(on);
  return EINVAL;
}

/// What exec(2) passes on.
bool print_state(const std::string& what, int argc, char** argv) {
  if (what == "pid")
    std::printf("%d\n", getpid());
  else if (what == "no-new-privs")
    std::printf("%d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  else if (what == "name") {
    char name[16];
    prctl(PR_GET_NAME, name);
    std::printf("%s\n", name);
  } else if (what == "descriptors") {
    for (int fd = 0; fd < 1024; ++fd)
      if (int flags = fcntl(fd, F_GETFD); flags >= 0)
        std::printf("%d%s ", fd, flags & FD_CLOEXEC ? "c" : "");
    std::printf("\n");
  } else if (what == "environment") {
    for (char** at = environ; *at; ++at)
      std::printf("%s\n", *at);
  } else if (what == "words") {
    for (int i = 0; i < argc; ++i)
      std::printf("[%s]", argv[i]);
    std::printf("\n");
  } else {
    return false;
  }
  return true;
}

/// "listen-abstract NAME": holds an abstract socket until standard input ends.
/// "journal PATH": receives one datagram at PATH and prints it.
int serve(const Words& word) {
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  bool abstract = word[0] == "listen-abstract";
  std::memcpy(address.sun_path + (abstract ? 1 : 0), word[1].data(), word[1].size());
  if (bind(fd, reinterpret_cast<sockaddr*>(&address),
           static_cast<socklen_t>(sizeof address.sun_family + (abstract ? 1 : 0) +
                                  word[1].size())) != 0)
    return 1;
  char buffer[65536];
  ssize_t size = abstract ? read(STDIN_FILENO, buffer, 1) : recv(fd, buffer, sizeof buffer, 0);
  if (!abstract && size > 0)
    fwrite(buffer, 1, static_cast<std::size_t>(size), stdout);
  return 0;
}

/// The kernel's Landlock ABI; 0 for none.
int landlock_abi() {
  long abi = syscall(444, nullptr, 0, 1);
  return abi < 0 ? 0 : static_cast<int>(abi);
}

Words split(const std::string& text) {
  Words words(1);
  for (char c : text)
    if (c == ',')
      words.emplace_back();
    else
      words.back() += c;
  return words;
}

} // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "abi") == 0) {
    std::printf("%d\n", landlock_abi());
    return 0;
  }
  for (int i = 1; i < argc; ++i) {
    Words word = split(argv[i]);
    if (word[0] == "listen-abstract" || word[0] == "journal")
      return serve(word);
    if (word[0] == "--" || print_state(word[0], argc, argv))
      break;
    int error = attempt(word);
    std::printf("%s\n", error ? strerrorname_np(error) : "ok");
  }
  return 0;
}
