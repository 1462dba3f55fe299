# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# prometheus-node-exporter: all figures, again and again; a file of another program; TLS.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/bin/prometheus-node-exporter
plain=$(port 1)

prepare() {
    certificate /etc/prometheus-tls prometheus:prometheus
    printf 'tls_server_config:\n  cert_file: /etc/prometheus-tls/cert.pem\n  key_file: /etc/prometheus-tls/key.pem\n' \
        >/etc/prometheus-tls/web.yml
    mkdir -p /var/lib/prometheus/node-exporter
    echo 'left_here 42' >/var/lib/prometheus/node-exporter/test.prom
    echo "ARGS=\"--web.listen-address=127.0.0.1:$plain --collector.systemd --collector.processes\"" \
        >/etc/default/prometheus-node-exporter
    # What it can find out when nothing confines it: a container lacks some things.
    restart "$unit"
    wait_for answers
    failing=$(failures)
    systemctl stop "$unit"
}
failures() { grep '^node_scrape_collector_success.* 0$' /run/metrics; }

directives() { printf 'BindTCP=%s\nReadOnlyPaths=/etc/prometheus-tls\n' "$plain"; }

metrics() { curl -sSf --max-time 5 --cacert /etc/prometheus-tls/cert.pem "$1://127.0.0.1:$plain/metrics"; }
answers() { metrics http >/run/metrics; }
answers_tls() { metrics https >/run/metrics; }
has() { grep -q "^$1" /run/metrics; }

work() {
    local figure
    check "it answers" wait_for answers
    for figure in node_cpu_seconds_total node_memory_MemTotal_bytes node_filesystem_size_bytes \
        node_network_receive_bytes_total node_load1 node_disk_read_bytes_total node_os_info \
        node_processes_threads node_systemd_unit_state 'left_here 42'; do
        check "it has $figure" has "$figure"
    done
    check_equal "no collector fails that succeeds unconfined" "$failing" "$(failures)"
    check "again" answers
    sed -i "s,^ARGS=\",&--web.config.file=/etc/prometheus-tls/web.yml ," /etc/default/prometheus-node-exporter
    check "it restarts with TLS" systemctl restart "$unit"
    check "and answers" wait_for answers_tls
    check "it crashes and comes back" crash
    check "and answers" wait_for answers_tls
}
