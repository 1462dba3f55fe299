# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# cups: printers are added, asked, and print: a text through filters to a printer on the network,
# which is a few lines of Perl, and to a file; users, settings, logs, a crash.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/sbin/cupsd
# See the preset. Another shell than the one of scripts is refused.
tolerated='^fs\.make_dir\s/var/cache\s|^fs\.write_file\s/dev/(tty|lp)|^fs\.read_file\s/proc/[0-9]+/(loginuid|mountinfo)\s'
secret=
shell=/usr/bin/bash
cups=$(port 1) printer=$(port 2)

prepare() {
    cp -a /etc/cups /run/cups.before
    sed -i "s/^Listen localhost:631/Listen 127.0.0.1:$cups/" /etc/cups/cupsd.conf
    echo 'FileDevice Yes' >>/etc/cups/cups-files.conf
    mkdir -p /srv/print
    echo 'Pears and apples' >/run/letter.txt
    # shellcheck disable=SC2016  # Perl's variables
    systemd-run -q --collect --unit=test-printer -E "PORT=$printer" perl -MIO::Socket::INET -e '
        my $listen = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1:$ENV{PORT}",
            ReuseAddr => 1) or die;
        while (my $client = $listen->accept) {
            local $/;
            my $got = <$client>;
            open(my $out, ">>", "/run/printed") or die;
            print $out $got;
        }'
}

clean_up() {
    systemctl stop cups.socket cups.path test-printer
    userdel carl
    rm -r /etc/cups /srv/print
    mv /run/cups.before /etc/cups
    rm -f /run/printed /run/letter.txt /var/log/cups/*
    rm -rf /var/spool/cups/[acd]0* /var/spool/cups/tmp/* /var/spool/cups/tmp/.cache
    find /var/cache/cups -type f -delete
}

directives() { printf 'BindTCP=%s\nConnectTCP=%s\nReadWritePaths=/srv/print\n' "$cups" "$printer"; }

has_printed() { grep -qa "$1" /run/printed; }
wrote() { head -n 1 "/srv/print/$1" | grep -q '^%!PS-Adobe'; }
completed() { lpstat -W completed -o "$1" | grep -q .; }
# The job's number is the last word of "request id is net-1 (1 file(s))" but two.
queued() { lp "$@" | awk '{ print $4 }'; }
configuration() { curl -sS -o /dev/null -w '%{http_code}' --max-time 5 "$@" "http://127.0.0.1:$cups/admin/conf/cupsd.conf"; }
logs_more() { grep -q '^LogLevel debug' /etc/cups/cupsd.conf; }

work() {
    local job
    check "it answers" wait_for lpstat -r
    check "drivers are listed" sh -c 'lpinfo -m | grep -q sample.drv/generic.ppd'
    check "and ways to printers" sh -c 'lpinfo -v | grep -x "network socket"'
    check "a printer is added" lpadmin -p net -E -v "socket://127.0.0.1:$printer/?snmp=false" -m drv:///sample.drv/generic.ppd
    check "and one that is a file" lpadmin -p file -E -v file:/srv/print/file -m drv:///sample.drv/generic.ppd
    check "the first is everyone's" lpadmin -d net
    check "a text is printed" lp /run/letter.txt
    check "as PostScript" wait_for has_printed '^%!PS-Adobe'
    check "another one to a file" lp -d file /run/letter.txt
    check "as PostScript" wait_for wrote file
    check "they are done" wait_for completed net
    check "of which the log tells" wait_for grep -q '/printers/net .* Send-Document' /var/log/cups/access_log
    check "a class of printers is made" lpadmin -p net -c both
    check "and opened" sh -c 'cupsaccept both && cupsenable both'
    check "it prints" lp -d both -o raw /run/letter.txt
    check "what it gets, as it is" wait_for has_printed 'Pears and apples$'
    check "there is a page about it" sh -c "curl -sS http://127.0.0.1:$cups/printers/net | grep -q 'Generic PostScript'"

    check_equal "the configuration is not for everyone" 401 "$(configuration)"
    useradd -M -G lpadmin carl
    echo carl:first | chpasswd
    check_equal "nor for a wrong password" 401 "$(configuration -u carl:wrong)"
    check_equal "but for a new user" 200 "$(configuration -u carl:first)"
    check "it is changed" cupsctl --debug-logging
    check "in its file" wait_for logs_more
    check "it reads it" wait_for lpstat -p net

    job=$(queued -H hold -d net /run/letter.txt)
    mv /var/log/cups/error_log /var/log/cups/error_log.1
    check "logs are rotated, with a restart" systemctl restart "$unit"
    check "it answers" wait_for lpstat -p net
    check "with the job that was held" sh -c "lpstat -o net | grep '^$job '"
    check "and logs" wait_for test -s /var/log/cups/error_log
    rm /run/printed
    check "which is let go" lp -i "$job" -H resume
    check "and printed" wait_for has_printed '^%!PS-Adobe'
    check "another is cancelled" cancel "$(queued -H hold -d net /run/letter.txt)"
    check_equal "and gone" '' "$(lpstat -o net)"

    check "it crashes and comes back" crash
    check "with its printers" wait_for sh -c 'lpstat -p net && lpstat -p file'
    check "a printer is removed" lpadmin -x file
    check "and its driver" sh -c 'lpadmin -x net && ! ls /etc/cups/ppd | grep .'
}
