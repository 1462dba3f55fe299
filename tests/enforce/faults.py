# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes every system call of the wrapper fail, in turn and in every way, and judges what comes of it. TAP.

    faults.py UNITLOCK-EXEC PROBE SYSTEM.HPP MAN-PAGE

Which calls there are, and how often, is taken from a trace of an undisturbed start in each of the
set-ups below. Then each call fails at each of its occurrences, and at all: with each error that its manual page
has (ERRORS), by a signal (SIGNALS), and by a success that is none or is short (LIES). Whatever happens,

  * the service runs, and everything that an undisturbed start denies is denied, in the same words; or
  * it does not run: the wrapper died of the signal, or has one of its documented exit statuses and has
    said why, with the error's name, on standard error or to the journal.

And the calls that were seen are compared with the lists in SYSTEM.HPP and in the manual page.
"""

import concurrent.futures
import contextlib
import errno
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from tap import plan, result, skip_all  # noqa: E402

# Those that the manual page of the call names and the kernel can give, and those of a system call filter.
ERRORS = {
    "arch_prctl": "EFAULT EINVAL ENODEV EPERM ENOSYS",
    "bind": "EACCES EADDRINUSE EADDRNOTAVAIL EBADF EFAULT EINVAL ENOMEM ENOTSOCK EPERM ENOSYS",
    "close": "EBADF EDQUOT EINTR EIO ENOSPC EPERM ENOSYS",
    "connect": "EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EBADF ECONNREFUSED EFAULT EINPROGRESS "
               "EINTR EISCONN ENETUNREACH ENOTSOCK EPERM EPROTOTYPE ETIMEDOUT ENOSYS",
    "execve": "E2BIG EACCES EAGAIN EFAULT EINVAL EIO EISDIR ELIBBAD ELOOP EMFILE ENAMETOOLONG ENFILE "
              "ENOENT ENOEXEC ENOMEM ENOTDIR EPERM ETXTBSY ENOSYS",
    "exit_group": "EPERM ENOSYS",
    "getppid": "EPERM ENOSYS",
    "getsockname": "EBADF EFAULT EINVAL ENOBUFS ENOTSOCK EPERM ENOSYS",
    "kill": "EINVAL EPERM ESRCH ENOSYS",
    "landlock_add_rule": "E2BIG EAFNOSUPPORT EBADF EBADFD EFAULT EINVAL ENOMEM ENOMSG EOPNOTSUPP EPERM "
                         "ENOSYS",
    "landlock_create_ruleset": "E2BIG EFAULT EINVAL EMFILE ENFILE ENOMEM ENOMSG EOPNOTSUPP EPERM ENOSYS",
    "landlock_restrict_self": "E2BIG EBADF EBADFD EINVAL ENOMEM EOPNOTSUPP EPERM ENOSYS",
    "openat": "EACCES EAGAIN EINTR EINVAL EIO ELOOP EMFILE ENAMETOOLONG ENFILE ENODEV ENOENT ENOMEM "
              "ENOTDIR ENXIO EOVERFLOW EPERM ESTALE ENOSYS",
    "prctl": "EACCES EFAULT EINVAL EPERM ENOSYS",
    "read": "EAGAIN EBADF EFAULT EINTR EINVAL EIO EISDIR EPERM ENOSYS",
    "readlinkat": "EACCES EBADF EFAULT EINVAL EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM ENOSYS",
    "sendmsg": "EACCES EAGAIN EBADF ECONNREFUSED ECONNRESET EFAULT EINTR EINVAL EMSGSIZE ENOBUFS ENOMEM "
               "ENOTCONN ENOTSOCK EPIPE EPERM ENOSYS",
    "set_tid_address": "EPERM ENOSYS",
    "socket": "EACCES EAFNOSUPPORT EINVAL EMFILE ENFILE ENOBUFS ENOMEM EPERM EPROTONOSUPPORT ENOSYS",
    "statx": "EACCES EBADF EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM ENOSYS",
    "writev": "EAGAIN EBADF EDQUOT EFAULT EFBIG EINTR EINVAL EIO ENOSPC EPERM EPIPE ENOSYS",
}
SIGNALS = "SIGTERM SIGSEGV SIGPIPE SIGSYS SIGKILL"
# What a call returns without having done anything: success, less than was asked, a descriptor that is
# another one (standard input) or none.
NO_DESCRIPTOR = 99999
LIES = {
    "arch_prctl": [0],
    "bind": [0],
    "close": [0],
    "connect": [0],
    "execve": [0],
    "getppid": [0, 1],
    "getsockname": [0],
    "kill": [0],
    "landlock_add_rule": [0],
    "landlock_create_ruleset": [0, NO_DESCRIPTOR],
    "landlock_restrict_self": [0],
    "openat": [0, NO_DESCRIPTOR],
    "prctl": [0],
    "read": [0, 1],
    "readlinkat": [0, 1],
    "sendmsg": [0, 1],
    "set_tid_address": [0],
    "socket": [0, NO_DESCRIPTOR],
    "statx": [0],
    "writev": [0, 1],
}
# base/exit_status.hpp, and EXIT STATUS in the manual page.
STATUSES = {64, 66, 69, 70, 71, 78, 203}
# The answers that mean that there is nowhere to write a message; the journal is left.
SILENCING = {("writev", error) for error in ERRORS["writev"].split() if error != "EINTR"} | {("statx", "EBADF")}
# Before main(), the C library knows nothing better than to crash.
CRASHES_WITHOUT = {"arch_prctl"}
JOURNAL = "/run/systemd/journal/socket"
LANDLOCK = "landlock_create_ruleset,landlock_add_rule,landlock_restrict_self"

BASE = ["--exec=bin", "--read-only=open", "--read-only=-/nonexistent", "--read-write=/dev/null"]
# What the policy never grants, whatever fails.
FORBIDDEN = ["read,closed/file", "list,closed", "write,open/file", "create,open/new"]
OF_ABI = {4: ["bind-tcp,19003", "connect-tcp,19010"], 6: ["signal", "abstract"]}

SETUPS = {
    "ordinary": {"options": BASE + ["--connect-tcp=19009"]},
    "without sockets": {"options": BASE + ["--connect-tcp=19009", "--avoid-sockets"]},
    "without privileges": {"options": BASE + ["--connect-tcp=19009"], "user": True},
    "with a journal": {"options": BASE + ["--connect-tcp=19009"], "journal": True},
    "/ may be read": {"options": ["--exec=/", "--connect-tcp=19009"],
                      "forbidden": ["write,open/file", "create,open/new"]},
    "abstract sockets alone": {"options": BASE + ["--scope=abstract-unix-socket"],
                               "without": ["signal", "bind-tcp,19003"], "abi": 6},
    "a missing path": {"options": BASE + ["--read-only=/nonexistent"], "status": 66},
    "a missing path, with a journal": {"options": BASE + ["--read-only=/nonexistent"], "status": 66,
                                       "journal": True},
    "an invalid declaration": {"options": ["--refuse=a.conf:3: bad (EINVAL)"], "status": 78},
    "a denied program": {"options": BASE, "status": 203, "program": "open/program", "from": "execve"},
    "a denied interpreter": {"options": BASE, "status": 203, "program": "bin/script", "from": "execve"},
    "a missing interpreter": {"options": BASE, "status": 203, "program": "bin/orphan", "from": "execve"},
    "a filter that answers": {"options": BASE, "status": 71, "always": f"{LANDLOCK}:error=ENOSYS",
                              "modules": "capability,landlock"},
}


def call_of(line):
    found = re.match(r"(\w+)\(", line)
    return found and found[1]


class Run:
    """One start of the wrapper under strace."""

    def __init__(self, setup, injections):
        trace = setup.work / "trace"
        command = setup.prefix + ["strace", "-qq", "-o", str(trace)]
        for injection in injections:
            command += ["-e", f"inject={injection}"]
        setup.forget_messages()
        done = subprocess.run(command + setup.command, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, errors="replace", env=setup.environment, timeout=20, check=False)
        self.status = done.returncode
        self.answers = done.stdout.split()
        self.said = done.stderr + setup.messages()
        lines = trace.read_text(errors="replace").splitlines()
        # Behind its last execve it is the service.
        starts = [at for at, line in enumerate(lines)
                  if line.startswith("execve(") and re.search(r"\) += 0$", line)]
        self.started = len(starts) > 1
        self.own = lines[1:starts[1] + 1] if self.started else lines[1:]
        self.injected = any("(INJECTED)" in line or line.startswith("--- SIG") or "+++ killed" in line
                            for line in lines)


class Setup:
    def __init__(self, name, wrapper, probe, work):
        row = SETUPS[name]
        self.name = name
        self.work = work
        self.expected_status = row.get("status", 0)
        self.first = row.get("from")
        self.always = [row["always"]] if "always" in row else []
        self.prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if "user" in row else []
        self.environment = {"PATH": os.environ["PATH"], "INVOCATION_ID": "3f9c2a1b7d0411112222333344445555"}
        self.journal = None
        self.make_files(wrapper, probe)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.listener.bind(f"\0unitlock-faults-{os.getpid()}")
        if "journal" in row:
            self.listen()
        if "modules" in row:
            modules = pathlib.Path("/sys/kernel/security/lsm")
            modules.parent.mkdir(parents=True)
            modules.write_text(row["modules"])
        abi = int(subprocess.run([probe, "abi"], capture_output=True, check=True).stdout)
        words = row.get("forbidden", FORBIDDEN) + sum((OF_ABI[since] for since in OF_ABI if since <= abi), [])
        self.forbidden = [self.word(word) for word in words if word not in row.get("without", [])]
        options = ["--unit=test.service"] + [self.in_work(option) for option in row["options"]]
        program = str(work / row.get("program", "bin/probe"))
        self.command = [str(work / "bin/unitlock-exec"), *options, f"--program={program}", "--", "probe",
                        *self.forbidden, self.word("read,open/file")]

    def make_files(self, wrapper, probe):
        for directory in "bin", "open", "closed":
            (self.work / directory).mkdir()
            (self.work / directory / "file").write_text("data\n")
        shutil.copy(wrapper, self.work / "bin/unitlock-exec")
        shutil.copy(probe, self.work / "bin/probe")
        shutil.copy(probe, self.work / "open/program")
        for script, interpreter in ("script", self.work / "open/program"), ("orphan", "/nonexistent/x"):
            (self.work / "bin" / script).write_text(f"#!{interpreter}\n")
        subprocess.run(["chmod", "-R", "a+rwX", self.work], check=True)
        subprocess.run(["chmod", "a+x", self.work / "bin/script", self.work / "bin/orphan"], check=True)

    def in_work(self, option):
        name, _, value = option.partition("=")
        return f"{name}={self.work / value}" if value in ("bin", "open") else option

    def word(self, word):
        """A word of the probe, with what only the running test knows."""
        if word == "signal":
            return f"signal,{os.getpid()}"
        if word == "abstract":
            return f"abstract,unitlock-faults-{os.getpid()}"
        what, on = word.split(",")
        return f"{what},{self.work / on}" if "/" in on or on in ("open", "closed") else word

    def listen(self):
        pathlib.Path(JOURNAL).parent.mkdir(parents=True)
        self.journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.journal.bind(JOURNAL)
        os.chmod(JOURNAL, 0o666)
        self.journal.setblocking(False)

    def messages(self):
        """What the journal has got by now: a datagram is there when sendmsg(2) is back."""
        text = ""
        with contextlib.suppress(BlockingIOError):
            while self.journal:
                text += self.journal.recv(1 << 20).decode(errors="replace") + "\n"
        return text

    def forget_messages(self):
        self.messages()
        (self.work / "open/new").unlink(missing_ok=True)

    def run(self, *injections):
        return Run(self, [*self.always, *injections])

    # ---- judging ----

    def wrong_in(self, run, normal, call, when, kind, what):
        """Why this outcome is none of those that are allowed; nothing where it is."""
        if not run.injected:
            return "nothing was injected"
        if run.answers:
            return self.wrong_answers(run, normal, {what, "EBADF"} if when == "1+" else set())
        if kind == "signal" and run.status < 0:
            return None
        if run.status < 0 and call in CRASHES_WITHOUT:
            return None
        if run.status not in STATUSES:
            return f"it ended with {run.status}"
        if not self.journal and ((call, what) in SILENCING or (call, when) == ("writev", "1+")):
            return None
        # The disturbance is not the cause where a start fails in any case, nor where the wrapper takes
        # it for a restriction that does nothing: the message then says that.
        named = kind == "error" and not self.expected_status and run.status != 70
        return self.wrong_message(run, what if named else "")

    def wrong_answers(self, run, normal, disturbed):
        # The documented exception: nothing but the answers speaks against a kernel without Landlock.
        if self.always and "<4>unitlock-exec: test.service: started NOT CONFINED" in run.said:
            return None
        # The service's own calls fail, too, where all do. A lost rule only takes away.
        allowed = [{answer} | disturbed for answer in normal.answers[:-1]] + [{"ok", "EACCES"} | disturbed]
        if len(run.answers) == len(allowed) and all(a in b for a, b in zip(run.answers, allowed)):
            return None
        return f"it ran, less confined: {' '.join(run.answers)}"

    def wrong_message(self, run, error):
        lines = [line for line in run.said.splitlines()
                 if re.match(r"(<?3>unitlock-exec: |MESSAGE=)test\.service: .*", line)]
        if not lines:
            return f"status {run.status}, and no line says why: {run.said!r}"
        if not run.said.endswith("\n"):
            return f"status {run.status}, and the line is cut: {run.said!r}"
        if error and not any(f"({error})" in line for line in lines):
            return f"status {run.status}, and {error} is not named: {lines}"
        return None

    # ---- the runs ----

    def undisturbed(self):
        """The undisturbed start, and which occurrences of which calls are to be disturbed."""
        normal = self.run()
        if normal.status != self.expected_status or bool(normal.answers) != (self.expected_status == 0):
            raise RuntimeError(f"undisturbed: status {normal.status}, {normal.answers}, {normal.said}")
        if any(answer == "ok" for answer in normal.answers[:-1]):
            raise RuntimeError(f"undisturbed, and not confined: {normal.answers}")
        counts = {}
        disturbed = self.first is None
        for line in normal.own:
            call = call_of(line)
            disturbed = disturbed or call == self.first
            if call:
                counts.setdefault(call, []).append(disturbed)
        # Occurrences are counted from 1.
        return normal, {call: [when for when, wanted in enumerate(occurred, 1) if wanted]
                        for call, occurred in counts.items()}

    def judge(self):
        normal, occurrences = self.undisturbed()
        results = {}
        taken = {pair.split(":")[0] for pair in ",".join(self.always).split(",")}
        for call, whens in sorted(occurrences.items()):
            if call not in ERRORS:
                results[call] = {"runs": 0, "wrong": ["a call that this test does not know"]}
            elif call not in taken:
                results[call] = self.disturb(normal, call, whens)
        return results

    def disturb(self, normal, call, whens):
        runs = ran = 0
        wrong = []
        for when in whens + ["1+"]:
            for kind, what in ways_to_fail(call, when == "1+"):
                run = self.run(f"{call}:{kind}={what}:when={when}")
                runs += 1
                ran += bool(run.answers)
                if why := self.wrong_in(run, normal, call, when, kind, what):
                    wrong.append(f"{call} {when}: {kind}={what}: {why}")
        return {"runs": runs, "ran": ran, "wrong": wrong}


def ways_to_fail(call, always):
    # A process that may not end cannot but try again.
    for error in ERRORS[call].split() if not always or call != "exit_group" else []:
        yield "error", error
    if always:
        return
    # It ends the process before a signal is delivered.
    if call != "exit_group":
        for signal in SIGNALS.split():
            yield "signal", signal
    for value in LIES.get(call, []):
        yield "retval", value


def run_setup(name, wrapper, probe):
    """In a mount namespace of its own: no journal that is disturbed or takes the messages."""
    for mounted in "/run", "/sys":
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", mounted], check=True)
    with tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o755)
        print(json.dumps(Setup(name, wrapper, probe, pathlib.Path(work)).judge()))


# ---- all of them ----

def check_machine(probe):
    if os.geteuid() != 0:
        skip_all("needs root")
    abi = int(subprocess.run([probe, "abi"], capture_output=True, check=True).stdout)
    if abi < 1:
        skip_all("the kernel has no Landlock")
    if subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        skip_all("may not make a mount namespace")
    injects = ["strace", "-qq", "-o", "/dev/null", "-e", "inject=getppid:error=EPERM", "true"]
    if not shutil.which("strace") or subprocess.run(injects, check=False).returncode:
        skip_all("no strace that can inject errors")
    return abi


def named_in(text):
    """The system calls that a text has, of those that this test knows."""
    return {word.strip("_") for word in re.findall(r"\w+", text)} & set(ERRORS)


def compare_lists(seen, header, man_page):
    source = pathlib.Path(header).read_text()
    comment = "".join(line for line in source.splitlines(True) if line.startswith("//"))
    used = set(re.findall(r"\bSYS_(\w+)", source)) | set(LANDLOCK.split(","))
    page = pathlib.Path(man_page).read_text().split("# SYSTEM CALLS")[1].split("\n# ")[0]
    start = {"set_tid_address", "arch_prctl"}
    result(not used - seen, "every call in the sources was seen", [str(used - seen)])
    for what, listed in ("the comment in system.hpp", named_in(comment)), ("the manual page", named_in(page)):
        result(not seen - listed, f"{what} lists every call that was seen", [str(seen - listed)])
        result(not listed - seen - start, f"{what} lists no other", [str(listed - seen - start)])


def main(wrapper, probe, header, man_page):
    abi = check_machine(probe)
    names = [name for name, row in SETUPS.items() if row.get("abi", 1) <= abi]
    seen = set()

    def work_on(name):
        return subprocess.run(["unshare", "-m", "--propagation", "private", sys.executable, __file__,
                               "--setup", name, wrapper, probe], capture_output=True, text=True,
                              check=False)

    total = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, done in zip(names, pool.map(work_on, names)):
            if done.returncode:
                result(False, f"{name}: the test itself", done.stderr.splitlines())
                continue
            for call, outcome in json.loads(done.stdout).items():
                seen.add(call)
                total += outcome["runs"]
                result(not outcome["wrong"], f"{name}: {call}: {outcome['runs']} failures, "
                       f"{outcome.get('ran', 0)} of them started confined", outcome["wrong"])
    compare_lists(seen | set(LANDLOCK.split(",")), header, man_page)
    result(not [name for row in ERRORS.values() for name in row.split() if not hasattr(errno, name)],
           "every error is one")
    print(f"# {total} starts")
    plan()


if sys.argv[1] == "--setup":
    run_setup(*sys.argv[2:])
else:
    main(*sys.argv[1:])
