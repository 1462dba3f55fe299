# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# apache2: pages, TLS, a second root, its status, a CGI program; graceful restart and rotation.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/sbin/apache2
shell=/usr/bin/bash
# See the preset.
tolerated='^ptrace\ssystemd\s.*/readlink$|^fs\.read_file\s/etc/(passwd|group)\s'
http=$(port 1) https=$(port 2)

prepare() {
    certificate /etc/apache2/tls root:root
    mkdir -p /srv/second
    echo page >/var/www/html/page.html
    echo second >/srv/second/page.html
    # shellcheck disable=SC2016  # the program's own
    printf '#!/bin/sh\nprintf "Content-Type: text/plain\\n\\n"\nread -r body\necho "got $body"\n' \
        >/usr/lib/cgi-bin/test
    chmod +x /usr/lib/cgi-bin/test
    a2enmod -q ssl cgid
    cp /etc/apache2/ports.conf /run/ports.conf
    printf 'ServerName localhost\nListen 127.0.0.1:%s\nListen 127.0.0.1:%s\n' "$http" "$https" >/etc/apache2/ports.conf
    cat >/etc/apache2/sites-available/test.conf <<CONF
Alias /second /srv/second
<Directory /srv/second>
    Require all granted
</Directory>
<VirtualHost 127.0.0.1:$https>
    DocumentRoot /var/www/html
    SSLEngine on
    SSLCertificateFile /etc/apache2/tls/cert.pem
    SSLCertificateKeyFile /etc/apache2/tls/key.pem
</VirtualHost>
CONF
    a2ensite -q test
    # As after a boot.
    rm -rf /run/apache2 /run/lock/apache2
    systemd-tmpfiles --create unitlock.conf
}

directives() {
    printf 'BindTCP=%s %s\nReadOnlyPaths=/srv/second\nExecPaths=/usr/lib/cgi-bin\n' \
        "$http" "$https"
}

get() { curl -sSf --max-time 5 --cacert /etc/apache2/tls/cert.pem "$@"; }
page() { [ "$(get "http://127.0.0.1:$http/$1")" = "$2" ]; }
logged() { get "http://127.0.0.1:$http/page.html?$1" && grep -q "$1" /var/log/apache2/other_vhosts_access.log; }

work() {
    local old
    check "it serves a page" wait_for page page.html page
    check_equal "over TLS" page "$(get "https://127.0.0.1:$https/page.html")"
    check "one of a second root" page second/page.html second
    check "its status" sh -c "curl -sSf 'http://127.0.0.1:$http/server-status?auto' | grep BusyWorkers"
    check_equal "a program answers" "got this" "$(get -d this "http://127.0.0.1:$http/cgi-bin/test")"
    echo 'Header always set X-New yes' >/etc/apache2/conf-available/new.conf
    a2enmod -q headers
    a2enconf -q new
    check "it reloads" systemctl reload "$unit"
    check "and has the new setting" wait_for sh -c "curl -sI http://127.0.0.1:$http/page.html | grep -q X-New"
    check "the logs are rotated" logrotate -f -s /run/logrotate.apache2 /etc/logrotate.d/apache2
    check "old ones are kept" test -s /var/log/apache2/other_vhosts_access.log.1
    check "new ones are written" wait_for logged after-rotation
    check "it crashes and comes back" crash
    check "serving" wait_for page page.html page
    check "it restarts" systemctl restart "$unit"
    check "and serves" wait_for page page.html page
    check_equal "also a program" "got that" "$(get -d that "http://127.0.0.1:$http/cgi-bin/test")"

    # As the preset's head says.
    printf '[Service]\nRestart=on-failure\n' | drop_in "$unit" restart.conf
    check "it is to be started again" restart "$unit"
    useradd preset-new
    old=$(property "$unit" MainPID)
    systemctl reload "$unit" 2>/dev/null
    check "a new account is too much for a reload" wait_for has_gone "$old"
    check "and systemd starts it again" wait_for page page.html page
    userdel preset-new
    rm "/etc/systemd/system/$unit.d/restart.conf"
    check "as before" restart "$unit"
}

clean_up() {
    a2dissite -q test
    a2disconf -q new
    a2dismod -q ssl socache_shmcb cgid headers
    cp /run/ports.conf /etc/apache2/ports.conf
    rm -r /etc/apache2/sites-available/test.conf /etc/apache2/conf-available/new.conf /etc/apache2/tls \
        /srv/second /usr/lib/cgi-bin/test
}
