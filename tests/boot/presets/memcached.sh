# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# memcached: values set, got and forgotten; restarts.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/bin/memcached
memcached=$(port 1)

prepare() { sed -i -E "s/^-p .*/-p $memcached/; /^-l ::1/d" /etc/memcached.conf; }
directives() { echo "BindTCP=$memcached"; }

says() { tcp "$memcached" "$@" quit | tr -d '\r' | paste -sd ' '; }
answers() { [[ $(says version) = VERSION* ]]; }

work() {
    check "it answers" wait_for answers
    check_equal "a value is set" STORED "$(says 'set fruit 0 0 5' apple)"
    check_equal "and got" "VALUE fruit 0 5 apple END" "$(says 'get fruit')"
    check_equal "and counted" "STORED 43" "$(says 'set n 0 0 2' 42 'incr n 1')"
    check_equal "one that is too large is refused" "SERVER_ERROR object too large for cache" \
        "$(says 'set large 0 0 2000000' "$(head -c 2000000 /dev/zero | tr '\0' x)")"
    check_equal "all are forgotten" OK "$(says flush_all)"
    check_equal "really" END "$(says 'get fruit')"
    check "it crashes and comes back" crash
    check "answering" wait_for answers
    check "it restarts" systemctl restart "$unit"
    check "and answers" wait_for answers
    check "it has its PID file" test -s /run/memcached/memcached.pid
}
