#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A host: send.sh COLLECTOR-PORT. A service of it is denied something, its journal is uploaded there, and
# its figures are on its own port 3. The unit has the same name on every host.
. /opt/boot-tests/lib.sh

host=$(hostname)
directory=/var/lib/prometheus/node-exporter
figures=$directory/unitlock.prom

tryd_service fleet <<END
[X-Landlock]
ABI=$(kernel_abi)
END
check "$host: it is confined" confined fleet.service

echo "ARGS=\"--web.listen-address=127.0.0.1:$(port 3)\"" >/etc/default/prometheus-node-exporter
mkdir -p $directory
chown prometheus: $directory
check "$host: node_exporter runs" systemctl start prometheus-node-exporter
run_service() {
    systemctl reset-failed unitlock-metrics.service
    systemctl start unitlock-metrics.service
}
check "$host: figures are written to a directory of another user" run_service
check "$host: promtool finds no fault" eval "promtool check metrics <$figures"
served() { curl -sSf "http://127.0.0.1:$(port 3)/metrics" >/run/served && grep -q ^unitlock_build_info /run/served; }
check "$host: node_exporter serves them" wait_for served
check "$host: all of them" diff <(grep -v '^#' $figures | cut -d'{' -f1 | cut -d' ' -f1 | sort -u) \
    <(grep -o '^unitlock_[a-z_]*' /run/served | sort -u)
check "$host: without an error" grep -qx 'node_textfile_scrape_error 0' /run/served
echo secret >"/srv/$host"
for _ in 1 2 3; do ask fleet read "/srv/$host"; done >/dev/null
check "$host: it is denied something" denied fleet.service fs.read_file "/srv/$host"

printf '[Upload]\nURL=http://127.0.0.1:%s\n' "$1" >/etc/systemd/journal-upload.conf
check "$host: it uploads" systemctl start systemd-journal-upload

counted() {
    run_service
    [ "$(awk '/^unitlock_denials_total.*unit="fleet.service"/ { sum += $NF } END { print sum }' $figures)" = 3 ]
}
check "$host: its figures have the denials" eval 'wait_for counted || wait_for counted'
check "$host: promtool finds no fault" eval "promtool check metrics <$figures"

# What Prometheus is to take for OpenMetrics has to say so: port 4.
mkdir -p /run/open
unitlock metrics --format=openmetrics >/run/open/metrics
cat >/etc/nginx/conf.d/open.conf <<END
server {
    listen 127.0.0.1:$(port 4);
    root /run/open;
    types {}
    default_type "application/openmetrics-text; version=1.0.0";
}
END
check "$host: OpenMetrics is served" systemctl restart nginx
plan
