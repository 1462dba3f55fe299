// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/program.hpp"

#include <cerrno>

#include "base/exit_status.hpp"
#include "base/interpreter.hpp"
#include "exec/error_text.hpp"
#include "exec/grants.hpp"
#include "exec/inode.hpp"

namespace unitlock::exec {
namespace {

constexpr std::uint64_t kExecute = landlock::mask_of("fs.execute");

/// A path in a buffer of its own, ended by a NUL.
struct Path {
  char bytes[4096] = {};

  bool set(std::string_view text) {
    if (text.empty() || text.size() >= sizeof bytes)
      return false;
    text.copy(bytes, text.size());
    bytes[text.size()] = '\0';
    return true;
  }
};

/// The path that is left when all links are followed. Needs /proc.
bool real_path(const char* path, Path& out) {
  int fd = sys::open(path, O_PATH);
  if (fd < 0)
    return false;
  FixedText<48> link;
  link.add_raw("/proc/self/fd/").add_number(static_cast<unsigned>(fd)).add_raw({"\0", 1});
  long size = sys::readlink(link.view().data(), out.bytes, sizeof out.bytes - 1);
  out.bytes[size > 0 ? size : 0] = '\0';
  sys::close(fd);
  return size > 0;
}

/// Whether the policy denies executing what `path` leads to. `real` is what is denied.
bool denied(const char* path, const Plan& plan, OptionReader options, Path& real) {
  std::uint64_t granted = 0;
  return (plan.handled.fs & kExecute) && real_path(path, real) &&
         granted_along(real.bytes, plan, options, granted) && !(granted & kExecute);
}

/// The interpreter of `path` into `out`. Not known where the policy lets it be executed but not
/// read, and then nothing more is said than the error.
bool next_interpreter(const char* path, Path& out) {
  int fd = sys::open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return false;
  char head[4096];
  long size = sys::read(fd, head, sizeof head);
  sys::close(fd);
  return size > 0 && out.set(interpreter_of({head, static_cast<std::size_t>(size)}));
}

constexpr std::string_view kCannot = ": cannot execute: ";

[[noreturn]] void explain(int error, const Settings& settings, const Plan& plan,
                          OptionReader options, Reporter& reporter) {
  constexpr int kDeepest = 5; // BINPRM_MAX_RECURSION and the loader
  std::string_view program = settings.program;
  Path path, next, real;
  bool known = path.set(program);
  for (int depth = 0; known && depth < kDeepest; ++depth) {
    bool is_program = depth == 0;
    if (error == EACCES && denied(path.bytes, plan, options, real))
      reporter.refuse(exit_status::kExec,
                      {program, kCannot, error_text(error),
                       ": the policy does not grant fs.execute on ",
                       is_program ? "it: " : "its interpreter ", real.bytes, " (ExecPaths= does)"});
    Inode inode;
    if (error == ENOENT && !is_program && !inode_at(path.bytes, inode))
      reporter.refuse(exit_status::kExec, {program, kCannot, "its interpreter ", path.bytes,
                                           " is missing: ", error_text(error)});
    known = next_interpreter(path.bytes, next) && path.set(next.bytes);
  }
  reporter.refuse(exit_status::kExec, {program, kCannot, error_text(error)});
}

} // namespace

void become(const CommandLine& line, const Settings& settings, const Plan& plan,
            char* const* environment, Reporter& reporter) {
  sys::execve(settings.program.data(), line.words, environment);
  explain(errno, settings, plan, line.options(), reporter);
}

} // namespace unitlock::exec
