#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Presets for whole machines and for single services: the package that gives them, what an
# administrator says against it, unitlock enable and unitlock disable.
. /opt/boot-tests/lib.sh

served() { curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$(port 0)/"; }
not_confined() { ! confined "$1"; }
# The container's nginx listens on a port of its own, which nobody's preset knows.
nginx_port() { printf '[X-Landlock]\nBindTCP=%s\n' "$(port 0)" | drop_in nginx.service "$1"; }

systemctl restart nginx
check "nothing is confined that was not asked for" not_confined nginx.service
install=$(dpkg -i /opt/packages/unitlock-presets-enable_*.deb 2>&1)
check "the package gives nginx its preset" confined nginx.service
check_equal "which runs as before" "restart needed" "$(state_of nginx)"
check "and is named" grep -q '^  nginx\.service$' <<<"$install"
check "unitlock show says who gave it" \
    sh -c 'unitlock show nginx | grep -q "Presets by: .*/40-units.yaml:"'

mkdir -p /etc/unitlock/conf.d
printf 'units:\n  nginx.service: none\n' >/etc/unitlock/conf.d/10-mine.yaml
systemctl daemon-reload
check "the administrator exempts it" not_confined nginx.service
rm -r /etc/unitlock/conf.d
printf '[X-Landlock]\nMode=off\n' | drop_in nginx.service off.conf
systemctl daemon-reload
check "or does so in a drop-in" not_confined nginx.service
rm /etc/systemd/system/nginx.service.d/off.conf
nginx_port ports.conf
check "a section without Preset= adds to the preset" restart nginx
check "it is confined" confined nginx.service
check_equal "and serves" 200 "$(served)"
check "by the preset and the section" sh -c \
    'unitlock show --drop-in nginx | grep -q -- --bind-tcp=443 && unitlock show --drop-in nginx | grep -q -- --bind-tcp=2'

removal=$(dpkg -r unitlock-presets-enable 2>&1)
check "the package's removal names it" grep -q '^  nginx\.service$' <<<"$removal"
rm -r /etc/systemd/system/nginx.service.d
restart nginx
check "from then on it runs unconfined" not_confined nginx.service

# An instance without any file of its own, named by an administrator.
mkdir -p /etc/unitlock/conf.d
printf 'units:\n  given@one.service: runtime\n' >/etc/unitlock/conf.d/50-instance.yaml
printf '[Service]\nExecStart=/bin/sleep 600\n' >/etc/systemd/system/given@.service
systemctl daemon-reload
systemctl start given@one given@two
check "an instance can be named by itself" confined given@one.service
is_enforced() { [[ $(state_of "$1") = @(enforced|'partly enforced') ]]; }
check "it runs confined" wait_for is_enforced given@one
check "another is not concerned" not_confined given@two.service
systemctl stop given@one given@two
rm -r /etc/unitlock/conf.d /etc/systemd/system/given@.service

output=$(unitlock enable nginx 2>&1)
check "unitlock enable writes the drop-in" grep -qx 'Preset=nginx' \
    /etc/systemd/system/nginx.service.d/landlock.conf
check "and reloads systemd" confined nginx.service
check "and says that it has to be restarted" grep -q 'has to be restarted' <<<"$output"
nginx_port ports.conf
check "it starts" restart nginx
check_equal "and serves" 200 "$(served)"
check "once more: nothing is to do" unitlock enable nginx
rm /etc/systemd/system/nginx.service.d/ports.conf
systemctl daemon-reload
check "unitlock disable takes it back" sh -c 'unitlock disable nginx | grep "still confined"'
check_fails "with its directory" test -e /etc/systemd/system/nginx.service.d
check "and reloads systemd" not_confined nginx.service
check_equal "what runs is still confined" "restart needed" "$(state_of nginx)"
check "and listed, although nothing declares it" \
    sh -c 'unitlock status | grep -q "^nginx.service .*restart needed"'
systemctl restart nginx
check_fails "what never ran confined is not said to" \
    sh -c 'unitlock enable nginx >/dev/null 2>&1; unitlock disable nginx | grep restarted'
check_equal "until it is restarted" "not declared" "$(state_of nginx)"
plan
