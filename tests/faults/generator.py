# SPDX-License-Identifier: LGPL-2.1-or-later
"""The generator where nothing goes right: no drop-in is ever a half one, and no declared service is left
to start unconfined without a trace. TAP.

    generator.py GENERATOR DRIBBLE.SO

Every system call behind the first look at the units fails, at each of its occurrences, with each error
of ERRORS; memory runs out at every point; the output directory is missing, read-only, full, or a
file; files are cut short. Whatever happens,

  * each drop-in that systemd would read is one that an undisturbed run writes, or refuses the start;
  * each declared service has its drop-in, or one that refuses the start, or is masked; or the
    generator has failed, and has said why.
"""

import concurrent.futures
import contextlib
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from tap import plan, result, skip  # noqa: E402

OF_FILES = "EACCES EINTR EIO EMFILE ENFILE ENOMEM"
ERRORS = {
    "close": "EDQUOT EINTR EIO ENOSPC",
    "fchmod": "EIO EPERM EROFS",
    "fcntl": "ENOMEM",
    "getdents64": "EIO ENOMEM",
    "getrandom": "EAGAIN ENOSYS",
    "mkdir": "EACCES EDQUOT EIO ENOSPC EROFS",
    "newfstatat": "EACCES EIO ENOMEM",
    "openat": "EACCES EDQUOT EINTR EIO EMFILE ENFILE ENOSPC EROFS",
    "openat2": f"{OF_FILES} EAGAIN ENOSYS",
    "read": "EINTR EIO",
    "readlinkat": "EACCES EIO ENOMEM",
    "renameat": "EACCES EDQUOT EIO ENOSPC EROFS",
    "write": "EDQUOT EINTR EIO ENOSPC",
}
SIGNALS = "SIGTERM SIGKILL"
NAME = "zz-unitlock.conf"
TREE = {
    "usr/lib/systemd/system/plain.service": "[Service]\nExecStart=/usr/bin/plain\n",
    "usr/lib/systemd/system/vendor.service": "[Service]\nExecStart=/usr/bin/vendor\nUser=nobody\n",
    "etc/systemd/system/vendor.service.d/landlock.conf": "[X-Landlock]\nPreset=web\nReadOnlyPaths=/srv\n",
    "etc/systemd/system/own.service": "[Service]\nExecStart=/usr/bin/own\n[X-Landlock]\nBindTCP=http\n",
    "usr/lib/systemd/system/given.service": "[Service]\nExecStart=/usr/bin/given\n",
    "usr/lib/systemd/system/pool@.service": "[Service]\nExecStart=/usr/bin/pool %i\n[X-Landlock]\n",
    "etc/systemd/system/pool@off.service.d/off.conf": "[X-Landlock]\nMode=off\n",
    "usr/lib/systemd/system/bad.service": "[Service]\nExecStart=/usr/bin/bad\n[X-Landlock]\nFly=yes\n",
    "srv/linked.service": "[Service]\nExecStart=/usr/bin/linked\n[X-Landlock]\n",
    "etc/services": "http 80/tcp\n",
    "usr/lib/unitlock/conf.d/10-web.yaml": "presets:\n  runtime:\n    exec:\n      - /usr\n"
                                           "  web:\n    read-only:\n      - /etc/web\n",
    "etc/unitlock/conf.d/50-units.yaml": "units:\n  given.service: web\n",
}
DECLARED = ["bad", "given", "linked", "own", "pool@", "vendor"]


class Outcome:
    def __init__(self, status, said, output, injected=True):
        self.status = status
        self.said = said
        self.injected = injected
        self.killed = False
        self.drop_ins = {path.parent.name.removesuffix(".service.d"): path.read_text(errors="replace")
                         for path in output.glob("normal/*.d/*.conf") if path.is_file()}
        self.masked = {path.stem for path in output.glob("early/*.service")
                       if os.readlink(path) == "/dev/null"}


