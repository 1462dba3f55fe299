#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times `unitlock denials` beside journalctl and a short script on the same journal, in turns.

Usage: denials.py UNITLOCK MAKE_JOURNAL

The journal is made once and kept below $UNITLOCK_CACHE (/var/cache/unitlock). With
$UNITLOCK_BENCH_LARGE another one, with ten times the entries and no more denials: it takes 3 GB and
minutes to be made, and is removed again.
"""
import collections
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ENTRIES, LARGE_ENTRIES, DENIALS, ROUNDS = 500_000, 5_000_000, 50_000, 7
LEAST_RATIO, MOST_MEMORY = 4, 32  # times as fast as the script; MiB of its own
REMOTE = "/lib/systemd/systemd-journal-remote"
SUMMARY = os.path.join(os.path.dirname(os.path.realpath(__file__)), "summary.py")
CONFINED = "50935db1f4a648518fc4278ea3ffe925"  # of a start record, base/start_record.hpp


def journal(make_journal, entries):
    cache = os.environ.get("UNITLOCK_CACHE", "/var/cache/unitlock")
    directory = f"{cache}/bench-journal-{entries}-{DENIALS}-2"
    if os.path.isdir(directory):
        return directory
    os.makedirs(cache, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as new:
        with subprocess.Popen([make_journal, str(entries), str(DENIALS)],
                              stdout=subprocess.PIPE) as written:
            subprocess.run([REMOTE, "-o", f"{new}/journal/bench.journal", "-"],
                           stdin=written.stdout, stderr=subprocess.DEVNULL, check=True,
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


def run(*pipeline):
    """Seconds, peak of own memory and of all resident memory of the first command in KiB."""
    start, own = time.monotonic(), 0
    processes = []
    for command in pipeline:
        last = command is pipeline[-1]
        processes.append(subprocess.Popen(
            command, stdin=processes[-1].stdout if processes else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if last else subprocess.PIPE))
        if len(processes) > 1:
            processes[-2].stdout.close()
    process = processes[0]
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        own = max(own, own_memory(process.pid))
        time.sleep(0.002)
    process.returncode = os.waitstatus_to_exitcode(status)
    for process, command in zip(processes, pipeline):
        if process.wait() != 0:
            sys.exit(f"{command[0]} failed: {process.returncode}")
    return time.monotonic() - start, own, usage.ru_maxrss


def commands(unitlock, directory):
    journalctl = ["journalctl", f"--directory={directory}", "-ojson"]
    matches = ["_AUDIT_TYPE=1423", "+", "_AUDIT_TYPE=1424", "+", "_AUDIT_TYPE=1300", "+",
               f"MESSAGE_ID={CONFINED}"]
    return {
        "unitlock denials -o json": [[unitlock, "denials", f"--directory={directory}", "-ojson"]],
        "journalctl -o json | summary.py": [journalctl + matches, [sys.executable, SUMMARY]],
        "journalctl _AUDIT_TYPE=1423 -o json": [journalctl + ["_AUDIT_TYPE=1423"]],
    }


def groups(pipeline):
    """What a pipeline counts, by unit, right, path and program."""
    data = None
    for command in pipeline:
        data = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout
    counts = collections.Counter()
    for line in data.splitlines():
        row = json.loads(line)
        if "rights" in row:
            key = row["unit"], ",".join(row["rights"]), row["object"]["path"], row["process"]["exe"]
        else:
            key = row["unit"], row["right"], row["path"], row["program"]
        counts[key] += row["count"]
    return counts


def measure(unitlock, directory, entries):
    pipelines = commands(unitlock, directory)
    ours, theirs = (groups(pipeline) for pipeline in list(pipelines.values())[:2])
    if ours != theirs or sum(ours.values()) != DENIALS:
        sys.exit(f"they do not count the same: {sum(ours.values())} and {sum(theirs.values())} "
                 f"denials in {len(ours)} and {len(theirs)} groups")
    rounds = {name: [] for name in pipelines}
    for _ in range(ROUNDS + 1):
        for name, pipeline in pipelines.items():
            rounds[name].append(run(*pipeline))
    medians = {name: [statistics.median(column) for column in zip(*times[1:])]
               for name, times in rounds.items()}
    print(f"{DENIALS} denials in a journal of {entries} entries, medians of {ROUNDS}:")
    for name, (seconds, own, resident) in medians.items():
        print(f"{name:38} {seconds:6.3f} s  own memory {own / 1024:5.1f} MiB"
              f"  with the mapped journal {resident / 1024:5.0f} MiB")
    return list(medians.values())


def report(medians, entries):
    (ours, own, _), (script, _, _), (plain, _, _) = medians
    memory = own / 1024
    what = f"`unitlock denials`, {DENIALS:,} in a journal of {entries:,}"
    print(f"| {what} | {ours:.2f} s, {memory:.0f} MiB | `journalctl -o json` into a script of 40 lines: "
          f"{script:.2f} s | {ours / script:.2f} | ≤ {1 / LEAST_RATIO} |")
    print(f"| … | | `journalctl -o json` alone: {plain:.2f} s | {ours / plain:.2f} | < 1 |")
    return ours * LEAST_RATIO <= script and ours < plain and memory < MOST_MEMORY


def main():
    unitlock, make_journal = sys.argv[1:3]
    if not os.path.exists(REMOTE):
        print("skipped: systemd-journal-remote is not installed")
        return 77
    directory = journal(make_journal, ENTRIES)
    small = measure(unitlock, directory, ENTRIES)
    well = report(small, ENTRIES)
    if os.environ.get("UNITLOCK_BENCH_LARGE"):
        directory = journal(make_journal, LARGE_ENTRIES)
        try:
            large = measure(unitlock, directory, LARGE_ENTRIES)
        finally:
            shutil.rmtree(directory)
        well = report(large, LARGE_ENTRIES) and well
    return 0 if well else 1


if __name__ == "__main__":
    shutil.which("journalctl") or sys.exit(77)
    sys.exit(main())
