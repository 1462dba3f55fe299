# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2034,SC2154  # for run, and from it and 35-denials.sh
# Denials that are declared as expected: who lists them leaves them out, who looks finds them.

service expects.service <<'END'
[X-Landlock]
Preset=web
QuietPaths=remove_file:%t /srv/quiet make_reg,make_dir:-/srv
END
service calm.service <<'END'
[X-Landlock]
Preset=calm
END
service loud.service <<'END'
[X-Landlock]
END
file /etc/unitlock/conf.d/60-calm.yaml <<'END'
presets:
  calm:
    quiet: ['remove_file:%t']
END
mkdir -p "$tree/run"

# started UNIT DOMAIN PID ID: with its domain, whose first denial it is.
started() {
    entry _TRANSPORT=journal MESSAGE_ID=50935db1f4a648518fc4278ea3ffe925 "UNITLOCK_TAG=ul-$4" \
        "_SYSTEMD_UNIT=$1.service" "_SYSTEMD_INVOCATION_ID=${4}6de9821f757842a734d0" "_PID=$3" MESSAGE=confined
    domain "$3" "$2" "$3" "$wrapper" "ul-$4"
}
what_was_expected() {
    entry _TRANSPORT=kernel SYSLOG_FACILITY=0 'MESSAGE=Linux version 6.18'
    started expects b1 200 111111111111
    started calm b2 201 222222222222
    started loud b3 202 333333333333
    domain 203 b4 203 /usr/bin/browser browser
    denial 30 b1 'blockers=fs.remove_file path="/run" dev="tmpfs" ino=1'
    denial 31 b1 'blockers=fs.remove_file,fs.make_sock path="/run" dev="tmpfs" ino=1'
    denial 32 b1 'blockers=fs.remove_file path="/run/systemd" dev="tmpfs" ino=2'
    denial 33 b1 'blockers=fs.make_reg path="/run" dev="tmpfs" ino=1'
    denial 34 b1 'blockers=fs.make_reg,fs.make_dir path="/srv" dev="sda" ino=4'
    denial 35 b2 'blockers=fs.remove_file path="/run" dev="tmpfs" ino=1'
    denial 36 b3 'blockers=fs.remove_file path="/run" dev="tmpfs" ino=1'
    denial 37 b4 'blockers=fs.remove_file path="/run" dev="tmpfs" ino=1'
    denial 38 b9 'blockers=fs.remove_file path="/run" dev="tmpfs" ino=1'
}
ship what_was_expected
denials() { call --root="$tree" denials --directory="$journal" "$@"; }

lists "expected: left out" 0 "31 32 33 36 37 38"
complains "expected: and counted" "3 denials that are declared as expected are left out: see --expected"
lists "expected: --expected" 0 "30 31 32 33 34 35 36 37 38" --expected
holds "expected: --expected: marked" '[line["id"].split("@")[0] for line in lines if line.get("expected")] == ["30", "34", "35"]'
result "expected: --expected leaves none to count" test -z "$(grep expected "$work/err")"
lists "expected: of one unit" 0 "" calm
complains "expected: of one unit: nothing else" "no denials of these units"
complains "expected: of one unit: but that" "1 denials that are declared as expected"
lists "denials: of a unit that there is not" 0 "" clam
complains "denials: says so" "there is no clam.service"
denials -ojson
holds "expected: not in the table" '"calm.service" not in [line["unit"] for line in lines]'
denials --expected -ojson
holds "expected: in the table with --expected" '[line["expected"] for line in lines if line["unit"] == "calm.service"] == [True]'
valid "expected: as the schema says"
holds "expected: where it is told from the others" 'not any("expected" in line for line in lines if line["unit"] in ("loud.service", None))'
denials --expected
result "expected: in the table, behind the right" grep -qE 'calm\.service +fs\.remove_file \(expected\) +/run ' "$work/out"
result "expected: and not of what only looks like it" grep -qE 'loud\.service +fs\.remove_file +/run ' "$work/out"
denials --expected --raw
says "expected: in lines, likewise" "denied fs.make_reg,fs.make_dir (expected) /srv to"
says "expected: not those of further rights" "denied fs.remove_file,fs.make_sock /run to"
call denials --directory="$journal" --raw -ojson
holds "expected: of another machine's journal all are listed" 'len(lines) == 9 and not any("expected" in line for line in lines)'
rm -f "$work/expected-cursor"
lists "expected: with a place to go on" 0 "31 32 33 36 37 38" --cursor-file="$work/expected-cursor"
lists "expected: which is behind them" 0 "" --cursor-file="$work/expected-cursor" --expected