class Bench:
    """The tree, and where output goes to. One for each thread."""

    def __init__(self, generator, work):
        self.generator = generator
        self.work = work
        self.root = work / "root"
        for name, text in TREE.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        os.symlink("/srv/linked.service", self.root / "etc/systemd/system/linked.service")
        os.symlink("given.service", self.root / "usr/lib/systemd/system/short.service")
        self.output = work / "out"
        self.environment = {"PATH": os.environ["PATH"], "UNITLOCK_ROOT": str(self.root),
                            "LC_ALL": "C.UTF-8"}
        self.empty()

    def empty(self):
        shutil.rmtree(self.output, ignore_errors=True)
        for part in "normal", "early", "late":
            (self.output / part).mkdir(parents=True)

    def command(self):
        return [self.generator, *(str(self.output / part) for part in ("normal", "early", "late"))]

    def run(self, before=(), limit=None, **environment):
        preexec = (lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit))) if limit else None
        done = subprocess.run([*before, *self.command()], env=self.environment | environment, text=True,
                              capture_output=True, errors="replace", timeout=60, check=False,
                              preexec_fn=preexec)
        return Outcome(done.returncode, done.stderr, self.output)

    def trace(self, *injections):
        self.empty()
        trace = self.work / "trace"
        options = [word for injection in injections for word in ("-e", f"inject={injection}")]
        outcome = self.run(["strace", "-qq", "-o", str(trace), *options])
        lines = trace.read_text(errors="replace").splitlines()
        outcome.killed = outcome.status < 0 and ":signal=" in "".join(injections)
        outcome.injected = any("(INJECTED)" in line or "--- SIG" in line or "killed" in line
                               for line in lines)
        return outcome, lines


def is_refusal(text):
    return "# The declaration is invalid" in text and "--refuse=" in text and text.endswith("\n")


def wrong_in(outcome, normal, may_lose=()):
    """Why this outcome is none of those that are allowed; nothing where it is. `may_lose`: services
    of which the disturbance leaves no declaration."""
    if not outcome.injected:
        return "nothing was injected"
    for name, text in outcome.drop_ins.items():
        if text != normal.drop_ins.get(name) and not is_refusal(text):
            return f"{name} has another drop-in: {text!r}"
    for name in outcome.masked:
        if name not in DECLARED:
            return f"{name} declares nothing and is masked"
    failed = outcome.killed or (outcome.status != 0 and outcome.said.strip())
    for name in DECLARED:
        if name in outcome.drop_ins or name in outcome.masked or name in may_lose or failed:
            continue
        if not re.search(rf"{name}\.service.*not confined: ", outcome.said):
            return f"{name} is left unconfined, status {outcome.status}, said: {outcome.said!r}"
    return None


def same(outcome, normal, what):
    result((outcome.status, outcome.drop_ins, outcome.said) == (normal.status, normal.drop_ins, normal.said),
           what, [f"status {outcome.status}, {sorted(outcome.drop_ins)}", *outcome.said.splitlines()])


# ---- system calls ----

def occurrences(lines):
    """Of each call, those behind the first look at the tree; what the loader does is not ours."""
    counts = {}
    ours = False
    for line in lines:
        call = line.split("(")[0]
        ours = ours or call == "openat2"
        counts.setdefault(call, []).append(ours)
    return {call: [when for when, wanted in enumerate(all_of, 1) if wanted] for call, all_of in counts.items()}


def faults(lines):
    for call, whens in occurrences(lines).items():
        for error in ERRORS.get(call, "").split():
            # Who is interrupted for ever tries for ever.
            for when in whens + [f"{whens[0]}+"] if whens and error != "EINTR" else whens:
                yield call, f"{call}:error={error}:when={when}"
        for signal in SIGNALS.split() if call in ("openat2", "write", "renameat") else []:
            for when in whens:
                yield call, f"{call}:signal={signal}:when={when}"


def disturb_calls(benches, normal):
    _, lines = benches[0].trace()
    wrong = {}
    free = list(benches)

    def one(fault):
        bench = free.pop()
        try:
            return fault[0], fault[1], wrong_in(bench.trace(fault[1])[0], normal)
        finally:
            free.append(bench)

    with concurrent.futures.ThreadPoolExecutor(len(benches)) as pool:
        for call, fault, why in pool.map(one, list(faults(lines))):
            runs, found = wrong.setdefault(call, (0, []))
            wrong[call] = runs + 1, found + ([f"{fault}: {why}"] if why else [])
    for call, (runs, found) in sorted(wrong.items()):
        result(not found, f"{call}: {runs} failures", found)
    known = set(ERRORS) - set(wrong)
    result(not known, "every call of the table is made", [str(known)])
    print(f"# {sum(runs for runs, _ in wrong.values())} failing calls")


# ---- memory ----

def disturb_memory(bench, normal):
    """Limits from where the loader gives up to where all is well."""
    step = 64 << 10
    low, high = 0, 1 << 30
    while high - low > step:
        middle = (low + high) // 2
        bench.empty()
        if bench.run(limit=middle).status == 0:
            high = middle
        else:
            low = middle
    wrong = []
    ends = set()
    # Below, the loader ends it.
    for limit in range(max(step, low - 32 * step), high + 2 * step, step // 2):
        bench.empty()
        outcome = bench.run(limit=limit)
        ends.add(outcome.status)
        if why := wrong_in(outcome, normal):
            wrong.append(f"{limit}: {why}")
    result(not wrong, f"out of memory: ends with {sorted(ends)}", wrong)


# ---- where output goes ----

@contextlib.contextmanager
def mounted(directory, options):
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", directory], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", directory], check=True)


