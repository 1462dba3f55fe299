# SPDX-License-Identifier: LGPL-2.1-or-later
"""Results in the Test Anything Protocol, for the tests that are written in Python."""

import sys

count = 0


def result(good, name, notes=()):
    """`notes`: lines, only for a failure."""
    global count
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    for note in [] if good else notes:
        print("#", note)
    sys.stdout.flush()


def skip(name, reason):
    global count
    count += 1
    print(f"ok {count} - {name} # SKIP {reason}")


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)


def plan():
    print(f"1..{count}")
