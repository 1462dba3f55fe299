// SPDX-License-Identifier: LGPL-2.1-or-later
// A running process that is stopped for a moment and made to do system calls, as a debugger makes
// it call functions. It is the one way to ask the kernel what a process may do: Landlock tells
// nobody, and nobody can enter a domain that is not his own.
//
// What is done so that the process does not notice:
//  - It is stopped at a system call, never between two instructions of its own, so no restartable
//    sequence (rseq(2)) is torn apart; one that computes and calls nothing is left alone.
//  - Its memory is not touched: what the calls read is in a page mapped for that.
//  - Its signals wait. Its system call filter is suspended, or else it is left alone; each call is
//    looked at at its entry, because other threads of it can change the program.
//  - At the end its registers are what they were at a stop of the same kind, so that the kernel
//    itself restarts what was interrupted (signal(7), restart_syscall(2)); calls that it does not
//    restart, epoll_wait(2) above all, are made again.
//
// Source: ptrace(2); arch/x86/kernel/signal.c, arch_do_signal_or_restart().
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>

#include "base/result.hpp"

namespace unitlock::probe {

class Tracee {
public:
  /// Only for its main thread, and one tracer at a time. Needs CAP_SYS_PTRACE, and CAP_SYS_ADMIN
  /// for a process with a system call filter. Errors: why it cannot be asked; it goes on
  /// undisturbed. Not for other processors than x86-64, and not for 32-bit programs.
  static Result<std::unique_ptr<Tracee>> stop(pid_t pid);
  Tracee(const Tracee&) = delete;
  Tracee& operator=(const Tracee&) = delete;
  /// Lets it go on.
  ~Tracee();

  /// Whether it has a system call filter, which is suspended. Other threads of it go on meanwhile,
  /// and could take hold of what a call brings in that they are not allowed to make: so none must
  /// be made that brings in anything.
  bool has_filter() const { return filtered_; }

  /// What the kernel returns: -errno where it fails. Errors: the process has ended, or does not do
  /// what it is made to.
  Result<long> call(long number, std::initializer_list<std::uint64_t> arguments);
  /// Puts bytes where the process can read them, until the next put(); the address. At most a page.
  Result<std::uint64_t> put(std::string_view bytes);

private:
  /// Where the process was when it was stopped.
  enum class At {
    Interrupted, ///< in a system call, which the kernel restarts when it goes on
    Entry,       ///< at the entry of one, which is done again when it goes on
  };
  explicit Tracee(pid_t pid);

  Result<void> attach();
  Result<void> reach_system_call();
  bool is_behind_call() const;
  Result<void> remember();
  Result<void> skip_call();
  Result<void> finish_call();
  struct Registers;
  bool is_at(const Registers& wanted) const;
  void hold_back(int signal);
  void restore();

  pid_t pid_;
  At at_ = At::Interrupted;
  bool changed_ = false; ///< its registers are not its own
  bool ended_ = false;
  bool stuck_ = false;     ///< it did not do what it was asked to: nothing more is asked
  bool running_ = false;   ///< it did not stop where it was waited for
  bool suspended_ = false; ///< a system call filter would be
  bool filtered_ = false;
  int held_back_ = 0; ///< a signal
  std::unique_ptr<Registers> saved_;
  std::uint64_t saved_mask_ = 0;
  std::uint64_t page_ = 0;
};

} // namespace unitlock::probe
