#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What one would write without unitlock: the denials of `journalctl -o json`, grouped.

Usage: journalctl _AUDIT_TYPE=1423 + _AUDIT_TYPE=1424 + _AUDIT_TYPE=1300 + MESSAGE_ID=… -o json | summary.py

A domain belongs to the unit whose start record has the tag that the domain's record was made with. It
believes everything: who may say what, unitlock checks, and this does not.
"""
import json
import sys

units, tags, denials, programs = {}, {}, [], {}
for line in sys.stdin:
    entry = json.loads(line)
    kind = entry.get("_AUDIT_TYPE")
    if kind == "1423":
        denials.append((entry["_AUDIT_ID"], entry["_AUDIT_FIELD_DOMAIN"], entry["_AUDIT_FIELD_BLOCKERS"],
                        entry.get("_AUDIT_FIELD_PATH"), entry["__REALTIME_TIMESTAMP"]))
    elif kind == "1300":
        programs[entry["_AUDIT_ID"]] = entry["_EXE"]
    elif kind == "1424":
        tags[entry["_AUDIT_FIELD_DOMAIN"]] = entry["_COMM"]
    else:
        units[entry["UNITLOCK_TAG"]] = entry["UNITLOCK_UNIT"]

groups = {}
for serial, domain, right, path, time in denials:
    key = units.get(tags.get(domain)), right, path, programs.get(serial)
    group = groups.setdefault(key, [0, time, time])
    group[0] += 1
    group[2] = time
for (unit, right, path, program), (count, first, last) in groups.items():
    print(json.dumps({"unit": unit, "right": right, "path": path, "program": program,
                      "count": count, "first": first, "last": last}))
