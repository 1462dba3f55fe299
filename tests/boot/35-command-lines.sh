#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# systemd as the judge: what it makes of a command line is the same with the wrapper in front, for
# every service of the release and for command lines that are hard to quote.
. /opt/boot-tests/lib.sh

units=/etc/systemd/system
work=$(mktemp -d)

# commands UNIT: what systemd would execute: path, argv and flags of each ExecStart=, as JSON.
commands() {
    local object
    object=$(busctl --json=short call org.freedesktop.systemd1 /org/freedesktop/systemd1 \
        org.freedesktop.systemd1.Manager LoadUnit s "$1" | jq -r '.data[0]') || return
    busctl --json=short get-property org.freedesktop.systemd1 "$object" \
        org.freedesktop.systemd1.Service ExecStartEx |
        jq -c '[.data[] | {path: .[0], argv: .[1], flags: (.[2] - ["no-env-expand"] | sort)}]'
}

load_state() { systemctl show -P LoadState -- "$1"; }

# unwrap: the same without the wrapper; commands that are not wrapped stay as they are.
unwrap() {
    jq -c '[.[] | if (.path | endswith("/unitlock-exec")) then
        (.argv | index("--")) as $at
        | {path: (.argv[:$at][] | select(startswith("--program=")) | ltrimstr("--program=")),
           argv: .argv[$at + 1:], flags}
        else . end]'
}

# comparable: systemd shows a bare name as it is written, the wrapper gets the path behind it.
comparable() { jq -cS '[.[] | .path |= sub("^/usr/s?bin/"; "")]'; }

# --- every service of this release, declared at once

# services: the fragments that are no links; of a template one instance.
services() {
    find /usr/lib/systemd/system -maxdepth 1 -name '*.service' -type f -printf '%f\n' |
        sed 's/@\.service$/@some-instance.service/' | sort
}

services >"$work/names"
while read -r name; do
    load_state "$name" >"$work/$name.state"
    commands "$name" >"$work/$name.commands"
done <"$work/names"

mkdir -p /run/systemd/system/service.d
printf '[X-Landlock]\n' >/run/systemd/system/service.d/declared.conf
systemctl daemon-reload

changed=$(
    while read -r name; do
        commands "$name" >"$work/$name.after"
        same=$(comparable <"$work/$name.commands")
        got=$(unwrap <"$work/$name.after" | comparable)
        [ "$same" = "$got" ] || echo "$name: want $same, got $got"
        [ "$(cat "$work/$name.state")" = "$(load_state "$name")" ] ||
            echo "$name: $(cat "$work/$name.state") became $(load_state "$name")"
    done <"$work/names"
)
check_equal "every service of the release keeps its command lines and loads as before" "" "$changed"
wrapped=$(cat "$work"/*.after | grep -c /unitlock-exec || true)
check "and most of them are wrapped ($wrapped of $(wc -l <"$work/names"))" \
    test $((wrapped * 10)) -gt $(($(wc -l <"$work/names") * 8))
rm /run/systemd/system/service.d/declared.conf
systemctl daemon-reload

# --- command lines that are hard to quote: started, and what arrives is compared

cat >/usr/local/bin/show-arguments <<'END'
#!/usr/bin/perl
print join("", map { "[$_]" } @ARGV), "\n";
END
chmod 755 /usr/local/bin/show-arguments
ln -sf show-arguments "/usr/local/bin/show arguments"
ln -sf show-arguments "/usr/local/bin/show\$A\$\$B"
ln -sf show-arguments /usr/local/bin/show%arguments
ln -sf show-arguments /usr/local/bin/show-ärguments
show=/usr/local/bin/show-arguments

lines=(
    "$show plain words"
    "$show 'single  quotes' \"double \\\"quotes\\\"\" mid'dle of 'words"
    "$show \"\" '' \"'\" '\"' \"a\"'b'c"
    "$show \\x41\\102\\u00e9\\U0001f600 \\t|\\s|\\n \\\\ \\\\\\\\ \\d \\q\\ \\z end\\\\"
    "$show \$A \${A} \$B x\${A}y x\$A \$\$A \$\${A} \$\$ \$ \$\$\$\$ \$NONE \${NONE} end"
    ":$show \$A \${A} \$\$ \$\$A %%"
    "$show %i %% %%i %p %n %t %S 100%% %H"
    "$show \\; ';' \";\" a; ;b \\x3b"
    "; $show first ; $show second ; -/nonexistent ; $show third"
    "@$show zeroth one two"
    "@$show \$A one"
    "@-$show -- -- --program=/bin/false --read-only=/"
    "-:$show \$A"
    "$show # no comment ; $show \"# neither\""
    "\"/usr/local/bin/show arguments\" a"
    "/usr/local/bin/show\\x20arguments a"
    "/usr/local/bin/show\$A\$\$B a"
    "/usr/local/bin/show%%arguments a"
    "/usr/local/bin/show-ärguments ü \\xc3\\xbc"
    "/usr/local/./bin//show-arguments slashes"
    "/usr/local/sbin/../bin/show-arguments dots"
    "show-arguments bare"
    "@show-arguments other bare"
    "$show $(printf 'long%.0s ' {1..2000})"
)

# run_all SUFFIX: starts each and keeps what it printed and how it ended.
run_all() {
    local number
    for number in "${!lines[@]}"; do
        systemctl start "line-$number@a\\x2db.service" >/dev/null 2>&1 || true
        mv "$work/out" "$work/$number.$1" 2>/dev/null || : >"$work/$number.$1"
        systemctl show -P Result -P ExecMainStatus "line-$number@a\\x2db.service" >>"$work/$number.$1"
        systemctl reset-failed "line-$number@a\\x2db.service" 2>/dev/null || true
    done
}

for number in "${!lines[@]}"; do
    printf '%s\n' '[Service]' Type=oneshot 'Environment="A=a  value" "B=b\x20b"' \
        "StandardOutput=append:$work/out" StandardError=null "ExecStart=${lines[number]}" \
        >"$units/line-$number@.service"
done
systemctl daemon-reload
run_all plain
for number in "${!lines[@]}"; do
    drop_in "line-$number@.service" landlock.conf <<END
[X-Landlock]
ReadOnlyPaths=/usr
ExecPaths=/usr "-/srv/with a space" -/srv/q"uo"te '-/srv/back\\\\slash' -/srv/do\$llar -/srv/per%%cent -/srv/#h -/srv/%i
ReadWritePaths=$work
END
done
systemctl daemon-reload
run_all confined
check_equal "the arguments are seen" "[plain][words]" "$(head -n 1 "$work/0.plain")"
for number in "${!lines[@]}"; do
    check "confined: ${lines[number]:0:60}" \
        confined "line-$number@a\\x2db.service"
    check_equal "the same arguments: ${lines[number]:0:60}" \
        "$(cat "$work/$number.plain")" "$(cat "$work/$number.confined")"
done

for number in "${!lines[@]}"; do
    rm -r "$units/line-$number@.service" "$units/line-$number@.service.d"
done
systemctl daemon-reload
rm -r "$work"
plan
