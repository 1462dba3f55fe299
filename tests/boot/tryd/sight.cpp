// SPDX-License-Identifier: LGPL-2.1-or-later
//
// sight: a service that says what it sees of itself. Started twice, with the wrapper and without,
// it must say the same (tests/boot/38-surroundings.sh).
//
//     sight [--brief] [--to FILE] [--fork PIDFILE] [--notify TEXT] [--pet N] [--stay] [--exit N]
//           [ARGUMENT...]
//
// The report goes to standard output, which systemd has opened: Landlock does not restrict it.
// What must differ from one start to the next (PIDs, the invocation, inode numbers) is checked for
// its meaning and shown by its meaning.
//
//     --brief   only with open(2), write(2) and exit(2): for narrow system call filters
//     --to      append the report to this file instead
//     --fork    report from a daemon, as daemons were before systemd
//     --notify  then send this to $NOTIFY_SOCKET, "\n" written as it is here
//     --pet     then pet the watchdog N times, each time after half of its time
//     --stay    then wait for a signal
//     --exit    then exit with this status

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "fork_away.hpp"

extern char** environ;

namespace {

char** program_arguments;
char report[128 * 1024];
size_t report_size;

[[gnu::format(printf, 1, 2)]] void say(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int written =
      vsnprintf(report + report_size, sizeof report - report_size, format, arguments);
  va_end(arguments);
  if (written > 0 && report_size + static_cast<size_t>(written) < sizeof report)
    report_size += static_cast<size_t>(written);
}

// The result of a system call: its number, or the error's.
void say_call(const char* name, long returned) {
  if (returned < 0)
    say("%s: errno %d\n", name, errno);
  else
    say("%s: %ld\n", name, returned);
}

// The text of a small file; the report says so where it cannot be read.
bool read_file(const char* path, char* text, size_t size) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  size_t used = 0;
  long got = fd < 0 ? -1 : 1;
  while (got > 0 && used < size - 1 && (got = read(fd, text + used, size - 1 - used)) > 0)
    used += static_cast<size_t>(got);
  const int error = errno;
  if (fd >= 0)
    close(fd);
  text[used] = '\0';
  if (got < 0)
    say("%s: errno %d\n", path, error);
  return got >= 0;
}

bool read_link(const char* path, char* text, size_t size) {
  const ssize_t length = readlink(path, text, size - 1);
  text[length < 0 ? 0 : length] = '\0';
  if (length < 0)
    say("%s: errno %d\n", path, errno);
  return length >= 0;
}

// --- the environment

bool is_own_pid(const char* text) {
  return atol(text) == getpid();
}

bool is_invocation(const char* text) {
  return strlen(text) == 32 && strspn(text, "0123456789abcdef") == 32;
}

// "DEVICE:INODE" of standard output or error (systemd.exec(5)).
bool is_own_stream(const char* text) {
  for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; ++fd) {
    struct stat status;
    char name[64];
    if (fstat(fd, &status) != 0)
      continue;
    snprintf(name, sizeof name, "%lu:%lu", static_cast<unsigned long>(status.st_dev),
             static_cast<unsigned long>(status.st_ino));
    if (strcmp(name, text) == 0)
      return true;
  }
  return false;
}

bool is_number(const char* text) {
  return *text && strspn(text, "0123456789") == strlen(text);
}

// Variables that differ from start to start, and what must be true of them.
constexpr struct {
  const char* name;
  bool (*holds)(const char* value);
} kVariables[] = {
    {"INVOCATION_ID", is_invocation}, {"JOURNAL_STREAM", is_own_stream},
    {"LISTEN_PID", is_own_pid},       {"LISTEN_PIDFDID", is_number},
    {"MAINPID", is_own_pid},          {"MANAGERPIDFDID", is_number},
    {"REMOTE_PORT", is_number},       {"SO_COOKIE", is_number},
    {"SYSTEMD_EXEC_PID", is_own_pid}, {"WATCHDOG_PID", is_own_pid},
};

