#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Command lines that are hard to quote, started: what arrives is the same with the wrapper in front.
# (What systemd shows of many more, without starting them, is compared in the next two.)
. /opt/boot-tests/lib.sh

units=/etc/systemd/system
work=$(mktemp -d)

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
    "$show not utf-8: \\xe9 \\ud800 end"
    "$show ends in a backslash \\ "
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
    # Not by systemctl: words that are not UTF-8 do not pass through D-Bus on systemd 252.
    check "confined: ${lines[number]:0:60}" \
        grep -q /unitlock-exec "/run/systemd/generator/line-$number@.service.d/zz-unitlock.conf"
    check_equal "the same arguments: ${lines[number]:0:60}" \
        "$(cat "$work/$number.plain")" "$(cat "$work/$number.confined")"
done

for number in "${!lines[@]}"; do
    rm -r "$units/line-$number@.service" "$units/line-$number@.service.d"
done
systemctl daemon-reload
rm -r "$work"
plan
