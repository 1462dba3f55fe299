# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# postfix: mail over SMTP, with TLS, and from sendmail(1); to mailboxes and to another machine; a
# queue that waits; a bounce; a new account; a crash.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/lib/postfix/sbin/smtpd
# It is started through dash, and reads all of /etc: see the preset.
shell=/usr/bin/bash
secret=
smtp=$(port 1) elsewhere=$(port 2)

prepare() {
    cp -a /etc/postfix /etc/aliases /run
    certificate /etc/postfix/test root:root
    useradd -m ben
    postconf -e inet_interfaces=127.0.0.1 "mydestination=\$myhostname, localhost" \
        smtpd_tls_cert_file=/etc/postfix/test/cert.pem smtpd_tls_key_file=/etc/postfix/test/key.pem \
        "transport_maps=inline:{example.org=smtp:[127.0.0.1]:$elsewhere}"
    postconf -MX smtp/inet
    postconf -Me "127.0.0.1:$smtp/inet=127.0.0.1:$smtp inet n - y - - smtpd"
    install -d -o postfix /run/elsewhere
    echo 'fruit: ben' >>/etc/aliases
    newaliases
}

directives() { printf 'BindTCP=%s\nConnectTCP=%s\n' "$smtp" "$elsewhere"; }

clean_up() {
    systemctl stop preset-elsewhere 2>/dev/null
    rm -rf /etc/postfix /run/elsewhere
    mv /run/postfix /etc
    mv /run/aliases /etc
    newaliases
    userdel -r ben
    userdel -r zoe
}

# The other machine, which keeps what it is sent.
another_machine() {
    systemd-run -q --unit=preset-elsewhere smtp-sink -u postfix -D /run/elsewhere/mail \
        "127.0.0.1:$elsewhere" 10 && wait_for is_listening
}
is_listening() { true <"/dev/tcp/127.0.0.1/$elsewhere"; }

# send TO SUBJECT CURL-OPTION...
send() {
    printf '%s\r\n' "From: anna@example.org" "To: $1" "Subject: $2" '' ripe >/run/letter
    curl -sS -m 5 "smtp://127.0.0.1:$smtp" --mail-from anna@example.org --mail-rcpt "$1" -T /run/letter "${@:3}"
}
submit() { printf 'To: %s\nSubject: %s\n\nripe\n' "$1" "$2" | sendmail -t -f ben@localhost; }
# arrived FILE TEXT
arrived() { grep -q "$2" "$1"; }
is_queued() { postqueue -j | grep -q "$1"; }

work() {
    mail_goes_through apples
    check "mail over TLS" send ben@localhost pears --ssl-reqd --cacert /etc/postfix/test/cert.pem
    check "is delivered" wait_for arrived /var/mail/ben pears
    check "mail from sendmail" submit fruit@localhost plums
    check "is delivered to who is meant" wait_for arrived /var/mail/ben plums
    check "mail for nobody" submit nobody-there@localhost figs
    check "comes back" wait_for arrived /var/mail/ben 'unknown user: "nobody-there"'
    check_fails "over SMTP it is not taken" send nobody-there@localhost figs
    check "mail for another machine that is down" submit zoe@example.org quinces
    check "waits in the queue" wait_for is_queued 'Connection refused'
    check "which is listed" sh -c 'mailq | grep -q zoe@example.org'
    check "the other machine comes up" another_machine
    check "the queue is run" postqueue -f
    check "and the mail goes there" wait_for arrived /run/elsewhere/mail quinces
    check "while it runs, an account is made" useradd -m zoe
    check "it gets mail" send zoe@localhost cherries
    check "at once" wait_for arrived /var/mail/zoe cherries
    check "it reloads" systemctl reload "$unit"
    mail_goes_through grapes
    check "mail from a service that may submit mail" submits ben@localhost ben@localhost peaches
    check "is delivered" wait_for arrived /var/mail/ben peaches
    check_equal "nothing was denied to it" "" "$(denials preset-sender.service)"
    check "libc6 is upgraded" new_loader
    check "it starts new processes" systemctl reload "$unit"
    mail_goes_through lemons
    check "it crashes and comes back" crash
    mail_goes_through melons
    check "it restarts" systemctl restart "$unit"
    check "mail from sendmail" submit ben@localhost berries
    check "is delivered" wait_for arrived /var/mail/ben berries
    check_equal "nothing else has come back" 1 "$(grep -c '^Subject: Undelivered' /var/mail/ben)"
}
