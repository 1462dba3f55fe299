# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# lighttpd: pages, TLS, a second root; a graceful restart and rotation.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/sbin/lighttpd
expected='fs.remove_file /run' # the PID file: see the preset
shell=/usr/bin/bash
http=$(port 1) https=$(port 2)

prepare() {
    certificate /etc/lighttpd/tls www-data:www-data
    mkdir -p /srv/second
    echo page >/var/www/html/page.html
    echo second >/srv/second/page.html
    cp /etc/lighttpd/lighttpd.conf /run/lighttpd.conf
    sed -i -E "s/^server.port .*/server.port = $http\nserver.bind = \"127.0.0.1\"/" /etc/lighttpd/lighttpd.conf
    cat >/etc/lighttpd/conf-enabled/90-test.conf <<CONF
server.modules += ( "mod_openssl", "mod_accesslog", "mod_deflate" )
accesslog.filename = "/var/log/lighttpd/access.log"
alias.url += ( "/second/" => "/srv/second/" )
deflate.mimetypes = ( "text/" )
deflate.cache-dir = "/var/cache/lighttpd/compress"
deflate.allowed-encodings = ( "gzip" )
\$SERVER["socket"] == "127.0.0.1:$https" {
    ssl.engine = "enable"
    ssl.pemfile = "/etc/lighttpd/tls/cert.pem"
    ssl.privkey = "/etc/lighttpd/tls/key.pem"
}
CONF
}

directives() { printf 'BindTCP=%s %s\nReadOnlyPaths=/srv/second\n' "$http" "$https"; }

get() { curl -sSf --max-time 5 --cacert /etc/lighttpd/tls/cert.pem "$@"; }
page() { [ "$(get "http://127.0.0.1:$http/$1")" = "$2" ]; }
has_header() { curl -sI "http://127.0.0.1:$http/page.html" | grep -q "^$1"; }
logged() { get "http://127.0.0.1:$http/page.html?$1" && grep -q "$1" /var/log/lighttpd/access.log; }

work() {
    check "it serves a page" wait_for page page.html page
    check_equal "over TLS" page "$(get "https://127.0.0.1:$https/page.html")"
    check "one of a second root" page second/page.html second
    for ((i = 0; i < 500; i++)); do echo "line $i"; done >/var/www/html/long.html
    check "compressed" get --compressed -o /run/long "http://127.0.0.1:$http/long.html"
    check "it is complete" cmp /run/long /var/www/html/long.html
    check "and kept" sh -c 'find /var/cache/lighttpd/compress -type f | grep .'
    printf 'server.modules += ( "mod_setenv" )\nsetenv.add-response-header = ( "X-New" => "yes" )\n' \
        >/etc/lighttpd/conf-enabled/91-new.conf
    check "it reloads" systemctl reload "$unit"
    check "and has the new setting" wait_for has_header X-New
    check "the logs are rotated" logrotate -f -s /run/logrotate.lighttpd /etc/logrotate.d/lighttpd
    check "old ones are kept" test -s /var/log/lighttpd/access.log.1
    check "new ones are written" wait_for logged after-rotation
    check "it has its PID file" test -s /run/lighttpd.pid
    # That it could write to all of /run counts on this.
    check_equal "it has given up root" "0000000000000000 $(id -u www-data)" "$(
        awk '/^CapPrm/ { caps = $2 } /^Uid/ { uid = $3 } END { print caps, uid }' \
            "/proc/$(property "$unit" MainPID)/status")"
    check "it crashes and comes back" crash
    check "serving" wait_for page page.html page
    check "it restarts" systemctl restart "$unit"
    check "and serves" wait_for page page.html page
    check_equal "over TLS" page "$(get "https://127.0.0.1:$https/page.html")"
}

clean_up() {
    cp /run/lighttpd.conf /etc/lighttpd/lighttpd.conf
    rm -r /etc/lighttpd/conf-enabled/9[01]-*.conf /etc/lighttpd/tls /srv/second
}
