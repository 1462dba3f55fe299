# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# dovecot: a user of the machine logs in by PAM; an mbox in /var/mail, a Maildir in a directory of
# its own; TLS; a password that changes while dovecot runs; a crash.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/lib/dovecot/imap
# See the preset, and accounts in 15-blocks.yaml.
tolerated='^fs\.read_file\s/proc/[0-9]+/(stat|loginuid)\s'
secret=
imap=$(port 1) imaps=$(port 2)

prepare() {
    certificate /etc/dovecot/private/test root:root
    useradd -M -g mail ben
    echo ben:first | chpasswd
    install -d -o ben -g mail -m 0700 /srv/mail /srv/mail/ben
    install -o ben -g mail -m 0660 /dev/null /var/mail/ben
    printf '%s\r\n' 'From: anna@example.org' 'Subject: pears' '' ripe >/srv/mail/letter
    cat >/etc/dovecot/local.conf <<CONF
listen = 127.0.0.1
auth_failure_delay = 0
mail_path = /srv/mail/%{user}/mbox
namespace kept {
  prefix = Kept/
  separator = /
  mail_driver = maildir
  mail_path = /srv/mail/%{user}/Maildir
}
service imap-login {
  inet_listener imap {
    port = $imap
  }
  inet_listener imaps {
    port = $imaps
  }
}
ssl_server {
  cert_file = /etc/dovecot/private/test/cert.pem
  key_file = /etc/dovecot/private/test/key.pem
}
CONF
}

directives() { printf 'BindTCP=%s %s\nReadWritePaths=/srv/mail\n' "$imap" "$imaps"; }

clean_up() {
    userdel zoe
    userdel ben
    rm -r /srv/mail /var/mail/ben /etc/dovecot/local.conf /etc/dovecot/private/test
}

# fetch PASSWORD PATH CURL-OPTION...: over TCP, which dovecot trusts on 127.0.0.1.
fetch() { curl -sS -m 5 -u "ben:$1" "imap://127.0.0.1:$imap/$2" "${@:3}"; }
fetch_tls() {
    curl -sS -m 5 -u "ben:$1" --cacert /etc/dovecot/private/test/cert.pem "imaps://127.0.0.1:$imaps/$2" "${@:3}"
}
append() { curl -sS -m 5 -u "ben:$1" "imap://127.0.0.1:$imap/$2" -T /srv/mail/letter; }
logs_in() { fetch "$1" '' >/dev/null; }
has_mail() { fetch "$1" "$2;UID=$3" | grep -q ripe; }

work() {
    check "a user logs in" wait_for logs_in first
    check_fails "not with another password" logs_in second
    printf 'From anna@example.org Sun Nov 22 10:00:00 2026\nSubject: plums\n\nripe\n\n' >>/var/mail/ben
    check "a mail that was delivered is read" has_mail first INBOX 1
    check "one is put into /var/mail" append first INBOX
    check "and read over TLS" sh -c "curl -sS -m 5 -u ben:first --cacert \
        /etc/dovecot/private/test/cert.pem 'imaps://127.0.0.1:$imaps/INBOX;UID=2' | grep -q pears"
    check "a folder is made" fetch first '' -X 'CREATE Kept/fruit'
    check "a mail is put into it" append first Kept/fruit
    check "found" sh -c "cat /srv/mail/ben/Maildir/.fruit/*/* | grep -q pears"
    check "and read" has_mail first Kept/fruit 1
    check "searched" sh -c "curl -sS -u ben:first 'imap://127.0.0.1:$imap/Kept/fruit?BODY%20ripe' | grep -q '1'"
    check "copied" fetch first INBOX -X 'COPY 1:2 Kept/fruit'
    check "marked" fetch first INBOX -X 'STORE 1 +FLAGS (\Deleted)'
    check "and deleted" fetch first INBOX -X EXPUNGE
    check "doveadm is answered" doveadm who
    check "it reloads" systemctl reload "$unit"
    check "and the user logs in" wait_for logs_in first
    check "while it runs, an account is made" useradd -M zoe
    check "a password changed" sh -c 'echo ben:second | chpasswd'
    check "and is known at once" logs_in second
    check "libc6 is upgraded" new_loader
    check "and the user logs in" logs_in second
    check "it crashes and comes back" crash
    check "with the mail" wait_for has_mail second Kept/fruit 1
    check "it restarts" systemctl restart "$unit"
    check "with the mail" wait_for has_mail second Kept/fruit 1
}