void say_variable(const char* variable) {
  for (const auto& known : kVariables) {
    const size_t length = strlen(known.name);
    if (strncmp(variable, known.name, length) == 0 && variable[length] == '=') {
      const bool holds = known.holds(variable + length + 1);
      say("env: %s %s\n", known.name, holds ? "is right" : "IS WRONG");
      return;
    }
  }
  say("env: %s\n", variable);
}

void say_words() {
  for (char** word = program_arguments; *word; ++word)
    say("argv: [%s]\n", *word);
  const auto* name = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  say("execfn: %s\n", name ? name : "");
  say("secure: %lu\n", getauxval(AT_SECURE));
  char comm[17] = "";
  prctl(PR_GET_NAME, comm);
  say("comm: %s\n", comm);
  for (char** variable = environ; *variable; ++variable)
    say_variable(*variable);
}

// --- descriptors

// The kind of what a link in /proc/self/fd leads to, without inode numbers.
void mask_link(char* link) {
  if (char* bracket = strchr(link, '['))
    *bracket = '\0';
}

void say_descriptors() {
  for (int fd = 0; fd < 256; ++fd) {
    const int flags = fcntl(fd, F_GETFL);
    struct stat status;
    if (flags < 0 || fstat(fd, &status) != 0)
      continue;
    char path[32], link[512] = "?";
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (read_link(path, link, sizeof link))
      mask_link(link);
    const bool same = S_ISREG(status.st_mode);
    say("fd %d: mode %o flags %o %o %s offset %ld\n", fd, status.st_mode, flags, fcntl(fd, F_GETFD),
        link, same ? static_cast<long>(lseek(fd, 0, SEEK_CUR)) : 0);
  }
}

// --- the process

void say_status() {
  // All that the kernel says of a process and that is not its memory, its PID or a counter.
  constexpr const char* kLines[] = {"Name:",        "Umask:",           "Uid:",
                                    "Gid:",         "Groups:",          "Threads:",
                                    "SigQ:",        "SigPnd:",          "ShdPnd:",
                                    "SigBlk:",      "SigIgn:",          "SigCgt:",
                                    "CapInh:",      "CapPrm:",          "CapEff:",
                                    "CapBnd:",      "CapAmb:",          "NoNewPrivs:",
                                    "Seccomp:",     "Seccomp_filters:", "Speculation_Store_Bypass:",
                                    "TracerPid:",   "Cpus_allowed:",    "Mems_allowed:",
                                    "CoreDumping:", "THP_enabled:"};
  static char text[16384];
  if (!read_file("/proc/self/status", text, sizeof text))
    return;
  for (char* line = strtok(text, "\n"); line; line = strtok(nullptr, "\n"))
    for (const char* wanted : kLines)
      if (strncmp(line, wanted, strlen(wanted)) == 0 && strcmp(wanted, "SigQ:") != 0)
        say("%s\n", line);
}

void say_calls() {
  constexpr struct {
    const char* name;
    int option;
  } kControls[] = {
      {"no_new_privs", PR_GET_NO_NEW_PRIVS},
      {"seccomp", PR_GET_SECCOMP},
      {"securebits", PR_GET_SECUREBITS},
      {"keepcaps", PR_GET_KEEPCAPS},
      {"dumpable", PR_GET_DUMPABLE},
      {"timerslack", PR_GET_TIMERSLACK},
      {"thp disabled", PR_GET_THP_DISABLE},
      {"mdwe", 66 /* PR_GET_MDWE */},
      {"timing", PR_GET_TIMING},
      {"mce kill", PR_MCE_KILL_GET},
  };
  for (const auto& control : kControls)
    say_call(control.name, prctl(control.option, 0UL, 0UL, 0UL, 0UL));
  int number = -1;
  prctl(PR_GET_PDEATHSIG, &number);
  say("death signal: %d\n", number);
  prctl(PR_GET_CHILD_SUBREAPER, &number);
  say("subreaper: %d\n", number);
  say_call("personality", syscall(SYS_personality, 0xffffffffUL));
  say_call("nice", syscall(SYS_getpriority, PRIO_PROCESS, 0));
  say_call("scheduler", syscall(SYS_sched_getscheduler, 0));
  say_call("io priority", syscall(SYS_ioprio_get, 1, 0));
  say_call("uid", getuid());
  say_call("gid", getgid());
  say("session leader: %d, process group leader: %d\n", getsid(0) == getpid(),
      getpgrp() == getpid());
  say_call("parent", getppid());
}

