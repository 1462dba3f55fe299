#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Services of a user's manager, in a session of theirs: no root, no capability, no user namespace.
. /opt/boot-tests/lib.sh

useradd --create-home --shell /bin/bash alice 2>/dev/null || true
uid=$(id -u alice)
home=/home/alice
config=$home/.config
# The session begins and ends with a command; the manager stays.
lingers alice

# as_alice COMMAND...: in a session of hers, as a login gives one.
as_alice() {
    local command
    printf -v command '%q ' "$@"
    su - alice -c "$command"
}

# hers PATH: writes a file of hers.
hers() {
    mkdir -p "${1%/*}"
    cat >"$1"
    chown -R alice: "$home"
}

user_property() { as_alice systemctl --user show -P "$2" "$1"; }
user_confined() { [[ $(user_property "$1" ExecStart) = *'/unitlock-exec '* ]]; }
user_state() { as_alice unitlock --user status "$1.service" -o json 2>/dev/null | jq -r '.state'; }
user_ask() {
    local name=$1
    shift
    "$TRYD" ask "/run/user/$uid/$name/sock" "$@" 2>&1
}

# restart_manager: hers. Where it does not get started, what systemd said is shown, and it is tried again.
restart_manager() {
    systemctl restart "user@$uid.service" || {
        journalctl -q -n 40 -o short-precise -u "user@$uid.service" -u "user-runtime-dir@$uid" | diag
        systemctl reset-failed "user@$uid.service"
        wait_for systemctl restart "user@$uid.service"
    }
    wait_for as_alice systemctl --user is-active default.target
}

wait_for as_alice systemctl --user is-active default.target
check "alice has a session and a manager" as_alice systemctl --user is-active default.target
check_equal "which stays" yes "$(loginctl show-user alice -P Linger)"

# --- one service, from the declaration to the denial

echo secret >$home/secret
mkdir -p $home/data
echo data >$home/data/file
hers $config/systemd/user/tryd.service <<END
[Service]
Type=notify
RuntimeDirectory=tryd
StateDirectory=tryd
ExecStart=$TRYD serve --notify %t/tryd/sock
END
as_alice systemctl --user daemon-reload
as_alice systemctl --user start tryd
check_equal "undeclared, it reads the secret" ok "$(user_ask tryd read $home/secret)"
check_equal "and is not declared" not-declared "$(user_state tryd)"

hers $config/systemd/user/tryd.service.d/landlock.conf <<END
[X-Landlock]
Preset=hers
ReadOnlyPaths=%h/data
ABI=$(kernel_abi)
END
hers $config/unitlock/conf.d/50-hers.yaml <<'END'
presets:
  hers:
    description: What all services of alice may
    extends: [runtime]
    read-only: [/etc/hostname]
END
as_alice systemctl --user daemon-reload
check_equal "declared, it wants a restart" restart-needed "$(user_state tryd)"
check "it starts" as_alice systemctl --user restart tryd
check "through the wrapper" user_confined tryd.service
check_equal "with no_new_privs" 1 \
    "$(awk '/NoNewPrivs/ { print $2 }' "/proc/$(user_property tryd MainPID)/status")"
check_equal "it runs as alice" "ok $uid" "$(user_ask tryd uid)"
check_equal "it reads what is granted below %h" ok "$(user_ask tryd read $home/data/file)"
check_equal "what a preset of hers grants" ok "$(user_ask tryd read /etc/hostname)"
# Before systemd 254 %S was the directory of configuration.
state_directory=$home/.local/state/tryd
[ -d "$state_directory" ] || state_directory=$config/tryd
check_equal "and writes to its state directory" ok "$(user_ask tryd create "$state_directory/new")"
check_equal "but not the secret" "errno EACCES" "$(user_ask tryd read $home/secret)"
check_equal "unitlock --user status says so" enforced "$(user_state tryd)"
check_equal "with its start record" "$(user_property tryd MainPID)" \
    "$(as_alice unitlock --user status tryd -o json | jq '.records[0].pid')"
check "unitlock --user show has the rule, and where it is from" \
    bash -c "su - alice -c 'unitlock --user show tryd' | grep -F 'tryd.service.d/landlock.conf:3'"
check_fails "for the system's manager there is no such service" unitlock status tryd.service

# --- her denials, seen by root and by her

user_denied() {
    journalctl --sync
    unitlock denials -o json |
        jq -s -e --argjson uid "$uid" 'any(.unit == "tryd.service" and .user == $uid
            and .object.path == "'$home/secret'")'
}
check "root sees her denial, with her ID" wait_for user_denied
check "whoever may not read audit records is told so" \
    bash -c "su - alice -c 'unitlock --user denials' 2>&1 | grep -iE 'permission|adm|systemd-journal'"
check "and unitlock --user status says what to do about it" \
    bash -c "su - alice -c 'unitlock --user status tryd' | grep -F 'members of the group systemd-journal'"
usermod -aG systemd-journal alice
check "as a member of systemd-journal she sees it herself" \
    bash -c "su - alice -c 'unitlock --user denials tryd -o json' | jq -s -e 'any(.rights[] == \"fs.read_file\")'"
