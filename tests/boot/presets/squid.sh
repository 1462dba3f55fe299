# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# squid: requests and tunnels to nginx, what its lists refuse, a cache on disk, logs.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/sbin/squid
expected='fs.remove_file /run' # the PID file: see the preset
connect_port=25
squid=$(port 1)
page=http://127.0.0.1:$(port 0)/squid.txt

prepare() {
    cp /etc/squid/squid.conf /run/squid.conf
    sed -i "s/^http_port .*/http_port 127.0.0.1:$squid/" /etc/squid/squid.conf
    cat >/etc/squid/conf.d/test.conf <<CONF
visible_hostname first.test
cache_dir ufs /srv/squid 10 16 16
cache_mem 0 MB
shutdown_lifetime 0 seconds
CONF
    install -d -o proxy -g proxy /srv/squid
    head -c 20000 /dev/zero | tr '\0' x >/var/www/html/squid.txt
    touch -d '1 year ago' /var/www/html/squid.txt
    systemctl start nginx
}

clean_up() {
    mv /run/squid.conf /etc/squid/squid.conf
    rm -r /etc/squid/conf.d/test.conf /srv/squid /var/www/html/squid.txt
    rm -f /var/log/squid/* /run/squid-got /run/squid-header
}

directives() { printf 'BindTCP=%s\nReadWritePaths=/srv/squid\n' "$squid"; }

fetch() { curl -sS --max-time 5 -x "127.0.0.1:$squid" -o /run/squid-got "$@"; }
status() { fetch -w '%{http_code}' "$@"; }
got() { fetch "$@" && cmp /run/squid-got /var/www/html/squid.txt; }
answers() { [ "$(status "$page")" = 200 ]; }
header() { fetch -D /run/squid-header "$page" && grep -qi "$1" /run/squid-header; }
cached() { header '^Cache-Status: .*;hit'; }
said_by() { header "^Via: .*$1"; }
# rebuilt TIMES: so often since the logs were rotated, it has read what is on disk.
rebuilt() { [ "$(grep -c 'Finished rebuilding storage' /var/log/squid/cache.log)" = "$1" ]; }
logged() { grep "$1" /var/log/squid/access.log; }

work() {
    check "it answers" wait_for answers
    check "a page is got" got "$page"
    check "and then from the cache" wait_for cached
    check "which is on disk" sh -c 'find /srv/squid -type f -size +19k | grep .'
    check "it is got anew when that is wanted" got -H 'Cache-Control: no-cache' "$page"
    check_equal "a page that is not there" 404 "$(status "${page}x")"
    check_equal "a server that is not there" 503 "$(status "http://127.0.0.1:$(port 3)/")"
    check_equal "a port that is not safe" 403 "$(status http://127.0.0.1:25/)"
    check_fails "nor is a tunnel to any port" got -p "$page"
    check "which the log says" wait_for logged 'TCP_DENIED[A-Z_]*/403 .* CONNECT'
    printf 'acl SSL_ports port %s\nvisible_hostname second.test\n' "$(port 0)" >>/etc/squid/conf.d/test.conf
    check "it reloads" systemctl reload "$unit"
    check "with another name" wait_for said_by second.test
    check "and a tunnel" got -p "$page"
    mv /var/log/squid/access.log /var/log/squid/access.log.1
    mv /var/log/squid/cache.log /var/log/squid/cache.log.1
    check "logs are rotated" squid -k rotate
    check "and made anew" wait_for test -e /var/log/squid/access.log -a -s /var/log/squid/cache.log
    check "the page is got" got "$page"
    check "which is in the log" wait_for logged 'HIT[A-Z_]*/200 .*squid.txt'
    check "it crashes and comes back" crash
    check "reading what is on disk" wait_for rebuilt 1
    check "with the page" wait_for cached
    check "it restarts" systemctl restart "$unit"
    check "reading what is on disk" wait_for rebuilt 2
    check "with the page from there" cached
    check "and tells what it did" sh -c "curl -sS http://127.0.0.1:$squid/squid-internal-mgr/info | grep -q 'Number of HTTP requests'"
}
