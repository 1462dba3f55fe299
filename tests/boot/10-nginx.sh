#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A real service: confined, it does its work and nothing else.
. /opt/boot-tests/lib.sh

status_of() { curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$1"; }

page=$(port 1)/page.html
secret=$(port 1)/private/payroll.txt

mkdir -p /srv/www/private /srv/private
echo page >/srv/www/page.html
echo secret >/srv/private/payroll.txt
# The mistake of an afternoon: a link out of the document root.
ln -sfn /srv/private/payroll.txt /srv/www/private/payroll.txt
cat >/etc/nginx/conf.d/boot-test.conf <<END
server { listen 127.0.0.1:$(port 1); root /srv/www; }
END
restart nginx
check_equal "unconfined, nginx serves the page" 200 "$(status_of "$page")"
check_equal "and the file outside of its business" 200 "$(status_of "$secret")"

drop_in nginx.service landlock.conf <<END
[X-Landlock]
Preset=nginx
ReadOnlyPaths=/srv/www
BindTCP=$(port 0) $(port 1)
ABI=$(kernel_abi)
END
check "it starts with a declaration" restart nginx
check "through the wrapper" confined nginx.service
check "systemctl cat shows what was injected" \
    sh -c 'systemctl cat nginx | grep -q -- "--read-only=/srv/www"'
check_equal "it still serves the page" 200 "$(status_of "$page")"
check_equal "and the default site" 200 "$(status_of "$(port 0)/")"
check_equal "the file is refused" 403 "$(status_of "$secret")"
if logs_denials; then
    check "unitlock denials says so" denied nginx.service fs.read_file /srv/private/payroll.txt
fi
check_equal "unitlock status says how far this kernel goes" \
    "$(unitlock show nginx.service -o json |
        jq -r 'if .kernel.complete then "enforced" else "partly enforced" end')" "$(state_of nginx)"
check "unitlock show has the directive" \
    sh -c 'unitlock show nginx.service | grep -q /srv/www'
if logs_denials; then
    check_equal "and nothing else is denied" \
        "$(printf 'fs.read_file\t/srv/private/payroll.txt\t1\t/usr/sbin/nginx')" "$(denials nginx.service)"
fi

old=$(property nginx MainPID)
check "it reloads" systemctl reload nginx
check_equal "with the same main process" "$old" "$(property nginx MainPID)"
check_equal "and serves the page" 200 "$(status_of "$page")"
check_equal "and refuses the file" 403 "$(status_of "$secret")"
check "it restarts" systemctl restart nginx
check_equal "and serves the page" 200 "$(status_of "$page")"
check_equal "and refuses the file" 403 "$(status_of "$secret")"
check_equal "journald knows it by its own name" nginx "$(property nginx SyslogIdentifier)"
check "it stops" systemctl stop nginx
check_equal "in peace" success "$(property nginx Result)"

rm -r /etc/systemd/system/nginx.service.d
check "without the declaration it starts" restart nginx
check_fails "without the wrapper" confined nginx.service
check_equal "and serves the file again" 200 "$(status_of "$secret")"

rm /etc/nginx/conf.d/boot-test.conf
restart nginx
plan
