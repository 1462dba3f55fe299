# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2034,SC2154  # for run, and from it
# Presets, and giving them.

file /usr/lib/unitlock/conf.d/40-units.yaml <<'END'
units:
  given.service: web
  "web*.service": web
END
service given.service <<'END'
END
service web.service <<'END'
END
service plain.service <<'END'
END
exits "presets" 0 --root="$tree" presets
says "presets: a line each" "web"
says "presets: to whom it is given" "given.service web*.service"
exits "presets: one" 0 --root="$tree" presets web
says "presets: what it extends" "runtime"
says "presets: what it grants" "/opt/web"
says "presets: on whose behalf" "preset web → runtime"
exits "presets: JSON" 0 --root="$tree" presets -o json
holds "presets: JSON: all" '{l["preset"] for l in lines} >= {"runtime", "web"} and all(l["valid"] for l in lines)'
holds "presets: JSON: what they grant" \
    '[r.get("path", r.get("first_port")) for l in lines if l["preset"] == "web" for r in l["rules"]] == ["/usr/lib", "/opt/web", 80, 443]'
exits "presets: none of this name" 2 --root="$tree" presets nonesuch
exits "show: given" 0 --root="$tree" show given
says "show: given: by whom" "40-units.yaml:2"
exits "status: given" 0 --root="$tree" status given
exits "show: tree" 0 --root="$tree" show good --tree
prints "show: tree: who says what" "$(cat <<'END'
good.service: confined when started
  its own section
    ReadOnlyPaths=/srv/www    # /etc/systemd/system/good.service.d/landlock.conf:3
    ReadOnlyPaths=-/srv/more    # /etc/systemd/system/good.service.d/landlock.conf:3
    ReadWritePaths=%S/good    # /etc/systemd/system/good.service.d/landlock.conf:4
    ConnectTCP=9000-9010    # /etc/systemd/system/good.service.d/landlock.conf:5
    QuietPaths=/proc    # /etc/systemd/system/good.service.d/landlock.conf:6
  preset web
    ExecPaths=-/opt/web    # /usr/lib/unitlock/conf.d/10-base.yaml:7:12
    BindTCP=80    # /usr/lib/unitlock/conf.d/10-base.yaml:6:16
    BindTCP=443    # /usr/lib/unitlock/conf.d/10-base.yaml:6:20
    preset runtime
      ReadOnlyPaths=/usr/lib    # /usr/lib/unitlock/conf.d/10-base.yaml:3:17
  its other settings
    derived from ExecStart=
      ExecPaths=-/usr/sbin/daemon    # /etc/systemd/system/good.service:2
END
)"
exits "show: tree: of an invalid declaration" 1 --root="$tree" show bad --tree
says "show: tree: says so" "bad.service: the declaration is INVALID: the unit cannot be started"
exits "show: tree: of what cannot be confined" 1 --root="$tree" show plus --tree
says "show: tree: says so, too" "plus.service: NOT CONFINED"
printf 'units:\n  plain.service: none\n' | file /etc/unitlock/conf.d/90-exempt.yaml
exits "show: exempted" 1 --root="$tree" show plain
says "show: exempted: by whom" "exempted by /etc/unitlock/conf.d/90-exempt.yaml:2"
call --root="$tree" status plain
says "status: exempted: by whom" "exempted by /etc/unitlock/conf.d/90-exempt.yaml:2"
exits "enable: exempted" 1 --root="$tree" enable plain
complains "enable: exempted: by whom" "/etc/unitlock/conf.d/90-exempt.yaml:2"
rm "$tree/etc/unitlock/conf.d/90-exempt.yaml"
exits "enable: given already" 0 --root="$tree" enable given
says "enable: given already, and by whom" "40-units.yaml:2"
exits "enable: no preset of its name" 1 --root="$tree" enable plain
complains "enable: no preset of its name: says how" "--preset="
file /usr/share/unitlock/units.yaml <<'END'
units:
  plain.service: [web]
  good.service: none
END
exits "enable: the vendor's list need not be in force" 0 --root="$tree" enable plain
result "enable: it has the vendor's preset" \
    grep -qx Preset=web "$tree/etc/systemd/system/plain.service.d/landlock.conf"
exits "disable: it" 0 --root="$tree" disable plain
exits "enable: an unknown preset" 1 --root="$tree" enable plain --preset=nonesuch
complains "enable: an unknown preset is named" "nonesuch"
exits "enable: an unknown unit" 1 --root="$tree" enable nonesuch
exits "enable" 0 --root="$tree" enable plain --preset=runtime,web
prints "enable: what it did" "Created $tree/etc/systemd/system/plain.service.d/landlock.conf.
plain.service may use 3 paths, 0 of them for more than to read and execute, and 2 ports or ranges of ports: \"unitlock show plain.service\"."
result "enable: what it wrote" diff "$tree/etc/systemd/system/plain.service.d/landlock.conf" - <<'END'
# Written by "unitlock enable"; "unitlock disable" removes it.
[X-Landlock]
Preset=runtime web
END
exits "enable: twice" 0 --root="$tree" enable plain
says "enable: twice: nothing was to do" "is enabled already"
exits "enable: twice, otherwise" 1 --root="$tree" enable plain --preset=web
complains "enable: twice: where it is declared" "plain.service.d/landlock.conf:2"
exits "disable" 0 --root="$tree" disable plain
result "disable: the file is gone, and its directory" [ ! -e "$tree/etc/systemd/system/plain.service.d" ]
exits "disable: not enabled" 0 --root="$tree" disable plain
says "disable: not enabled: says so" "plain.service is not enabled"
exits "disable: given" 1 --root="$tree" disable given
complains "disable: given: how to exempt it" "Mode=off"
exits "enable: in place of what is given" 0 --root="$tree" enable given --preset=runtime
echo ReadOnlyPaths=/srv >>"$tree/etc/systemd/system/given.service.d/landlock.conf"
exits "disable: somebody has added to it" 1 --root="$tree" disable given
result "disable: it is still there" [ -e "$tree/etc/systemd/system/given.service.d/landlock.conf" ]