exits "expected: metrics" 0 --root="$tree" metrics --directory="$journal"
result "expected: metrics do not count them" lacks 'unit="calm.service"'
says "expected: metrics count the others" 'unit="loud.service",user="",right="fs.remove_file",certainty="certain"} 1'

exits "expected: show" 0 --root="$tree" show expects --abi=7
says "expected: show: apart" "Denials that are expected, of the path itself:"
says "expected: show: what and where" "remove_file       %t   QuietPaths= /etc/systemd/system/expects.service:5"
exits "expected: show: as JSON" 0 --root="$tree" show expects --abi=7 -ojson
holds "expected: show: JSON" '[(rule["path"], rule["rights"]) for rule in lines[0]["expected"]] == [
    ("%t", ["fs.remove_file"]), ("/srv", ["fs.make_dir", "fs.make_reg"])]'
holds "expected: show: no rule, and no quiet path" '"/srv" not in [rule.get("path") for rule in lines[0]["rules"]] and [rule["path"] for rule in lines[0]["quiet"]] == ["/srv/quiet"]'
exits "expected: show --tree" 0 --root="$tree" show expects --tree
says "expected: show --tree: as it is written" "QuietPaths=make_dir,make_reg:/srv    # /etc/systemd/system/expects.service:5"
exits "expected: show --drop-in" 0 --root="$tree" show expects --drop-in
result "expected: the wrapper is not told" lacks remove_file:
says "expected: but of quiet paths" --quiet=/srv/quiet
exits "expected: of a preset" 0 --root="$tree" presets calm
says "expected: of a preset: is shown" "remove_file %t   preset calm"
exits "expected: of a preset as JSON" 0 --root="$tree" presets calm -ojson
holds "expected: of a preset: JSON" 'lines[0]["rules"] == [] and lines[0]["expected"][0]["path"] == "%t"'
service nonsense.service <<'END'
[X-Landlock]
QuietPaths=bind_tcp:80
END
exits "expected: what is no right of files" 1 --root="$tree" show nonsense
complains "expected: what is no right of files: where" "nonsense.service:4: 'bind_tcp' is not a filesystem right"

exits "expected: why" 1 --root="$tree" why "30@$boot" --directory="$journal"
says "expected: why: it is" \
    "Expected: denied, and declared as expected: QuietPaths=remove_file:%t    # /etc/systemd/system/expects.service:5"
exits "expected: why as JSON" 1 --root="$tree" why "30@$boot" --directory="$journal" -ojson
holds "expected: why: JSON" 'lines[0]["expected"][0]["from"]["where"]["line"] == 5'
exits "expected: why, of two rights" 1 --root="$tree" why "31@$boot" --directory="$journal"
result "expected: why: one of which is not" lacks Expected:
exits "expected: why, without a denial" 1 --root="$tree" why expects remove /run/some.pid
says "expected: why: says it too" "declared as expected: QuietPaths=remove_file:%t"
exits "expected: why of another unit" 1 --root="$tree" why loud remove /run/some.pid
result "expected: why: not of it" lacks Expected:

exits "expected: suggest" 0 --root="$tree" suggest calm --directory="$journal"
silent "expected: no line for it" out
complains "expected: suggest: how many" "1 denials that are declared as expected are left out"
printf '%s\n' e y | "$unitlock" --root="$tree" suggest loud --directory="$journal" --interactive \
    >"$work/out" 2>"$work/err"
says "expected: suggest --interactive offers it" "expect: QuietPaths=remove_file:/run"
says "expected: suggest --interactive: and asks" "[e]xpect"
result "expected: and writes it" \
    grep -qx QuietPaths=remove_file:/run "$tree/etc/systemd/system/loud.service.d/landlock.conf"
lists "expected: from then on" 0 "" loud
complains "expected: from then on: it is" "1 denials that are declared as expected"
rm -r "$journal" "$tree/etc/unitlock/conf.d/60-calm.yaml" "$tree"/etc/systemd/system/loud.service.d \
    "$tree"/etc/systemd/system/{expects,calm,loud,nonsense}.service
