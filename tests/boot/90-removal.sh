#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Removing the package while a service runs confined. The last test: it takes the package away
# and puts it back.
. /opt/boot-tests/lib.sh

scripts=/var/lib/dpkg/info/unitlock
drop_ins() { grep -rl unitlock-exec /run/systemd/generator* 2>/dev/null; }

tryd_service stays <<'END'
[X-Landlock]
END
check "a service is confined" confined stays.service

# A user's manager has drop-ins of its own; it reloads when it is told to, a moment later.
useradd --create-home bob
bob=$(id -u bob)
lingers bob
mkdir -p /etc/systemd/user
printf '[Service]\nExecStart=/bin/sleep 600\n[X-Landlock]\n' >/etc/systemd/user/bobs.service
bobs_is_confined() {
    [[ $(su - bob -c 'systemctl --user show -P ExecStart bobs') = *'/unitlock-exec '* ]]
}
bobs_is_not_confined() {
    [[ $(su - bob -c 'systemctl --user show -P ExecStart bobs') = *'path=/bin/sleep '* ]]
}
check "and one of a user's manager" wait_for bobs_is_confined
old=$(property stays MainPID)

# A removal that is called off half-way.
check "prerm works" $scripts.prerm remove
check_fails "from then on no drop-in names the wrapper" drop_ins
check "which is still there" test -x /usr/libexec/unitlock-exec
check "a restart in between works" systemctl restart stays
check "the user's manager has forgotten it too" wait_for bobs_is_not_confined
check "the removal is called off" $scripts.postinst abort-remove
check "the user's service is confined again" wait_for bobs_is_confined
check "the drop-in is back" confined stays.service
check "and the service starts" systemctl restart stays
old=$(property stays MainPID)

check "the package goes" dpkg -r unitlock
check_fails "no drop-in names the wrapper" drop_ins
check "nor one of the user's manager" wait_for bobs_is_not_confined
check "the user's service starts" su - bob -c 'systemctl --user start bobs'
check_fails "nothing is left of it in /run" ls /run/systemd/{system,user}-generators/unitlock-generator
check_equal "the service has not noticed" "$old" "$(property stays MainPID)"
check "it restarts" systemctl restart stays
wait_for ask stays pid
check_answer "unconfined" stays ok read /etc/shadow

check "the package comes back" dpkg -i /opt/unitlock.deb
check "and so does the drop-in" confined stays.service
check "the service restarts" systemctl restart stays
wait_for ask stays pid
check_answer "confined" stays 'errno EACCES' read /etc/shadow
check "and that of the user's manager" wait_for bobs_is_confined
check "an upgrade to itself works" dpkg -i /opt/unitlock.deb
check "and changes nothing" confined stays.service
systemctl stop stays "user@$bob.service"
rm /var/lib/systemd/linger/bob
plan
