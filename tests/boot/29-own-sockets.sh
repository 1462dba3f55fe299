#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a service needs of its surroundings to live is granted by derivation or by the preset runtime,
# on kernels that restrict connecting to sockets too: being ready, the watchdog, the journal, users.
# What is not declared, D-Bus, is refused there.
. /opt/boot-tests/lib.sh

abi=$(kernel_abi)
refused=ok
[ "$abi" -lt 9 ] || refused='errno EACCES'

# oneshot NAME COMMAND: a service that runs once, with what stdin says of it; its section asks for all
# that there is.
oneshot() {
    local name=$1
    shift
    printf '[Service]\nType=oneshot\nExecStart=%s\n%s\nABI=11\n' "$*" "$(cat)" \
        >"/etc/systemd/system/$name.service"
    systemctl daemon-reload
    systemctl start "$name.service"
}

said() { journalctl -q --sync; grep -qx "$2" <(journalctl -q -o cat -t "$1"); }

# --- being ready and the watchdog, with no preset at all

cat >/etc/systemd/system/ready.service <<END
[Service]
Type=notify
ExecStart=$TRYD serve --notify /run/ready/sock
RuntimeDirectory=ready
[X-Landlock]
Preset=
ABI=11
END
check "a service with Type=notify gets ready" restart ready.service
check "confined" confined ready.service
check_equal "and its status arrives" "waiting for requests" "$(property ready StatusText)"
check_answer "another socket, if the kernel restricts it, is refused" ready \
    "$refused" unix /run/dbus/system_bus_socket
systemctl stop ready

cat >/etc/systemd/system/petted.service <<END
[Service]
Type=simple
WatchdogSec=8
ExecStart=${TRYD%/*}/sight --brief --pet 1 --stay
[X-Landlock]
Preset=
ABI=11
END
restart petted.service
started=$(property petted WatchdogTimestampMonotonic)
was_petted() { [ "$(property petted WatchdogTimestampMonotonic)" -gt "$started" ]; }
check "a watchdog is told that its service lives" wait_for was_petted
check "confined" confined petted.service
systemctl stop petted

# --- the journal

id=own-$HTTP_PORT
check "syslog(3)" oneshot own-syslog "/usr/bin/logger -t $id-syslog arrived" <<'END'
[X-Landlock]
ExecPaths=/usr/bin/logger
END
check "arrives" wait_for said "$id-syslog" arrived
check "systemd-cat(1)" oneshot own-cat "/usr/bin/systemd-cat -t $id-cat /bin/echo arrived" <<'END'
[X-Landlock]
ExecPaths=/usr/bin/systemd-cat /bin/echo
END
check "arrives" wait_for said "$id-cat" arrived
printf 'MESSAGE=arrived\nSYSLOG_IDENTIFIER=%s\n' "$id-native" >"/run/$id.entry"
check "the journal's own protocol" oneshot own-native "/usr/bin/logger --journald=/run/$id.entry" <<END
[X-Landlock]
ReadOnlyPaths=/run/$id.entry
END
check "arrives" wait_for said "$id-native" arrived

# --- users and hosts: the sockets that libc's modules connect to, with somebody else behind them

tryd_service outside <<'END'
END
mkdir -p /run/nscd /run/systemd/resolve
"$TRYD" batch /run/outside/sock >/dev/null <<'END'
listen-unix /run/nscd/socket
listen-unix /run/systemd/resolve/io.systemd.Resolve
END
tryd_service knows-users <<'END'
[X-Landlock]
ABI=11
END
check_answer "with the preset runtime, nscd can be asked" knows-users ok unix /run/nscd/socket
check_answer "and systemd-resolved not, if the kernel restricts it" knows-users "$refused" \
    unix /run/systemd/resolve/io.systemd.Resolve
tryd_service knows-hosts <<'END'
[X-Landlock]
Preset=dns-client
ABI=11
END
check_answer "with dns-client, it can" knows-hosts ok unix /run/systemd/resolve/io.systemd.Resolve
systemctl stop knows-users knows-hosts outside
rm -r /run/nscd /run/systemd/resolve

# --- users that systemd knows (nss-systemd, over varlink), where the release has the module

if [ -e /usr/lib/x86_64-linux-gnu/libnss_systemd.so.2 ]; then
    check "a user of systemd's own" oneshot own-user \
        "/bin/sh -c '[ \$(id -un) = own-user ]'" <<'END'
DynamicUser=yes
[X-Landlock]
ExecPaths=/usr/bin
END
fi

# --- D-Bus

asks_bus="/usr/bin/busctl --system call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus GetId"
check "D-Bus, where it is declared" oneshot own-bus "$asks_bus" <<'END'
[X-Landlock]
SocketPaths=/run/dbus
END
if [ "$abi" -ge 9 ]; then
    check_fails "and not where it is not" oneshot own-no-bus "$asks_bus" <<'END'
[X-Landlock]
END
    check "the denial is shown" denied own-no-bus.service fs.resolve_unix /run/dbus/system_bus_socket
fi
for service in own-syslog own-cat own-native own-user own-bus; do
    ! logs_denials || [ ! -e "/etc/systemd/system/$service.service" ] ||
        check_equal "$service was denied no socket" "" "$(denials $service.service | grep resolve_unix)"
done

# --- privileges

cat >/etc/systemd/system/plain-user.service <<END
[Service]
User=nobody
ExecStart=$TRYD serve /run/plain-user/sock
RuntimeDirectory=plain-user
[X-Landlock]
ABI=11
END
restart plain-user.service
wait_for ask plain-user pid
check_answer "without privileges, no_new_privs is set" plain-user "ok 1" no-new-privs
systemctl stop plain-user
plan