check "unitlock --user status counts it, and says how to see it" \
    bash -c "su - alice -c 'unitlock --user status tryd' | grep -E ' 1 since it was started; see: unitlock --user denials tryd.service$'"
check_equal "and nobody else's" "$uid" \
    "$(as_alice unitlock --user denials -o json | jq -r .user | sort -u)"

# --- the unit path is systemd's own, directory by directory

unit_paths() { as_alice systemd-analyze --user unit-paths | grep -v '/generator'; }
number=0
while read -r directory; do
    number=$((number + 1))
    mkdir -p "$directory"
    printf '[Service]\nExecStart=/bin/true\n[X-Landlock]\n' >"$directory/path-$number.service"
done < <(unit_paths)
chown -R alice: "$home" "/run/user/$uid/systemd/"*
as_alice systemctl --user daemon-reload
check "there are directories to try" test "$number" -gt 8
paths=$(unit_paths)
for ((i = 1; i <= number; i++)); do
    check "declared in $(sed -n "${i}p" <<<"$paths")" user_confined "path-$i.service"
done

# --- which drop-in wins: the same name in every directory, from the last one on

while read -r directory; do
    mkdir -p "$directory/tryd.service.d"
    : >"$directory/tryd.service.d/zz-unitlock.conf"
    chown -R alice: "$home" "/run/user/$uid/systemd/"*
    as_alice systemctl --user daemon-reload
    loaded=no
    user_confined tryd.service && loaded=yes
    says=no
    grep -q 'takes the place of the generated drop-in' \
        <(as_alice unitlock --user show tryd 2>&1) || says=yes
    check_equal "a mask in $directory: unitlock and systemd agree" "$loaded" "$says"
    rm -r "$directory/tryd.service.d/zz-unitlock.conf"
done < <(unit_paths | tac)
as_alice systemctl --user daemon-reload

# --- $SYSTEMD_UNIT_PATH, which her manager is started with

mkdir -p $home/units
hers $home/units/elsewhere.service <<END
[Service]
ExecStart=/bin/sleep 60
[X-Landlock]
END
mkdir -p "/etc/systemd/system/user@$uid.service.d"
printf '[Service]\nEnvironment=SYSTEMD_UNIT_PATH=%s:\n' $home/units \
    >"/etc/systemd/system/user@$uid.service.d/path.conf"
systemctl daemon-reload
restart_manager
check "a directory of \$SYSTEMD_UNIT_PATH is looked at" user_confined elsewhere.service
rm -r "/etc/systemd/system/user@$uid.service.d"
systemctl daemon-reload
restart_manager

# --- her own mistakes are hers alone

hers $config/systemd/user/wrong.service <<'END'
[Service]
ExecStart=/bin/true
[X-Landlock]
ReadOnlyPath=/usr
END
as_alice systemctl --user daemon-reload
as_alice systemctl --user start wrong || true
has_failed() { [ "$(user_property wrong ActiveState)" = failed ]; }
wait_for has_failed
check_equal "an invalid declaration does not start" 78 "$(user_property wrong ExecMainStatus)"
check_equal "unitlock --user status says why" invalid "$(user_state wrong)"
check_equal "the system's services are none of hers" 0 \
    "$(unitlock status -o json 2>/dev/null | jq -r 'select(.unit) | .unit' | grep -cx wrong.service)"

# --- her own drop-ins, written and taken back, and what runs beside what is declared

hers $config/systemd/user/asked.service <<'END'
[Service]
ExecStart=/bin/sleep infinity
END
as_alice systemctl --user daemon-reload
as_alice systemctl --user start asked
drop_in_of_asked=$config/systemd/user/asked.service.d/landlock.conf
enabled=$(as_alice unitlock --user enable asked --preset=runtime 2>&1)
check "unitlock --user enable writes her drop-in" grep -qx Preset=runtime "$drop_in_of_asked"
check "and reloads her manager" user_confined asked.service
check "and names what has to be restarted" grep -q 'has to be restarted' <<<"$enabled"
as_alice systemctl --user restart asked
no_difference() { [ -z "$(as_alice unitlock --user diff asked 2>&1)" ]; }
check "which then runs as declared" wait_for no_difference
sed -i 's/^Preset=.*/&\nReadOnlyPaths=-%h\/data/' "$drop_in_of_asked"
as_alice systemctl --user daemon-reload
check_equal "diff knows her home" "+ReadOnlyPaths=-$home/data" \
    "$(as_alice unitlock --user diff asked | sed 's/ *#.*//; 1,2d')"
sed -i '/^ReadOnlyPaths/d' "$drop_in_of_asked"
check "unitlock --user disable takes it back" as_alice unitlock --user disable asked
check "the drop-in is gone" test ! -e "$drop_in_of_asked"
check_fails "and her manager knows" user_confined asked.service
check "unitlock --user presets has hers" grep -q '^hers ' <(as_alice unitlock --user presets)
as_alice systemctl --user stop asked
rm -r $config/systemd/user/asked.service

rm /var/lib/systemd/linger/alice
systemctl stop "user@$uid.service"
plan
