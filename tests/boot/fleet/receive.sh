#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The collector: receive.sh NODE-PORT... Takes journals by HTTP on its port 1, and has
# Prometheus on port 3 scrape node exporters on these ports, and OpenMetrics behind each.
. /opt/boot-tests/lib.sh

# Plain HTTP, as behind a proxy: Debian's checks no certificates.
mkdir -p /etc/systemd/system/systemd-journal-remote.{socket,service}.d
printf '[Socket]\nListenStream=\nListenStream=127.0.0.1:%s\n' "$(port 1)" \
    >/etc/systemd/system/systemd-journal-remote.socket.d/port.conf
printf '[Service]\nExecStart=\nExecStart=%s --listen-http=-3 --output=/var/log/journal/remote/\n' \
    /usr/lib/systemd/systemd-journal-remote \
    >/etc/systemd/system/systemd-journal-remote.service.d/http.conf

targets() { printf "'127.0.0.1:%s'," "$@"; }
cat >/etc/prometheus/prometheus.yml <<CONF
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [/usr/share/doc/unitlock/examples/unitlock.rules.yml]
scrape_configs:
  - job_name: node
    static_configs: [{targets: [$(targets "$@")]}]
  - job_name: open
    static_configs: [{targets: [$(for node; do targets $((node + 1)); done)]}]
CONF
echo "ARGS=\"--web.listen-address=127.0.0.1:$(port 3)\"" >/etc/default/prometheus
systemctl daemon-reload
check "it listens" systemctl start systemd-journal-remote.socket
check "Prometheus runs" systemctl start prometheus
plan
