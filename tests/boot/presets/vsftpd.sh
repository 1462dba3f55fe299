# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# vsftpd: downloads of anybody; a user of the machine, by PAM, who uploads, lists, renames and
# deletes, with TLS; a password that changes while vsftpd runs; rotation of the log.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/sbin/vsftpd
# See pam and accounts in 15-blocks.yaml.
tolerated='^fs\.read_file\s/proc/[0-9]+/loginuid\s'
secret=
ftp=$(port 1) first=$(port 2) last=$(port 9)

prepare() {
    cp /etc/vsftpd.conf /run
    certificate /etc/ssl/private/vsftpd root:root
    useradd -m -d /srv/people/ben -s /bin/bash ben
    echo ben:first | chpasswd
    echo apples >/srv/ftp/fruit
    sed -i -E 's/^(listen|listen_ipv6|anonymous_enable|ssl_enable|rsa_.*)=.*//' /etc/vsftpd.conf
    cat >>/etc/vsftpd.conf <<CONF
listen=YES
listen_address=127.0.0.1
listen_port=$ftp
pasv_min_port=$first
pasv_max_port=$last
anonymous_enable=YES
write_enable=YES
ssl_enable=YES
force_local_logins_ssl=NO
force_local_data_ssl=NO
rsa_cert_file=/etc/ssl/private/vsftpd/cert.pem
rsa_private_key_file=/etc/ssl/private/vsftpd/key.pem
CONF
}

directives() { printf 'BindTCP=%s %s-%s\nReadWritePaths=/srv/people\n' "$ftp" "$first" "$last"; }

clean_up() {
    mv /run/vsftpd.conf /etc
    userdel -r ben
    rm -r /srv/people /srv/ftp/fruit /etc/ssl/private/vsftpd /var/log/vsftpd.log*
}

# fetch USER:PASSWORD PATH CURL-OPTION...
fetch() { curl -sS -m 5 -u "$1" "ftp://127.0.0.1:$ftp/$2" "${@:3}"; }
fetch_tls() { fetch "$@" --ssl-reqd --cacert /etc/ssl/private/vsftpd/cert.pem; }
anybody=ftp:anna@example.org
logs_in() { fetch "ben:$1" '' >/dev/null; }

work() {
    check "it answers" wait_for fetch "$anybody" ''
    check_equal "anybody downloads" apples "$(fetch "$anybody" fruit)"
    check_fails "but cannot upload" fetch "$anybody" upload -T /etc/hostname
    check "a user uploads" fetch ben:first pears -T - <<<pears
    check_equal "where it belongs" pears "$(cat /srv/people/ben/pears)"
    check "makes a directory, and renames" fetch ben:first '' \
        -Q 'MKD fruit' -Q 'RNFR pears' -Q 'RNTO fruit/pears'
    check "lists it" sh -c "curl -sS -u ben:first ftp://127.0.0.1:$ftp/fruit/ | grep -q pears"
    check_equal "downloads with TLS" pears "$(fetch_tls ben:first fruit/pears)"
    check "uploads with TLS" fetch_tls ben:first plums -T - <<<plums
    check "deletes" fetch ben:first '' -Q 'DELE plums'
    check_fails "with another password, no" logs_in second
    check "while it runs, the password is changed" sh -c 'echo ben:second | chpasswd'
    check "it is known at once" logs_in second
    mv /var/log/vsftpd.log /var/log/vsftpd.log.1
    check_equal "the log is rotated" apples "$(fetch "$anybody" fruit)"
    check "and made anew" wait_for grep -q 'OK DOWNLOAD.*fruit' /var/log/vsftpd.log
    check "it reloads" systemctl reload "$unit"
    check "and answers" wait_for logs_in second
    check "libc6 is upgraded" new_loader
    check "and the user logs in" logs_in second
    check "it crashes and comes back" crash
    check "answering" wait_for logs_in second
    check "it restarts" systemctl restart "$unit"
    check "and answers" wait_for logs_in second
}
