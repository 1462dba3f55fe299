#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times the generator over 300 unit files, 10 of them declared, beside reading the same files with
cat: whole processes, one after the other, medians.

Usage: generator.py GENERATOR
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

UNITS = 300
DECLARED = 10
ROUNDS = 201
WARM_UP = 10
GOAL = 3.0

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


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def make_tree(root):
    files = []
    for number in range(UNITS):
        name = f"service-{number}.service"
        files.append(write(f"{root}/usr/lib/systemd/system/{name}", UNIT.format(number=number)))
        if number % (UNITS // DECLARED) == 0:
            files.append(write(f"{root}/etc/systemd/system/{name}.d/landlock.conf",
                               DECLARATION.format(number=number, port=8000 + number)))
    paths = ", ".join(f"-/usr/lib/{number}" for number in range(40))
    write(f"{root}/usr/lib/unitlock/conf.d/10-runtime.yaml", PRESET.format(paths=paths))
    return files


def milliseconds(command, environment):
    start = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - start) * 1000


def main():
    generator = sys.argv[1]
    with tempfile.TemporaryDirectory() as work:
        files = make_tree(f"{work}/root")
        output = f"{work}/out"
        environment = {"PATH": os.environ["PATH"], "UNITLOCK_ROOT": f"{work}/root"}
        times = {"cat": [], "generator": []}
        for round_number in range(WARM_UP + ROUNDS):
            # As at daemon-reload: systemd has emptied the directory.
            shutil.rmtree(output, ignore_errors=True)
            os.mkdir(output)
            taken = {"cat": milliseconds(["cat", *files], environment),
                     "generator": milliseconds([generator, output], environment)}
            if round_number >= WARM_UP:
                for name, value in taken.items():
                    times[name].append(value)
        if len(os.listdir(output)) != DECLARED:
            sys.exit(f"{len(os.listdir(output))} drop-ins were written, not {DECLARED}")
    cat = statistics.median(times["cat"])
    own = statistics.median(times["generator"])
    print(f"{UNITS} unit files, {DECLARED} declared, median of {ROUNDS} runs")
    print(f"cat        {cat:6.2f} ms")
    print(f"generator  {own:6.2f} ms")
    print(f"ratio      {own / cat:6.2f}    (goal: at most {GOAL:g})")
    print(f"| generator, {UNITS} unit files, {DECLARED} declared | {own:.1f} ms "
          f"| `cat` of the same files: {cat:.1f} ms | {own / cat:.2f} | ≤ {GOAL:g} |")


main()
