#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times `unitlock denials` beside journalctl on the same journal, in turns.

Usage: denials.py UNITLOCK MAKE_JOURNAL

The journal is made once and kept below $UNITLOCK_CACHE (/var/cache/unitlock).
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ENTRIES, DENIALS, ROUNDS = 500_000, 50_000, 7
REMOTE = "/lib/systemd/systemd-journal-remote"


def journal(make_journal):
    cache = os.environ.get("UNITLOCK_CACHE", "/var/cache/unitlock")
    directory = f"{cache}/bench-journal-{ENTRIES}-{DENIALS}-2"
    if os.path.isdir(directory):
        return directory
    os.makedirs(cache, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as new:
        with subprocess.Popen([make_journal, str(ENTRIES), str(DENIALS)],
                              stdout=subprocess.PIPE) as entries:
            subprocess.run([REMOTE, "-o", f"{new}/journal/bench.journal", "-"],
                           stdin=entries.stdout, stderr=subprocess.DEVNULL, check=True,
                           preexec_fn=lambda: os.mkdir(f"{new}/journal"))
        os.rename(f"{new}/journal", directory)
    return directory


def own_memory(pid):
    """KiB that are the process's own, without the journal's pages that it has mapped."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("RssAnon")), 0)
    except OSError:
        return 0


def run(command):
    """Seconds, peak of own memory and of all resident memory in KiB."""
    start, own = time.monotonic(), 0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        own = max(own, own_memory(process.pid))
        time.sleep(0.002)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} failed: {process.returncode}")
    return time.monotonic() - start, own, usage.ru_maxrss


def main():
    unitlock, make_journal = sys.argv[1:3]
    if not os.path.exists(REMOTE):
        print("skipped: systemd-journal-remote is not installed")
        return 77
    directory = journal(make_journal)
    commands = {
        "unitlock denials -o json": [unitlock, "denials", f"--directory={directory}", "-ojson"],
        "journalctl _AUDIT_TYPE=1423 -o json":
            ["journalctl", f"--directory={directory}", "_AUDIT_TYPE=1423", "-ojson"],
    }
    rounds = {name: [] for name in commands}
    for _ in range(ROUNDS + 1):
        for name, command in commands.items():
            rounds[name].append(run(command))
    medians = {name: [statistics.median(column) for column in zip(*times[1:])]
               for name, times in rounds.items()}
    print(f"{DENIALS} denials in a journal of {ENTRIES} entries, medians of {ROUNDS}:")
    for name, (seconds, own, resident) in medians.items():
        print(f"{name:38} {seconds:6.3f} s  own memory {own / 1024:5.1f} MiB"
              f"  with the mapped journal {resident / 1024:5.0f} MiB")
    ours, theirs = (median[0] for median in medians.values())
    print(f"ratio {ours / theirs:.2f}")
    memory = next(iter(medians.values()))[1] / 1024
    print(f"| `unitlock denials`, {DENIALS:,} in a journal of {ENTRIES:,} | {ours:.2f} s, "
          f"{memory:.0f} MiB | `journalctl -o json`: {theirs:.2f} s | {ours / theirs:.2f} | < 1 |")
    return 0 if ours < theirs else 1


if __name__ == "__main__":
    shutil.which("journalctl") or sys.exit(77)
    sys.exit(main())
