#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times the generator over 300, 3,000 and 30,000 unit files, 1 % of them declared, beside one cat
that reads the same files: whole processes, in turns, medians. Peak memory is what a run over so many
files takes more than a run over one.

Usage: generator.py GENERATOR MEASURE
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile

# Unit files and rounds.
SIZES = {300: 201, 3_000: 51, 30_000: 11}
GOAL = 3.0
# What ten times the files may take. In proportion is 10; caches are not endless, and the kernel
# counts resident pages in batches.
GROWTH = 15.0

# As long as the unit files of Debian's packages are on average.
UNIT = """#  SPDX-License-Identifier: LGPL-2.1-or-later
#
#  This file is part of a package that a machine may well have installed, and it begins with a
#  comment of some lines, as most of them do.

[Unit]
Description=Service number {number} of the benchmark
Documentation=man:service-{number}(8)
After=network.target local-fs.target
ConditionPathExists=/usr/sbin/service-{number}

[Service]
Type=notify
EnvironmentFile=-/etc/default/service-{number}
ExecStart=/usr/sbin/service-{number} --foreground $OPTIONS
ExecReload=/bin/kill -HUP $MAINPID
StateDirectory=service-{number}
Restart=on-failure
PrivateTmp=yes
ProtectSystem=strict
SystemCallFilter=@system-service
CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SETUID CAP_SETGID

[Install]
WantedBy=multi-user.target
"""

DECLARATION = """[X-Landlock]
Preset=runtime
ReadOnlyPaths=/srv/{number} /etc/service-{number}
BindTCP={port}
"""

PRESET = """presets:
  runtime:
    exec: [-/lib64/ld-linux-x86-64.so.2]
    read-only: [{paths}]
"""

VENDOR = "usr/lib/systemd/system"


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def make_tree(root, units):
    """Returns the unit files and drop-ins, relative to VENDOR."""
    files = []
    for number in range(units):
        name = f"service-{number}.service"
        write(f"{root}/{VENDOR}/{name}", UNIT.format(number=number))
        files.append(name)
        if number % 100 == 0:
            drop_in = f"etc/systemd/system/{name}.d/landlock.conf"
            write(f"{root}/{drop_in}", DECLARATION.format(number=number, port=1024 + number))
            files.append(os.path.relpath(drop_in, VENDOR))
    paths = ", ".join(f"-/usr/lib/{number}" for number in range(40))
    write(f"{root}/usr/lib/unitlock/conf.d/10-runtime.yaml", PRESET.format(paths=paths))
    return files


class Bench:
    def __init__(self, generator, measure, work):
        self.generator, self.measure, self.work = generator, measure, work

    def run(self, command, **options):
        """Milliseconds and KiB."""
        done = subprocess.run([self.measure, *command], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, check=True, **options)
        time, memory = done.stderr.split()
        return int(time) / 1000, int(memory)

    def run_generator(self, root, declared):
        """As at daemon-reload: systemd has emptied the directory, which lies in memory."""
        with tempfile.TemporaryDirectory(dir="/dev/shm") as output:
            taken = self.run([self.generator, output], env={"UNITLOCK_ROOT": root})
            written = len(os.listdir(output))
        if written != declared:
            sys.exit(f"{written} drop-ins were written, not {declared}")
        return taken

    def medians(self, units, rounds):
        """Milliseconds and KiB of the generator and of cat."""
        root = f"{self.work}/{units}"
        files = make_tree(root, units)
        taken = []
        for _ in range(rounds + 1):
            # One cat, with the shortest names there are: the lowest floor.
            taken.append(self.run_generator(root, len(files) - units) +
                         self.run(["cat", *files], cwd=f"{root}/{VENDOR}"))
        shutil.rmtree(root)
        del taken[0]  # it filled the caches
        return [statistics.median(column) for column in zip(*taken)]


def main():
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(*map(os.path.abspath, sys.argv[1:3]), work)
        base = bench.medians(1, 21)
        results = {units: bench.medians(units, rounds) for units, rounds in SIZES.items()}
    rows, met, last = [], True, None
    print("unit files        generator                 cat              ratio")
    for units, (own, memory, cat, cat_memory) in results.items():
        memory -= base[1]
        thousands = units / 1000
        print(f"{units:10,} {own:7.1f} ms {memory:6.0f} KiB  {cat:7.1f} ms "
              f"{cat_memory - base[3]:6.0f} KiB  {own / cat:5.2f}   for 1,000: "
              f"{own / thousands:5.1f} ms {memory / thousands:5.0f} KiB")
        rows.append(f"| generator, {units:,} unit files, 1 % declared | {own:.1f} ms, "
                    f"{memory / 1024:.1f} MiB | `cat` of the same files: {cat:.1f} ms "
                    f"| {own / cat:.2f} | ≤ {GOAL:g} |")
        met = met and own / cat <= GOAL
        if last:
            growth = own / last[0], memory / last[1], cat / last[2]
        last = own, memory, cat
    rows.append(f"| … from 3,000 to 30,000 | {growth[0]:.1f} × the time, {growth[1]:.1f} × the "
                f"memory | `cat`: {growth[2]:.1f} × the time | | ≤ {GROWTH:g} × |")
    met = met and max(growth[:2]) <= GROWTH
    print(*rows, sep="\n")
    return 0 if met else 1


sys.exit(main())
