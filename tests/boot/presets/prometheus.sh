# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# prometheus: scrapes itself and a target of a list, computes rules, alerts, keeps what it has over a
# crash, makes snapshots. nginx plays the target and the alertmanager.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/bin/prometheus
web=$(port 1)
target=$(port 2)

prepare() {
    echo "ARGS=\"--web.listen-address=127.0.0.1:$web --web.enable-admin-api\"" >/etc/default/prometheus
    cat >/etc/prometheus/prometheus.yml <<CONF
global: {scrape_interval: 1s, evaluation_interval: 1s, query_log_file: /var/log/prometheus/query.log}
rule_files: [/etc/prometheus/*.rules]
alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:$target']}]}]}
scrape_configs:
  - job_name: self
    static_configs: [{targets: ['127.0.0.1:$web']}]
  - job_name: listed
    file_sd_configs: [{files: [/etc/prometheus/targets.json]}]
CONF
    list old
    rule twice:answer 2
    chown prometheus /var/log/prometheus
    install -d /run/target
    echo 'answer 21' >/run/target/metrics
    cat >/run/target/conf <<CONF
pid /run/target/pid;
error_log stderr;
events {}
http {
    access_log /run/target/log;
    server {
        listen 127.0.0.1:$target;
        root /run/target;
        location /api { return 200; }
    }
}
CONF
    systemd-run -q --unit=preset-target nginx -c /run/target/conf -g 'daemon off;'
}

clean_up() {
    systemctl stop preset-target
    rm -r /run/target /var/lib/prometheus/metrics2/* /var/log/prometheus/query.log
    chown root /var/log/prometheus
}

directives() { printf 'BindTCP=%s\nConnectTCP=%s %s\n' "$web" "$web" "$target"; }

# list LABEL: the targets.
list() {
    printf '[{"targets": ["127.0.0.1:%s"], "labels": {"its": "%s"}}]\n' "$target" "$1" \
        >/etc/prometheus/targets.json
}

# rule NAME FACTOR: what the one file of rules says.
rule() {
    cat >/etc/prometheus/test.rules <<CONF
groups:
  - name: test
    rules:
      - {record: '$1', expr: 'answer * $2'}
      - {alert: Answered, expr: 'answer > 0'}
CONF
}

api() { curl -sSf --max-time 5 "${@:2}" "http://127.0.0.1:$web$1"; }
# query EXPRESSION [TIME]: the values.
query() {
    api /api/v1/query -G --data-urlencode "query=$1" -d "time=${2:-$(date +%s)}" |
        jq -r '.data.result[].value[1]'
}
is() { [ "$(query "${@:2}")" = "$1" ]; }
alerted() { grep -q 'POST /api/v2/alerts .* 200' /run/target/log; }
snapshot() {
    local name
    name=$(api /api/v1/admin/tsdb/snapshot -X POST | jq -r .data.name) &&
        find "/var/lib/prometheus/metrics2/snapshots/$name" -name index | grep -q .
}

# soon COMMAND...: what it finds out about its targets, it makes known every 5 s.
soon() { wait_for "$@" || wait_for "$@"; }

work() {
    local seen
    check "it is ready" wait_for api /-/ready
    check "it scrapes itself" soon is 1 'up{job="self"}'
    check "and knows its own memory" wait_for is 1 'count(process_resident_memory_bytes)'
    check "it scrapes a target" wait_for is 21 answer
    check "it computes a rule" wait_for is 42 twice:answer
    check "it alerts" wait_for alerted
    check "its page is shown" api /graph
    rule thrice:answer 3
    list new
    check "it reloads" systemctl reload "$unit"
    check "it computes a new rule" wait_for is 63 thrice:answer
    check "it finds a new list of targets" soon is 21 'answer{its="new"}'
    check "queries are logged" grep -q thrice:answer /var/log/prometheus/query.log
    check "a snapshot is made" snapshot
    seen=$(date +%s)
    echo 'answer 5' >/run/target/metrics
    check "time passes" wait_for is 5 answer
    check "it crashes and comes back" crash
    check "it is ready" wait_for api /-/ready
    check_equal "it remembers" 63 "$(query "max(thrice:answer)" "$seen")"
    check "series are deleted" api '/api/v1/admin/tsdb/delete_series?match[]=answer' -g -X POST
    check "and cleaned away" api /api/v1/admin/tsdb/clean_tombstones -X POST
    check "it restarts" systemctl restart "$unit"
    check "it is ready" wait_for api /-/ready
    check_equal "it remembers" 63 "$(query "max(thrice:answer)" "$seen")"
    check "it scrapes" soon is 5 answer
}
