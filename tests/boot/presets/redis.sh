# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# redis: values that survive snapshots, the append-only file, a crash and a restart; TLS.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/bin/redis-server
# See the preset.
tolerated='^fs\.read_file\s/proc/[0-9]+/smaps\s'
redis=$(port 1) redis_tls=$(port 2)

prepare() {
    certificate /etc/redis/tls redis:redis
    sed -i -E 's/^(bind|port) .*//' /etc/redis/redis.conf
    cat >>/etc/redis/redis.conf <<CONF
bind 127.0.0.1
port $redis
tls-port $redis_tls
tls-cert-file /etc/redis/tls/cert.pem
tls-key-file /etc/redis/tls/key.pem
tls-auth-clients no
appendonly yes
unixsocket /run/redis/redis.sock
CONF
}

directives() { echo "BindTCP=$redis $redis_tls"; }

cli() { redis-cli -p "$redis" "$@"; }
tls_cli() { redis-cli --tls --cacert /etc/redis/tls/cert.pem -p "$redis_tls" "$@"; }
answers() { [ "$(cli ping)" = PONG ]; }
idle() { ! cli info persistence | grep -q '_in_progress:1'; }
ended_well() { [ "$(cli info persistence | tr -d '\r' | grep -cE '_last_bg(save|rewrite)_status:ok')" = 2 ]; }

work() {
    check "it answers" wait_for answers
    check_equal "a value is set" OK "$(cli set fruit apple)"
    check_equal "and got over the socket" apple "$(redis-cli -s /run/redis/redis.sock get fruit)"
    check_equal "and over TLS" apple "$(tls_cli get fruit)"
    check_equal "a snapshot" OK "$(cli save)"
    check "one in the background" cli bgsave
    check "ends" wait_for idle
    check "the append-only file is written anew" cli bgrewriteaof
    check "which ends" wait_for idle
    check "both well" ended_well
    check_equal "a script runs" 3 "$(cli eval 'return 1 + 2' 0)"
    mv /var/log/redis/redis-server.log /var/log/redis/redis-server.log.1
    check_equal "the log is rotated" OK "$(cli save)"
    check "and goes on" wait_for test -s /var/log/redis/redis-server.log
    cli set fruit pear >/dev/null
    check "it crashes and comes back" crash
    check "answering" wait_for answers
    check_equal "with the last value" pear "$(cli get fruit)"
    check "it restarts" systemctl restart "$unit"
    check "and answers" wait_for answers
    check_equal "with the value" pear "$(cli get fruit)"
}
