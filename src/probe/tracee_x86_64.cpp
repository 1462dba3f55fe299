// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe/tracee.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "base/unique_fd.hpp"
#include "probe/process_files.hpp"

namespace unitlock::probe {

namespace {

/// For a process to get out of an uninterruptible sleep, or to its next system call.
constexpr long kPatienceMsec = 500;
constexpr std::size_t kPageSize = 4096;
constexpr int kSyscallStop = SIGTRAP | 0x80; // PTRACE_O_TRACESYSGOOD
/// "syscall". The kernel has no other way in for 64-bit programs.
constexpr std::array<unsigned char, 2> kSyscallInstruction = {0x0f, 0x05};

enum class Stop {
  None, ///< not yet
  Ended,
  Interrupt, ///< what PTRACE_INTERRUPT asked for
  Group,     ///< by SIGSTOP or the like: somebody else wants it to stand still
  Syscall,   ///< at the entry or exit of a system call
  Signal,    ///< a signal is about to be delivered
};

struct Waited {
  Stop stop = Stop::None;
  int signal = 0;
};

Waited read_status(int status) {
  if (!WIFSTOPPED(status))
    return {Stop::Ended, 0};
  int signal = WSTOPSIG(status);
  if (status >> 16 == PTRACE_EVENT_STOP)
    return {signal == SIGTRAP ? Stop::Interrupt : Stop::Group, 0};
  if (signal == kSyscallStop)
    return {Stop::Syscall, 0};
  return {Stop::Signal, signal};
}

/// For ever: whoever has changed registers must not leave before they are put back.
Waited wait_stop(pid_t pid) {
  int status = 0;
  pid_t got = 0;
  while ((got = waitpid(pid, &status, __WALL)) < 0 && errno == EINTR) {
  }
  return got == pid ? read_status(status) : Waited{Stop::Ended, 0};
}

/// At most as long as there is patience.
Waited wait_stop_briefly(pid_t pid) {
  constexpr timespec kPause = {0, 50'000};
  timespec begin = {}, now = {};
  clock_gettime(CLOCK_MONOTONIC, &begin);
  do {
    int status = 0;
    pid_t got = waitpid(pid, &status, __WALL | WNOHANG);
    if (got == pid)
      return read_status(status);
    if (got < 0 && errno != EINTR)
      return {Stop::Ended, 0};
    nanosleep(&kPause, nullptr);
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while ((now.tv_sec - begin.tv_sec) * 1000 + (now.tv_nsec - begin.tv_nsec) / 1'000'000 <
           kPatienceMsec);
  return {};
}

bool trace(int request, pid_t pid, std::uintptr_t address, std::uintptr_t data) {
  return ptrace(static_cast<__ptrace_request>(request), pid, address, data) == 0;
}

bool get_registers(pid_t pid, user_regs_struct& out) {
  iovec part = {&out, sizeof out};
  return trace(PTRACE_GETREGSET, pid, NT_PRSTATUS, reinterpret_cast<std::uintptr_t>(&part)) &&
         part.iov_len == sizeof out; // 32-bit programs have fewer
}

bool set_registers(pid_t pid, user_regs_struct registers) {
  iovec part = {&registers, sizeof registers};
  return trace(PTRACE_SETREGSET, pid, NT_PRSTATUS, reinterpret_cast<std::uintptr_t>(&part));
}

bool set_signal_mask(pid_t pid, std::uint64_t mask) {
  return trace(PTRACE_SETSIGMASK, pid, sizeof mask, reinterpret_cast<std::uintptr_t>(&mask));
}

/// What is not known to have none.
bool is_filtered(pid_t pid) {
  return process_status(pid).number<int>("Seccomp") != 0;
}

/// Whether a signal is on its way that `mask` does not hold back.
bool has_signal(pid_t pid, std::uint64_t mask) {
  ProcessStatus status = process_status(pid);
  std::uint64_t pending = 0;
  for (const char* name : {"SigPnd", "ShdPnd"})
    pending |= status.number<std::uint64_t>(name, 0, 16).value_or(0);
  return (pending & ~mask) != 0;
}

/// Calls that end with EINTR wherever they are stopped, signal or not (signal(7)), and that have
/// done nothing then: they can be made again.
bool ends_with_eintr(unsigned long long number) {
  constexpr auto kCalls = std::to_array<unsigned long long>(
      {SYS_epoll_wait, SYS_epoll_pwait, SYS_epoll_pwait2, SYS_rt_sigtimedwait, SYS_semop,
       SYS_semtimedop, SYS_msgrcv, SYS_msgsnd, SYS_io_getevents, SYS_accept, SYS_accept4,
       SYS_recvfrom, SYS_recvmsg, SYS_recvmmsg, SYS_sendto, SYS_sendmsg});
  return std::find(kCalls.begin(), kCalls.end(), number) != kCalls.end();
}

UniqueFd open_memory(pid_t pid, int flags) {
  return UniqueFd(open(fmt::format("/proc/{}/mem", pid).c_str(), flags | O_CLOEXEC));
}

/// No system call is restarted once the registers are these.
constexpr unsigned long long kNoCall = ~0ULL;

} // namespace

struct Tracee::Registers {
  user_regs_struct value = {};
};

Tracee::Tracee(pid_t pid) : pid_(pid), saved_(std::make_unique<Registers>()) {}

Result<std::unique_ptr<Tracee>> Tracee::stop(pid_t pid) {
  std::unique_ptr<Tracee> tracee(new Tracee(pid));
  if (auto attached = tracee->attach(); !attached) {
    tracee->ended_ = true; // nothing to be let go
    return tl::unexpected(attached.error());
  }
  if (auto reached = tracee->reach_system_call(); !reached)
    return tl::unexpected(reached.error());
  if (auto remembered = tracee->remember(); !remembered)
    return tl::unexpected(remembered.error());
  return tracee;
}

Result<void> Tracee::attach() {
  constexpr std::uintptr_t kOptions = PTRACE_O_TRACESYSGOOD;
  // Without the option, a filter that kills would kill, also one that comes before the stop.
  suspended_ = trace(PTRACE_SEIZE, pid_, 0, kOptions | PTRACE_O_SUSPEND_SECCOMP);
  if (!suspended_ && !trace(PTRACE_SEIZE, pid_, 0, kOptions))
    return fail("it cannot be traced", errno);
  return {};
}

/// Whether it stands right behind a system call instruction, and was in the call. Where the kernel
/// has just set a call up to be made again, it still has its number but stands in front of it.
bool Tracee::is_behind_call() const {
  std::array<unsigned char, 2> instruction = {};
  UniqueFd memory = open_memory(pid_, O_RDONLY);
  return static_cast<long long>(saved_->value.orig_rax) >= 0 &&
         pread(memory.get(), instruction.data(), instruction.size(),
               static_cast<off_t>(saved_->value.rip - instruction.size())) == 2 &&
         instruction == kSyscallInstruction;
}

/// To where it does a system call: to the one that it is in, or to its next.
Result<void> Tracee::reach_system_call() {
  if (!trace(PTRACE_INTERRUPT, pid_, 0, 0))
    return fail("it cannot be stopped", errno);
  Waited waited = wait_stop_briefly(pid_);
  while (waited.stop == Stop::Signal) {
    trace(PTRACE_CONT, pid_, 0, static_cast<std::uintptr_t>(waited.signal));
    waited = wait_stop_briefly(pid_);
  }
  if (waited.stop == Stop::Interrupt && get_registers(pid_, saved_->value) && !is_behind_call()) {
    at_ = At::Entry;
    trace(PTRACE_SYSCALL, pid_, 0, 0);
    waited = wait_stop_briefly(pid_);
    while (waited.stop == Stop::Signal) {
      trace(PTRACE_SYSCALL, pid_, 0, static_cast<std::uintptr_t>(waited.signal));
      waited = wait_stop_briefly(pid_);
    }
  }
  if (waited.stop == Stop::None && at_ == At::Entry && trace(PTRACE_INTERRUPT, pid_, 0, 0))
    hold_back(wait_stop(pid_).signal); // to be let go it has to stand still
  switch (waited.stop) {
  case Stop::Interrupt:
  case Stop::Syscall:
    return {};
  case Stop::None:
    return fail(at_ == At::Entry ? "it makes no system calls" : "it cannot be interrupted");
  case Stop::Ended:
    ended_ = true;
    return fail("it has ended");
  case Stop::Group:
  case Stop::Signal:
    break;
  }
  return fail("it is stopped");
}

Result<void> Tracee::remember() {
  filtered_ = is_filtered(pid_);
  if (filtered_ && !suspended_)
    return fail("it has a system call filter, which cannot be suspended");
  if (!get_registers(pid_, saved_->value))
    return fail("it is a 32-bit program");
  if (!is_behind_call())
    return fail("it does not call the kernel as 64-bit programs do");
  if (!trace(PTRACE_GETSIGMASK, pid_, sizeof saved_mask_,
             reinterpret_cast<std::uintptr_t>(&saved_mask_)) ||
      !set_signal_mask(pid_, ~std::uint64_t{0}))
    return fail("its signals cannot be held back", errno);
  changed_ = true;
  return at_ == At::Entry ? skip_call() : Result<void>();
}

/// From the entry of the program's own call to its exit, without its being done.
Result<void> Tracee::skip_call() {
  user_regs_struct registers = saved_->value;
  registers.orig_rax = kNoCall;
  set_registers(pid_, registers);
  return finish_call();
}

/// To the next entry or exit. A process that does not get there is frozen, or another thread of it
/// has put something else in the way.
Result<void> Tracee::finish_call() {
  constexpr int kStops = 16;
  Waited waited;
  for (int stop = 0; stop < kStops && waited.stop != Stop::Syscall; ++stop) {
    trace(PTRACE_SYSCALL, pid_, 0, 0);
    waited = wait_stop_briefly(pid_);
    hold_back(waited.signal);
    if (waited.stop == Stop::Ended) {
      ended_ = true;
      return fail("it has ended");
    }
    if (waited.stop == Stop::None)
      break;
  }
  if (waited.stop == Stop::Syscall)
    return {};
  stuck_ = true;
  running_ = true;
  return fail("it does not go on");
}

/// Whether what stands at its entry is the call that was wanted: another thread can change the
/// program, and while the filter is suspended no other call must be made.
bool Tracee::is_at(const Registers& wanted) const {
  const user_regs_struct& want = wanted.value;
  user_regs_struct now = {};
  return get_registers(pid_, now) && now.orig_rax == want.rax &&
         now.rip == want.rip + kSyscallInstruction.size() && now.rdi == want.rdi &&
         now.rsi == want.rsi && now.rdx == want.rdx && now.r10 == want.r10 && now.r8 == want.r8 &&
         now.r9 == want.r9;
}

/// SIGSTOP cannot be blocked: it has to wait until the process is its own again.
void Tracee::hold_back(int signal) {
  if (signal != 0)
    held_back_ = signal;
}

Result<long> Tracee::call(long number, std::initializer_list<std::uint64_t> arguments) {
  if (ended_ || stuck_)
    return fail("it does not go on");
  Registers wanted = {saved_->value};
  user_regs_struct& registers = wanted.value;
  unsigned long long* const slots[] = {&registers.rdi, &registers.rsi, &registers.rdx,
                                       &registers.r10, &registers.r8,  &registers.r9};
  std::size_t slot = 0;
  for (std::uint64_t argument : arguments)
    *slots[slot++] = argument;
  registers.rax = static_cast<unsigned long long>(number);
  registers.orig_rax = kNoCall;
  registers.rip = saved_->value.rip - kSyscallInstruction.size();
  if (!set_registers(pid_, registers))
    return fail("it cannot be made to call the kernel", errno);
  if (auto entered = finish_call(); !entered)
    return tl::unexpected(entered.error());
  if (!is_at(wanted)) {
    registers.orig_rax = kNoCall; // nor is the other one made
    set_registers(pid_, registers);
    stuck_ = true;
    return fail("it does something else than it is asked to");
  }
  if (auto left = finish_call(); !left)
    return tl::unexpected(left.error());
  if (!get_registers(pid_, registers))
    return fail("it cannot be asked", errno);
  return static_cast<long>(registers.rax);
}

Result<std::uint64_t> Tracee::put(std::string_view bytes) {
  if (page_ == 0) {
    auto mapped = call(SYS_mmap, {0, kPageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                                  ~std::uint64_t{0}, 0});
    if (!mapped)
      return tl::unexpected(mapped.error());
    if (*mapped < 0 && *mapped >= -4095)
      return fail("it gets no memory", static_cast<int>(-*mapped));
    page_ = static_cast<std::uint64_t>(*mapped);
  }
  UniqueFd memory = open_memory(pid_, O_WRONLY);
  if (bytes.size() > kPageSize || pwrite(memory.get(), bytes.data(), bytes.size(),
                                         static_cast<off_t>(page_)) != ssize_t(bytes.size()))
    return fail("its memory cannot be written", errno);
  return page_;
}

/// The kernel decides about a restart only where a process is stopped for a signal or an interrupt,
/// so that is where the registers are put back.
void Tracee::restore() {
  if (page_ != 0)
    (void)call(SYS_munmap, {page_, kPageSize});
  if (ended_)
    return;
  user_regs_struct registers = saved_->value;
  bool is_broken_off = static_cast<long long>(registers.rax) == -EINTR &&
                       ends_with_eintr(registers.orig_rax) && !has_signal(pid_, saved_mask_);
  if (at_ == At::Entry || is_broken_off) {
    registers.rax = saved_->value.orig_rax;
    registers.orig_rax = kNoCall;
    registers.rip = saved_->value.rip - kSyscallInstruction.size();
  }
  // Pending until it stops for it, wherever it is; where others stop the whole process, it stops
  // for these. Both are places of the kind that is wanted. One that runs may be there before it
  // could be told to go on, and would then go on for good.
  trace(PTRACE_INTERRUPT, pid_, 0, 0);
  Waited waited;
  do {
    if (!running_)
      trace(PTRACE_CONT, pid_, 0, 0);
    waited = wait_stop(pid_);
    running_ = false;
    hold_back(waited.signal);
  } while (waited.stop == Stop::Syscall || waited.stop == Stop::Signal);
  set_registers(pid_, registers);
  set_signal_mask(pid_, saved_mask_);
}

Tracee::~Tracee() {
  if (changed_ && !ended_)
    restore();
  if (!ended_)
    trace(PTRACE_DETACH, pid_, 0, 0);
  if (held_back_ != 0 && !ended_)
    kill(pid_, held_back_);
}

} // namespace unitlock::probe
