# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# exim4: mail over SMTP, with TLS, and from sendmail(1); to mailboxes and to another machine; a
# queue that waits; a new account; a crash.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/sbin/exim4
# See the preset.
tolerated='^fs\.(execute|read_file)\s/usr/sbin/exim4\s.*\(deleted\)$'
secret=
# Its own address, another machine cannot have.
smtp=$(port 1) elsewhere=$(port 2) machine=127.0.0.2

prepare() {
    mkdir /run/saved
    cp -a /etc/exim4 /etc/aliases /run/saved
    cp -a /etc/default/exim4 /run/saved/default
    certificate /etc/exim4/test root:Debian-exim
    chmod 640 /etc/exim4/test/key.pem
    useradd -m ben
    sed -i -E "s/^(dc_eximconfig_configtype)=.*/\1='smarthost'/
        s/^(dc_local_interfaces)=.*/\1='127.0.0.1.$smtp'/
        s/^(dc_smarthost)=.*/\1='$machine::$elsewhere'/
        s/^(dc_other_hostnames)=.*/\1='localhost'/" /etc/exim4/update-exim4.conf.conf
    cat >/etc/exim4/exim4.conf.localmacros <<'CONF'
MAIN_TLS_ENABLE = true
MAIN_TLS_CERTIFICATE = /etc/exim4/test/cert.pem
MAIN_TLS_PRIVATEKEY = /etc/exim4/test/key.pem
CONF
    # A run of the queue every two seconds, in which all is tried again.
    echo "EXIMSERVICE='-bdf -qff2s'" >/etc/default/exim4
    echo 'fruit: ben' >>/etc/aliases
}

directives() { printf 'BindTCP=%s\nConnectTCP=%s\n' "$smtp" "$elsewhere"; }

clean_up() {
    systemctl stop preset-elsewhere 2>/dev/null
    rm -rf /etc/exim4 /run/elsewhere 
    mv /run/saved/exim4 /run/saved/aliases /etc
    mv /run/saved/default /etc/default/exim4
    rmdir /run/saved
    update-exim4.conf
    userdel -r ben
    userdel -r zoe
}

# The other machine, which keeps what it is sent.
another_machine() {
    mkdir /run/elsewhere
    cat >/run/elsewhere/receive <<'RECEIVE'
say() { printf '%s\r\n' "$1"; }
say '220 elsewhere'
while IFS= read -r line; do
    case ${line%$'\r'} in
    DATA)
        say 354
        while IFS= read -r line && [ "$line" != $'.\r' ]; do
            echo "$line" >>/run/elsewhere/mail
        done
        say 250
        ;;
    QUIT) say 221 && exit ;;
    *) say 250 ;;
    esac
done
RECEIVE
    systemd-run -q --unit=preset-elsewhere systemd-socket-activate -a --inetd \
        -l "$machine:$elsewhere" bash /run/elsewhere/receive && wait_for is_listening
}
is_listening() { true <"/dev/tcp/$machine/$elsewhere"; }

# send TO SUBJECT CURL-OPTION...
send() {
    printf '%s\r\n' "From: ben@localhost" "To: $1" "Subject: $2" '' ripe >/run/letter
    curl -sS -m 5 "smtp://127.0.0.1:$smtp" --mail-from ben@localhost --mail-rcpt "$1" -T /run/letter "${@:3}"
}
submit() { printf 'To: %s\nSubject: %s\n\nripe\n' "$1" "$2" | sendmail -t -f ben@localhost; }
# arrived FILE TEXT
arrived() { grep -q "$2" "$1"; }
is_queued() { mailq | grep -q "$1"; }
logged() { grep -q "$1" /var/log/exim4/mainlog; }

work() {
    mail_goes_through apples
    check "mail over TLS" send ben@localhost pears --ssl-reqd --cacert /etc/exim4/test/cert.pem
    check "is delivered" wait_for arrived /var/mail/ben pears
    check "mail from sendmail" submit fruit@localhost plums
    check "is delivered to who is meant" wait_for arrived /var/mail/ben plums
    check "mail for nobody" send nobody-there@localhost figs
    check "comes back" wait_for arrived /var/mail/ben 'Unrouteable address'
    check "mail for another machine that is down" send zoe@example.org quinces
    check "waits in the queue" wait_for is_queued zoe@example.org
    check "for this reason" wait_for logged 'Connection refused'
    mv /var/log/exim4/mainlog /var/log/exim4/mainlog.1
    check "the other machine comes up" another_machine
    check "a run of the queue sends the mail there" wait_for arrived /run/elsewhere/mail quinces
    check "the log is rotated" wait_for logged Completed
    check "mail from a service that may submit mail" submits ben@localhost ben@localhost peaches
    check "is delivered" wait_for arrived /var/mail/ben peaches
    check_equal "nothing was denied to it but a delivery of its own" "" \
        "$(denials preset-sender.service | grep -v $'^fs.read_file\t/etc/aliases\t')"
    check "while it runs, an account is made" useradd -m zoe
    check "it gets mail" send zoe@localhost cherries
    check "at once" wait_for arrived /var/mail/zoe cherries
    check "it reloads" systemctl reload "$unit"
    mail_goes_through grapes
    check "libc6 is upgraded" new_loader
    mail_goes_through lemons
    check "it crashes and comes back" crash
    mail_goes_through melons
    check "it restarts" systemctl restart "$unit"
    mail_goes_through berries
}
