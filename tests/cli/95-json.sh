# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2034,SC2154  # for run, and from it
# JSON: the manual names every key that was printed above.

# undocumented VERB PAGE: keys of the verb's objects that its page does not name under JSON.
undocumented() {
    python3 -c '
import json, re, sys

verb, page, objects = sys.argv[1:]
section = re.search(r"^# JSON\n(.*?)(?=^# |\Z)", open(page).read(), re.M | re.S)[1]
# A page of several verbs says first what is true of all, and then "*verb* prints" for each. "As for
# *verb*" brings in what is said there.
parts = re.split(r"^\*(\w+)\* prints", section, flags=re.M)
of_verb = dict(zip(parts[1::2], parts[2::2]))
text = parts[0] + of_verb.get(verb, "")
text += "".join(of_verb[other] for other in re.findall(r"As for \*(\w+)\*", text))
documented = set(re.findall(r"\*(\w+)\*", text))


def keys(value):
    if isinstance(value, list):
        for item in value:
            yield from keys(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            # Names of states are data.
            yield from keys(item if key != "states" else None)


printed = {key for line in open(objects) for key in keys(json.loads(line))}
print(*sorted(printed - documented))
sys.exit(0 if printed and printed <= documented else 1)' "$1" "$2" "$work/json.$1"
}
documents() { undocumented "$@" >"$work/out"; }

: >"$work/err"
for verb in status show verify presets; do
    result "JSON: the manual names all keys of $verb" documents "$verb" "$manual"
done
for verb in denials suggest why security; do
    result "JSON: the manual names all keys of $verb" documents "$verb" "${manual%.1.scd}-$verb.1.scd"
done
