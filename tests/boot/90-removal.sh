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
old=$(property stays MainPID)

# A removal that is called off half-way.
check "prerm works" $scripts.prerm remove
check_fails "from then on no drop-in names the wrapper" drop_ins
check "which is still there" test -x /usr/libexec/unitlock-exec
check "a restart in between works" systemctl restart stays
check "the removal is called off" $scripts.postinst abort-remove
check "the drop-in is back" confined stays.service
check "and the service starts" systemctl restart stays
old=$(property stays MainPID)

check "the package goes" dpkg -r unitlock
check_fails "no drop-in names the wrapper" drop_ins
check_fails "nothing is left of it in /run" ls /run/systemd/system-generators/unitlock-generator
check_equal "the service has not noticed" "$old" "$(property stays MainPID)"
check "it restarts" systemctl restart stays
wait_for ask stays pid
check_answer "unconfined" stays ok read /etc/shadow

check "the package comes back" dpkg -i /opt/unitlock.deb
check "and so does the drop-in" confined stays.service
check "the service restarts" systemctl restart stays
wait_for ask stays pid
check_answer "confined" stays 'errno EACCES' read /etc/shadow
check "an upgrade to itself works" dpkg -i /opt/unitlock.deb
check "and changes nothing" confined stays.service
systemctl stop stays
plan
