# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# nginx: pages, TLS, a second root, a proxy with a cache to another port, large bodies; reload and
# rotation.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/sbin/nginx
expected='fs.remove_file /run' # the PID file: see the preset
http=$(port 1) https=$(port 2) upstream=$(port 3)

prepare() {
    certificate /etc/nginx/tls root:root
    mkdir -p /var/www/html /srv/second
    echo page >/var/www/html/page.html
    echo second >/srv/second/page.html
    head -c 3000000 /dev/urandom >/srv/second/large
    install -d -o www-data /var/cache/nginx
    cat >/etc/nginx/conf.d/test.conf <<CONF
proxy_cache_path /var/cache/nginx/pages levels=1:2 keys_zone=pages:1m;
server {
    listen 127.0.0.1:$http;
    listen 127.0.0.1:$https ssl;
    ssl_certificate /etc/nginx/tls/cert.pem;
    ssl_certificate_key /etc/nginx/tls/key.pem;
    root /var/www/html;
    client_max_body_size 10m;
    location /second { alias /srv/second; }
    location /app {
        proxy_pass http://127.0.0.1:$upstream/;
        proxy_cache pages;
        proxy_cache_valid 1m;
        client_body_buffer_size 1k;
    }
}
server {
    listen 127.0.0.1:$upstream;
    client_max_body_size 10m;
    root /srv/second;
    error_page 405 =200 /page.html;
}
CONF
}

directives() {
    printf 'BindTCP=%s %s %s %s\nConnectTCP=%s\nReadOnlyPaths=/srv/second\n' \
        "$(port 0)" "$http" "$https" "$upstream" "$upstream"
}

get() { curl -sSf --max-time 5 --cacert /etc/nginx/tls/cert.pem "$@"; }
page() { [ "$(get "http://127.0.0.1:$http/$1")" = "$2" ]; }
logged() { get "http://127.0.0.1:$http/page.html?$2" && grep -q "$2" "/var/log/nginx/$1"; }

work() {
    check "it serves a page" wait_for page page.html page
    check_equal "over TLS" page "$(get "https://127.0.0.1:$https/page.html")"
    check_equal "with HTTP/1.0 too" page "$(get -0 "http://127.0.0.1:$http/page.html")"
    check "one of a second root" page second/page.html second
    check "one of another server" page app/page.html second
    check "a large one, which is kept" get -o /run/large "http://127.0.0.1:$http/app/large"
    check "is complete" cmp /run/large /srv/second/large
    check "and in the cache" sh -c 'find /var/cache/nginx/pages -type f -size +2M | grep .'
    check_equal "a large upload" second "$(get --data-binary @/srv/second/large "http://127.0.0.1:$http/app/page.html")"
    echo 'add_header X-New yes;' >/etc/nginx/conf.d/new.conf
    check "it reloads" systemctl reload "$unit"
    check "and has the new setting" wait_for sh -c "curl -sI http://127.0.0.1:$http/page.html | grep -q X-New"
    check "the logs are rotated" logrotate -f -s /run/logrotate.nginx /etc/logrotate.d/nginx
    check "old ones are kept" test -s /var/log/nginx/access.log.1
    check "new ones are written" wait_for logged access.log after-rotation
    check "it crashes and comes back" crash
    check "serving" wait_for page page.html page
    check "it restarts" systemctl restart "$unit"
    check "and serves" wait_for page page.html page
}

clean_up() {
    rm -r /etc/nginx/conf.d/test.conf /etc/nginx/conf.d/new.conf /etc/nginx/tls /srv/second /var/cache/nginx
    systemctl start "$unit"
}
