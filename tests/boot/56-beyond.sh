#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What Landlock does not restrict, and the settings of systemd that do: each thing is tried under a
# policy alone, and under the policy with the setting that `unitlock verify` proposes.
. /opt/boot-tests/lib.sh

mkdir -p /srv/beyond
echo text >/srv/beyond/file
touch /root/beyond
mknod /dev/beyond c 1 3
mkdir /beyond
echo text >/beyond/file

# outcome COMMAND [LINE...]: what becomes of it in a confined service
outcome() {
    local command=$1
    shift
    {
        printf '%s\n' '[Service]' Type=oneshot "ExecStart=/bin/sh -c '$command'" "$@"
        printf '%s\n' '[X-Landlock]' 'Preset=runtime' 'ExecPaths=/usr/bin /bin'
    } >/etc/systemd/system/beyond.service
    systemctl daemon-reload
    systemctl reset-failed beyond 2>/dev/null
    if systemctl start beyond 2>/dev/null; then echo works; else echo fails; fi
}

# beyond TEXT WORDS COMMAND LINE...: WORDS are verify's
beyond() {
    local text=$1 words=$2 command=$3
    shift 3
    check_equal "$text: Landlock alone" works "$(outcome "$command")"
    check "$text: verify says so" grep -q "$words" <(unitlock verify beyond 2>&1)
    check_equal "$text: with $*" fails "$(outcome "$command" "$@")"
    check_equal "$text: by the command, not by the wrapper" 1 "$(property beyond ExecMainStatus)"
}

check_equal "the file itself is denied" fails "$(outcome 'cat /srv/beyond/file')"
attributes='Landlock does not restrict changing modes'
looks='seeing which files there are'
strict=(ProtectSystem=strict ProtectHome=read-only PrivateDevices=yes ReadOnlyPaths=/run)
hidden=(TemporaryFileSystem=/:ro 'BindReadOnlyPaths=/usr /etc/ld.so.cache -/bin -/lib -/lib64')
beyond "its mode" "$attributes" 'chmod 600 /srv/beyond/file' ProtectSystem=strict
beyond "its owner" "$attributes" 'chown 65534 /srv/beyond/file' ProtectSystem=strict
beyond "its times" "$attributes" 'touch -c -d @0 /srv/beyond/file' ProtectSystem=strict
beyond "the mode of what is at home" "$attributes" 'chmod 600 /root/beyond' ProtectHome=read-only
beyond "the mode of a device" "$attributes" 'chmod 666 /dev/beyond' PrivateDevices=yes
beyond "what there is to know of it" "$looks" 'stat /srv/beyond/file' InaccessiblePaths=/srv/beyond
beyond "what there is at home" "$looks" 'stat /root/beyond' ProtectHome=yes
beyond "what there is anywhere" "$looks" 'stat /srv/beyond/file' "${hidden[@]}"

# stays_open TEXT WORDS COMMAND LINE...: with these lines, too, and verify says so
stays_open() {
    local text=$1 words=$2 command=$3
    shift 3
    check_equal "$text: open" works "$(outcome "$command" "$@")"
    check "$text: verify says so" grep -q "$words" <(unitlock verify beyond 2>&1)
}
stays_open "strict, and what is at home" "$attributes.* in .*/home.*/root" 'chmod 600 /root/beyond' \
    ProtectSystem=strict
stays_open "strict, and what is writable" "$attributes.* in .*/srv" 'chmod 600 /srv/beyond/file' \
    'ReadWritePaths=/srv /opt' "${strict[@]}" '[X-Landlock]' DeriveFromUnit=no 'ExecPaths=/bin /usr/bin'
stays_open "a directory of the administrator's own" "$attributes.* in .*/beyond" \
    'chmod 600 /beyond/file' ProtectSystem=full
stays_open "a state directory that is not granted" "$attributes.* in .*/var/lib/beyond" \
    'chmod 700 /var/lib/beyond' StateDirectory=beyond "${strict[@]}" \
    '[X-Landlock]' DeriveFromUnit=no 'ExecPaths=/bin /usr/bin'
stays_open "something hidden, and what is not" "$looks.* in .*/srv" 'stat /srv/beyond/file' \
    ProtectHome=yes TemporaryFileSystem=/mnt
stays_open "what it is given" 'open already when it starts (StandardInput=file:/srv/beyond/file)' \
    'cat' StandardInput=file:/srv/beyond/file
stays_open "memory that is shared" "$attributes.* in .*/dev/shm" 'chmod 1777 /dev/shm' "${strict[@]}"
stays_open "control groups" "$attributes.* in .*/sys/fs/cgroup" 'chmod 755 /sys/fs/cgroup' \
    ProtectKernelTunables=yes "${strict[@]}"
stays_open "devices in an empty root" "$attributes.* in .*/dev" 'chmod 666 /dev/null' \
    MountAPIVFS=yes "${hidden[@]}"
mkdir -p /srv/beyond/root
echo text >/srv/beyond/root/file
own_root=(RootDirectory=/srv/beyond/root 'BindReadOnlyPaths=/usr -/bin -/lib -/lib64')
stays_open "a root of its own" "$attributes.* in .*its own root (RootDirectory=)" \
    'chmod 600 /file' "${own_root[@]}" ReadOnlyPaths=/
check_equal "a root of its own: with +/" fails \
    "$(outcome 'chmod 600 /file' "${own_root[@]}" ReadOnlyPaths=+/)"
check_fails "a root of its own: then verify does not say so" grep -q "its own root" \
    <(unitlock verify beyond 2>&1)
abi=$(unitlock show beyond -o json | jq .kernel.abi)
if [ "$abi" -lt 10 ]; then
    stays_open "UDP" "UDP on any port before ABI 10 (this kernel has $abi)" true
fi
stays_open "no raw sockets, but other protocols" 'MPTCP and SCTP on any port' true User=nobody
stays_open "all of the network" 'TCP on any port before ABI 4 (the policy has ABI=3)' true \
    '[X-Landlock]' ABI=3
stays_open "a family that is listed" 'sockets of AF_NETLINK' true \
    'RestrictAddressFamilies=AF_INET AF_NETLINK'

closed=("${strict[@]}" "${hidden[@]}" IPAddressDeny=any TemporaryFileSystem=/dev/shm
    'InaccessiblePaths=-/dev/hugepages -/dev/mqueue -/dev/pts')
outcome true "${closed[@]}" 'RestrictAddressFamilies=AF_INET AF_INET6' >/dev/null
check_equal "with all of them verify is content" 0 \
    "$(unitlock verify beyond 2>&1 | grep -c beyond-landlock)"
outcome true "${closed[@]}" >/dev/null
check "one that is missing is named" grep -q 'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6' \
    <(unitlock verify beyond 2>&1)
check_fails "and no other" grep -q 'ProtectSystem\|ProtectHome\|IPAddressDeny' \
    <(unitlock verify beyond 2>&1)

systemctl stop beyond 2>/dev/null
rm -r /etc/systemd/system/beyond.service /dev/beyond /root/beyond /beyond /var/lib/beyond
systemctl daemon-reload

plan
