# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# php-fpm: pages over FastCGI, sessions, uploads, a second directory of programs, the log.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/sbin/php-fpm8.4

prepare() {
    mkdir -p /var/www/test /srv/second
    install -d -o www-data /srv/uploads
    cat >/var/www/test/page.php <<'PHP'
<?php
require 'part.php';
echo part(6), ' ', date_default_timezone_get(), ' ', $_SERVER['QUERY_STRING'];
PHP
    # shellcheck disable=SC2016  # a variable of PHP
    echo '<?php function part($n) { return $n * 7; }' >/var/www/test/part.php
    cat >/var/www/test/count.php <<'PHP'
<?php
session_start();
$_SESSION['count'] = ($_SESSION['count'] ?? 0) + 1;
if (isset($_GET['new'])) session_regenerate_id(true);
if (isset($_GET['end'])) session_destroy();
echo session_id(), ' ', $_SESSION['count'];
PHP
    cat >/var/www/test/upload.php <<'PHP'
<?php
$file = $_FILES['file'];
$name = tempnam(sys_get_temp_dir(), 'part');
file_put_contents($name, 'x');
unlink($name);
echo move_uploaded_file($file['tmp_name'], '/srv/uploads/' . $file['name']) ? $file['size'] : 'lost';
PHP
    echo '<?php echo basename(__DIR__);' >/srv/second/page.php
    cat >/etc/php/8.4/fpm/pool.d/test.conf <<'CONF'
[test]
user = www-data
group = www-data
listen = /run/php/test.sock
listen.owner = www-data
pm = static
pm.max_children = 2
pm.status_path = /status
access.log = /var/log/php-test.access.log
catch_workers_output = yes
CONF
}

clean_up() {
    rm -r /var/www/test /srv/second /srv/uploads /etc/php/8.4/fpm/pool.d/test.conf
    rm -f /var/log/php-test.access.log* /var/log/php8.4-fpm.log*
}

directives() { printf 'ReadOnlyPaths=/srv/second\nReadWritePaths=/srv/uploads\n'; }

# page FILE [QUERY [METHOD TYPE LENGTH]]: what the program prints; the body of the request from stdin.
page() {
    env -i PATH="$PATH" SCRIPT_FILENAME="$1" SCRIPT_NAME="/${1##*/}" QUERY_STRING="${2:-}" \
        REQUEST_METHOD="${3:-GET}" CONTENT_TYPE="${4:-}" CONTENT_LENGTH="${5:-0}" \
        REQUEST_URI="/${1##*/}?${2:-}" HTTP_COOKIE="${cookie:-}" \
        cgi-fcgi -bind -connect "${fpm:-/run/php/php8.4-fpm.sock}" 2>/dev/null | sed '1,/^\r*$/d'
}
get() { page "/var/www/test/$1" "${@:2}" </dev/null; }
answers() { [ "$(get page.php)" = '42 UTC ' ]; }
workers_are() { [ "$(pgrep -fc '^php-fpm: pool test$')" = "$1" ]; }
in_log() { grep -q "$1" /var/log/php8.4-fpm.log; }
upload() {
    local size
    {
        printf -- '--b\r\nContent-Disposition: form-data; name="file"; filename="fruit"\r\n\r\n'
        head -c 100000 /dev/zero | tr '\0' x
        printf '\r\n--b--\r\n'
    } >/run/php-test
    size=$(stat -c %s /run/php-test)
    page /var/www/test/upload.php '' POST 'multipart/form-data; boundary=b' "$size" </run/php-test
    rm /run/php-test
}

page_is_logged() {
    fpm=/run/php/test.sock page /srv/second/page.php </dev/null >/dev/null
    grep -q 'GET /page.php' /var/log/php-test.access.log
}

work() {
    local id new worker
    check "a page is made" wait_for answers
    check_equal "with a query, by the second pool" '42 UTC fruit=apple' \
        "$(fpm=/run/php/test.sock get page.php fruit=apple)"
    check_equal "one from another directory" second "$(page /srv/second/page.php </dev/null)"
    check_equal "the pool tells its state" test "$(fpm=/run/php/test.sock get status json | jq -r .pool)"

    read -r id _ < <(get count.php)
    check_equal "a session" "$id 2" "$(cookie=PHPSESSID=$id get count.php)"
    read -r new _ < <(cookie=PHPSESSID=$id get count.php new)
    check_equal "goes on under another name" "$new 4" "$(cookie=PHPSESSID=$new get count.php)"
    check_fails "and is gone under the first" test -e "/var/lib/php/sessions/sess_$id"
    cookie=PHPSESSID=$new get count.php end >/dev/null
    check_fails "and ends" test -e "/var/lib/php/sessions/sess_$new"

    check_equal "a file is uploaded" 100000 "$(upload)"
    check_equal "and is there" 100000 "$(stat -c %s /srv/uploads/fruit)"
    check_equal "nothing is left in /tmp" '' "$(find /tmp -name 'php*' -o -name 'part*')"

    mv /var/log/php8.4-fpm.log /var/log/php8.4-fpm.log.1
    mv /var/log/php-test.access.log /var/log/php-test.access.log.1
    check_equal "two workers are there" 2 "$(pgrep -fc '^php-fpm: pool test$')"
    check "logs are rotated" /usr/lib/php/php8.4-fpm-reopenlogs
    check "a new one is there" wait_for test -e /var/log/php-test.access.log
    check_equal "a page is made" second "$(fpm=/run/php/test.sock page /srv/second/page.php </dev/null)"
    # A worker that has not reopened it yet still writes to the old one.
    check "and is in it, sooner or later" wait_for page_is_logged

    sed -i 's/max_children = 2/max_children = 3/' /etc/php/8.4/fpm/pool.d/test.conf
    check "it reloads" systemctl reload "$unit"
    check "with another setting" wait_for workers_are 3
    check "and makes pages" wait_for answers
    worker=$(pgrep -of 'pool www')
    kill -SEGV "$worker"
    check "a worker crashes" wait_for in_log "child $worker exited on signal 11"
    check "and pages are made" wait_for answers
    check "it crashes and comes back" crash
    check "with pages" wait_for answers
    check "it restarts" systemctl restart "$unit"
    check "with pages" wait_for answers
}