void say_limits() {
  for (int resource = 0; resource < RLIM_NLIMITS; ++resource) {
    struct rlimit limit = {};
    if (getrlimit(resource, &limit) == 0)
      say("limit %d: %llx %llx\n", resource, static_cast<unsigned long long>(limit.rlim_cur),
          static_cast<unsigned long long>(limit.rlim_max));
  }
}

void say_timers() {
  for (int timer = ITIMER_REAL; timer <= ITIMER_PROF; ++timer) {
    struct {
      long value[4];
    } now = {{1, 1, 1, 1}};
    say_call("timer", syscall(SYS_getitimer, timer, &now));
    say("timer %d: %ld %ld\n", timer, now.value[2], now.value[3]);
  }
}

void say_session_keyring() {
  constexpr long kGetId = 0, kDescribe = 6, kSession = -3;
  char text[256] = "";
  const long id = syscall(SYS_keyctl, kGetId, kSession, 0);
  if (id < 0 || syscall(SYS_keyctl, kDescribe, id, text, sizeof text) < 0)
    say("keyring: errno %d\n", errno);
  else
    say("keyring: %s\n", text);
}

// --- what is around it

void say_files() {
  static char text[32768];
  constexpr const char* kFiles[] = {
      "/proc/self/cgroup",          "/proc/self/oom_score_adj", "/proc/self/loginuid",
      "/proc/self/coredump_filter", "/proc/self/attr/current",  "/proc/self/uid_map",
      "/proc/self/gid_map",         "/proc/self/setgroups",     "/proc/self/timens_offsets"};
  for (const char* path : kFiles)
    if (read_file(path, text, sizeof text)) {
      for (char* line = strtok(text, "\n"); line; line = strtok(nullptr, "\n"))
        say("%s: %s\n", path, line);
    }
  constexpr const char* kLinks[] = {"/proc/self/cwd", "/proc/self/root", "/proc/self/exe"};
  for (const char* path : kLinks)
    if (read_link(path, text, sizeof text))
      say("%s: %s\n", path, text);
}

// Field 7 of stat: the number of the controlling terminal.
void say_terminal() {
  char text[1024];
  if (!read_file("/proc/self/stat", text, sizeof text))
    return;
  const char* behind = strrchr(text, ')');
  int parent = 0, group = 0, session = 0, terminal = 0, foreground = 0;
  char state = 0;
  if (behind && sscanf(behind + 1, " %c %d %d %d %d %d", &state, &parent, &group, &session,
                       &terminal, &foreground) == 6)
    say("terminal: %d, in the foreground: %d\n", terminal, foreground == getpgrp());
}