def disturb_output(bench, normal):
    bench.empty()
    shutil.rmtree(bench.output)
    same(bench.run(), normal, "missing directories are made")
    bench.empty()
    (bench.output / "normal").rmdir()
    (bench.output / "normal").write_text("")
    outcome = bench.run()
    result(outcome.status == 1 and outcome.masked == set(DECLARED) and "Not a directory" in outcome.said,
           "a file in place of the directory: all are masked", [str(outcome.masked), outcome.said])
    for drop_in in "own.service.d", f"own.service.d/{NAME}":
        bench.empty()
        path = bench.output / "normal" / drop_in
        path.parent.mkdir(exist_ok=True)
        if drop_in.endswith(".d"):
            path.write_text("")
        else:
            (path / "full").mkdir(parents=True)
        outcome = bench.run()
        result(outcome.status == 1 and outcome.masked == {"own"}
               and set(outcome.drop_ins) - {"own"} == set(DECLARED) - {"own"} | {"pool@off"},
               f"something in place of {drop_in}: it alone is masked", [str(outcome.masked), outcome.said])
    if os.geteuid() != 0:
        skip("file systems that are full or read-only", "needs root")
        return
    # The root is elsewhere, so that only the output is full.
    bench.empty()
    for full, masks in ("size=4k", True), ("nr_inodes=5", False):
        with mounted(bench.output, full):
            for part in "normal", "early", "late":
                (bench.output / part).mkdir(parents=True)
            outcome = bench.run()
            why = wrong_in(outcome, normal)
            missing = set(DECLARED) - set(outcome.drop_ins)
            result(outcome.status == 1 and not why and bool(missing) and "No space left" in outcome.said,
                   f"full ({full}): it has failed and says so", [str(why), outcome.said])
            result(all(f"{name}.service: " in outcome.said for name in missing),
                   f"full ({full}): each service is named", [outcome.said])
            result((outcome.masked == missing) == masks,
                   f"full ({full}): {'links find room' if masks else 'nothing does'}", [str(outcome.masked)])
    with mounted(bench.output, "ro"):
        outcome = bench.run()
        result(outcome.status == 1 and outcome.said.count("not confined: ") >= len(DECLARED),
               "read-only: it has failed, and each service is named", [outcome.said])


# ---- what it reads ----

def disturb_input(bench, normal):
    """Every file of the tree is cut at every tenth of it."""
    wrong = []
    for name, text in TREE.items():
        for tenth in range(10):
            bench.empty()
            (bench.root / name).write_text(text[:len(text) * tenth // 10])
            outcome = bench.run()
            for service, drop_in in outcome.drop_ins.items():
                if not drop_in.endswith("\n") or "[Service]" not in drop_in and service != "pool@off":
                    wrong.append(f"{name} at {tenth}/10: {service} has half a drop-in: {drop_in!r}")
        (bench.root / name).write_text(text)
    result(not wrong, "files that are cut short give whole drop-ins", wrong)


def main(generator, dribble):
    with contextlib.ExitStack() as stack:
        works = [stack.enter_context(tempfile.TemporaryDirectory()) for _ in range(os.cpu_count() + 1)]
        # Paths of one length, so that the same memory is used.
        benches = [Bench(generator, pathlib.Path(work)) for work in works]
        normal = benches[0].run()
        result(normal.status == 0 and set(normal.drop_ins) == set(DECLARED) | {"pool@off"}
               and is_refusal(normal.drop_ins["bad"]), "undisturbed: all have their drop-ins",
               [f"status {normal.status}, {sorted(normal.drop_ins)}", *normal.said.splitlines()])
        benches[0].empty()
        same(benches[0].run(LD_PRELOAD=dribble), normal, "byte by byte and interrupted: the same")
        benches[0].empty()
        with open("/dev/full", "w", encoding="ascii") as full:
            status = subprocess.run(benches[0].command(), env=benches[0].environment, stderr=full,
                                    check=False).returncode
        same(Outcome(status, normal.said, benches[0].output), normal, "nowhere to log to: the same")
        disturb_output(benches[0], normal)
        disturb_input(benches[0], normal)
        disturb_memory(benches[0], normal)
        inject = ["strace", "-qq", "-o", "/dev/null", "-e", "inject=getppid:error=EPERM", "true"]
        if not shutil.which("strace") or subprocess.run(inject, check=False).returncode:
            skip("system calls", "no strace that can inject errors")
        else:
            disturb_calls(benches[1:], normal)
    plan()


main(*sys.argv[1:])
