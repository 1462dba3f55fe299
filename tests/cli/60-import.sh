# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2034,SC2154  # for run, and from it
# Import and export.

file /web.toml <<'END'
abi = 4
[[ruleset]]
handled_access_fs = ["abi.all"]
handled_access_net = ["abi.all"]
scoped = ["signal"]
[[path_beneath]]
allowed_access = ["read_file", "read_dir"]
parent = ["/srv/100%"]
[[net_port]]
allowed_access = ["bind_tcp"]
port = [80]
END
exits "import" 0 import "$tree/web.toml"
says "import: the name is the file's" "  web:"
says "import: a rule, its source and no specifier" "-/srv/100%%  # $tree/web.toml:8"
says "import: what the unit has to say" "    Scope=signal"
says "import: what was not handled" "any  # not handled"
cp "$work/out" "$work/imported.yaml"
exits "import: from a pipe" 2 import --format=json -
complains "import: from a pipe: it has no name" "--name="
"$unitlock" import --format=json --name=piped - >"$work/out" 2>"$work/err" \
    <<<'{"pathBeneath": [{"allowedAccess": ["execute"], "parent": ["bin", "/bin"]}]}'
status=$?
result "import: something is left out" [ $status = 1 ]
complains "import: what is left out, with its line" "-:1: 'bin' is left out"
exits "import: what is it?" 2 import "$tree/usr/sbin/daemon"
complains "import: what is it? says how" "--format="
exits "import: no such file" 2 import /nonesuch.toml
printf 'abi = 1\n[[ruleset]]\nscoped = ["\033[2Jx"]\n' | file /hostile.toml
exits "import: hostile" 2 import "$tree/hostile.toml"
result "import: hostile: escaped" harmless
complains "import: hostile: with its line" "hostile.toml:3:"
exits "import: a name that is none" 2 import --name='a b' "$tree/web.toml"

cp "$work/imported.yaml" "$tree/etc/unitlock/conf.d/50-web-imported.yaml"
sed -i 's/^  web:/  imported:/' "$tree/etc/unitlock/conf.d/50-web-imported.yaml"
service imported.service <<'END'
[X-Landlock]
Preset=imported
DeriveFromUnit=no
Scope=signal
END
exits "export: back again" 0 --root="$tree" export imported --format=json
result "export: back again: the same" python3 -c '
import json, sys
got = json.load(open(sys.argv[1]))
ruleset = got["ruleset"][0]
want = [{"allowedAccess": ["read_file", "read_dir"], "parent": ["/srv/100%"]}]
assert got["pathBeneath"] == want, got
assert got["netPort"] == [{"allowedAccess": ["bind_tcp"], "port": [80]}], got
assert len(ruleset["handledAccessFs"]) == 15 and "ioctl_dev" not in ruleset["handledAccessFs"], got
assert ruleset["handledAccessNet"] == ["bind_tcp", "connect_tcp"], got
assert ruleset["scoped"] == ["signal"], got' "$work/out"
exits "export: what cannot be said" 1 --root="$tree" export good
complains "export: what cannot be said: what" "net.bind_udp"
says "export: what can" "[[path_beneath]]"
exits "export: nothing declared" 1 --root="$tree" export plain
exits "export: no such unit" 2 --root="$tree" export nonesuch
rm "$tree/etc/unitlock/conf.d/50-web-imported.yaml" "$tree/etc/systemd/system/imported.service"