void say_namespaces() {
  constexpr const char* kNames[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
  for (const char* name : kNames) {
    char path[64], link[64];
    snprintf(path, sizeof path, "/proc/self/ns/%s", name);
    if (read_link(path, link, sizeof link))
      say("namespace %s\n", link);
  }
}

// Mount point, root, options and type: all but the numbers.
void say_mounts() {
  static char text[65536];
  if (!read_file("/proc/self/mountinfo", text, sizeof text))
    return;
  for (char* line = strtok(text, "\n"); line; line = strtok(nullptr, "\n")) {
    int start = 0;
    sscanf(line, "%*d %*d %*s %n", &start);
    say("mount: %s\n", line + start);
  }
}

// Tried by every service, and denied to a confined one: nothing grants "/" itself.
void say_witness() {
  const int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  say("witness: %s\n", fd >= 0 ? "opened" : errno == EACCES ? "denied" : "another error");
  if (fd >= 0)
    close(fd);
}

void say_all() {
  say("pid: %d\n", getpid());
  const char* invocation = getenv("INVOCATION_ID");
  say("invocation: %s\n", invocation ? invocation : "");
  say_words();
  say_descriptors();
  say_status();
  say_calls();
  say_limits();
  say_timers();
  say_session_keyring();
  say_files();
  say_terminal();
  say_namespaces();
  say_mounts();
  say_witness();
  say("end of report\n");
}

void say_brief() {
  for (char** word = program_arguments; *word; ++word)
    say("argv: [%s]\n", *word);
  for (char** variable = environ; *variable; ++variable)
    if (strncmp(*variable, "JOURNAL_STREAM=", 15) != 0)
      say_variable(*variable);
  say_witness();
  say("end of report\n");
}

// --- what a service does besides

[[noreturn]] void die(const char* what) {
  dprintf(STDERR_FILENO, "sight: %s: %s\n", what, strerror(errno));
  exit(1);
}

void send_report(const char* path) {
  const int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666) : STDOUT_FILENO;
  for (size_t sent = 0; sent < report_size;) {
    const ssize_t now = write(fd, report + sent, report_size - sent);
    if (now <= 0)
      die("the report");
    sent += static_cast<size_t>(now);
  }
}

// Two forks, and a file with the number of the last.
void fork_away(const char* pidfile) {
  if (fork() > 0)
    pause(); // until the daemon says that it is there
  if (!fork_away_as_daemon(pidfile))
    die(pidfile);
}

// "\n" in the text means a newline.
void notify(const char* text) {
  const char* path = getenv("NOTIFY_SOCKET");
  if (!path)
    die("NOTIFY_SOCKET");
  char message[256];
  size_t size = 0;
  for (; *text && size < sizeof message; ++text)
    message[size++] = text[0] == '\\' && text[1] == 'n' ? (++text, '\n') : *text;
  sockaddr_un address = {AF_UNIX, ""};
  const size_t length = strnlen(path, sizeof address.sun_path);
  memcpy(address.sun_path, path, length);
  if (path[0] == '@')
    address.sun_path[0] = '\0';
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (sendto(fd, message, size, 0, reinterpret_cast<sockaddr*>(&address),
             static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length)) < 0)
    die("sd_notify");
  close(fd);
}

void pet(int times) {
  const char* usec = getenv("WATCHDOG_USEC");
  for (; usec && times > 0; --times) {
    usleep(static_cast<useconds_t>(atol(usec) / 2));
    notify("WATCHDOG=1");
  }
}

struct Options {
  bool brief = false;
  bool stay = false;
  int status = 0;
  int pets = 0;
  const char* file = nullptr;
  const char* pidfile = nullptr;
  const char* message = nullptr;
};

Options parse(char** word) {
  Options options;
  for (++word; *word && strncmp(*word, "--", 2) == 0; ++word) {
    const char* name = *word + 2;
    if (strcmp(name, "brief") == 0)
      options.brief = true;
    else if (strcmp(name, "stay") == 0)
      options.stay = true;
    else if (!word[1])
      break;
    else if (strcmp(name, "exit") == 0)
      options.status = atoi(*++word);
    else if (strcmp(name, "pet") == 0)
      options.pets = atoi(*++word);
    else if (strcmp(name, "to") == 0)
      options.file = *++word;
    else if (strcmp(name, "fork") == 0)
      options.pidfile = *++word;
    else if (strcmp(name, "notify") == 0)
      options.message = *++word;
    else
      break;
  }
  return options;
}

} // namespace

int main(int, char** arguments) {
  program_arguments = arguments;
  const Options options = parse(arguments);
  const pid_t starter = getpid();
  if (options.pidfile) {
    signal(SIGUSR1, [](int) { _exit(0); });
    fork_away(options.pidfile);
  }
  options.brief ? say_brief() : say_all();
  send_report(options.file);
  if (options.pidfile)
    kill(starter, SIGUSR1);
  if (options.message)
    notify(options.message);
  pet(options.pets);
  while (options.stay)
    pause();
  // journald asks /proc whose messages they are: of a process that is gone it cannot tell.
  usleep(300'000);
  _exit(options.status);
}
