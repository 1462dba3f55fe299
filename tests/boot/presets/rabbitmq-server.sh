# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# rabbitmq-server: messages are published and got, over the management plugin; queues of both kinds
# outlast a restart and a crash; users, logs, a plugin that comes later.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/lib/erlang/bin/erl
# Another shell than the one of scripts is refused.
shell=/usr/bin/bash
epmd=$(port 1) amqp=$(port 2) nodes=$(port 3) management=$(port 4)
# For rabbitmqctl, too.
export ERL_EPMD_PORT=$epmd

prepare() {
    cp -p /etc/rabbitmq/rabbitmq-env.conf /run/rabbitmq-env.conf
    printf '%s\n' NODENAME=rabbit@localhost NODE_IP_ADDRESS=127.0.0.1 "NODE_PORT=$amqp" "DIST_PORT=$nodes" \
        >>/etc/rabbitmq/rabbitmq-env.conf
    cat >/etc/rabbitmq/rabbitmq.conf <<CONF
management.tcp.ip = 127.0.0.1
management.tcp.port = $management
CONF
    echo '[rabbitmq_management].' >/etc/rabbitmq/enabled_plugins
    drop_in epmd.socket test.conf <<CONF
[Socket]
ListenStream=
ListenStream=127.0.0.1:$epmd
CONF
    printf '[Service]\nEnvironment=ERL_EPMD_PORT=%s\n' "$epmd" | tee >(drop_in epmd.service test.conf) |
        drop_in rabbitmq-server.service epmd.conf
}

clean_up() {
    systemctl stop epmd.socket epmd.service
    rm -r /etc/systemd/system/epmd.s*.d /etc/rabbitmq/rabbitmq.conf /etc/rabbitmq/enabled_plugins
    mv /run/rabbitmq-env.conf /etc/rabbitmq/rabbitmq-env.conf
    rm -rf /var/lib/rabbitmq/mnesia/* /var/log/rabbitmq/*
}

directives() { printf 'BindTCP=%s %s %s\nConnectTCP=%s\n' "$amqp" "$nodes" "$management" "$epmd"; }

admin() { rabbitmqadmin -q -H 127.0.0.1 -P "$management" "$@"; }
answers() { admin list nodes; }
# got QUEUE TEXT: the first message is that, and stays there.
got() { admin -f raw_json get "queue=$1" ackmode=ack_requeue_true | jq -e --arg text "$2" '.[0].payload == $text'; }
taken() { admin -f raw_json get "queue=$1" ackmode=ack_requeue_false | jq -e --arg text "$2" '.[0].payload == $text'; }
publish() { admin publish "routing_key=$1" "payload=$2" 'properties={"delivery_mode":2}'; }
room_on_disk() { rabbitmqctl eval 'rabbit_disk_monitor:get_disk_free().' | grep -E '^[0-9]{6,}$'; }

work() {
    check "it answers" wait_for answers
    check "and knows how much room there is on disk" wait_for room_on_disk
    check "a queue is declared" admin declare queue name=classic durable=true
    check "one of the other kind" admin declare queue name=quorum durable=true 'arguments={"x-queue-type":"quorum"}'
    check "a message is published" publish classic apple
    check "and got" got classic apple
    check "one to the other queue" wait_for publish quorum pear
    check "and got" wait_for got quorum pear
    check "a large one" sh -c "head -c 2000000 /dev/zero | tr '\\0' x >/run/message"
    check "is published" sh -c "$(declare -f admin); management=$management
        admin publish routing_key=classic </run/message"
    rm /run/message
    check "a user is added" rabbitmqctl -q add_user anna secret
    check "and known" rabbitmqctl -q authenticate_user anna secret
    mv /var/log/rabbitmq/rabbit@localhost.log /var/log/rabbitmq/rabbit@localhost.log.1
    check "another one" rabbitmqctl -q add_user ben secret
    check "is in the log, which was rotated" wait_for grep -q "user 'ben'" /var/log/rabbitmq/rabbit@localhost.log
    check "a plugin is enabled" rabbitmq-plugins -q enable rabbitmq_shovel
    check "it restarts" systemctl restart "$unit"
    check "with the message" wait_for taken classic apple
    check "and that of the other queue" wait_for got quorum pear
    check "and the plugin" sh -c "rabbitmq-plugins -q list -m -e | grep -x rabbitmq_shovel"
    check "it crashes and comes back" crash
    check "with the message" wait_for taken quorum pear
    check "the user" rabbitmqctl -q authenticate_user anna secret
    check "a queue is removed" admin delete queue name=classic
}
