# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# samba: files put, got, renamed and removed by users with passwords, encrypted, by remote procedure
# calls; a new user, a reload, logs, a crash.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/sbin/smbd
# See the preset.
tolerated='^fs\.read_file\s/proc/[0-9]+/(loginuid|mounts)\s'
secret=
samba=$(port 1)

prepare() {
    cp /etc/samba/smb.conf /run/smb.conf
    sed -i "/^\[global\]/a smb ports = $samba\nbind interfaces only = yes\ninterfaces = 127.0.0.1/8\nlog level = 3\ndisable netbios = yes" \
        /etc/samba/smb.conf
    sed -i 's/max log size = .*/max log size = 20/' /etc/samba/smb.conf
    cat >>/etc/samba/smb.conf <<CONF
[fruit]
path = /srv/fruit
read only = no
[sealed]
path = /srv/fruit
read only = no
smb encrypt = required
CONF
    install -d -m 1777 /srv/fruit
    account dora
    head -c 3000000 /dev/urandom >/run/pear
}
account() {
    useradd -M "$1"
    printf 'secret\nsecret\n' | smbpasswd -s -a "$1" >/dev/null 2>&1
}

clean_up() {
    mv /run/smb.conf /etc/samba/smb.conf
    userdel dora
    userdel emil
    rm -r /srv/fruit /run/pear /run/apple
    rm -rf /var/log/samba/* /var/cache/samba/* /run/samba/*
    find /var/lib/samba -type f -delete
    rm -rf /var/lib/samba/private/msg.sock /var/lib/samba/lock
}

directives() { printf 'BindTCP=%s\nReadWritePaths=/srv/fruit\n' "$samba"; }

# smb SHARE COMMANDS [OPTION...]
smb() { smbclient -p "$samba" -U "${user:-dora}%secret" "${@:3}" "//127.0.0.1/$1" -c "$2"; }
as_emil() { user=emil smb fruit "$1"; }
got() { smb "$1" 'get pear /run/apple' "${@:2}" && cmp /run/pear /run/apple; }
shares() { smbclient -p "$samba" -U dora%secret -g -L 127.0.0.1 2>/dev/null; }
has_share() { shares | grep "^Disk|$1|"; }

work() {
    check "it answers" wait_for smb fruit ls
    check "a file is put" smb fruit 'put /run/pear pear'
    check "and got" got fruit
    check "and is the user's" sh -c 'stat -c %U /srv/fruit/pear | grep -x dora'
    check "a directory is made" smb fruit 'mkdir basket'
    check "the file is renamed into it" smb fruit 'rename pear basket\pear'
    check "and is there" cmp /run/pear /srv/fruit/basket/pear
    check "and renamed back" smb fruit 'rename basket\pear pear'
    check "and hidden" smb fruit 'setmode pear +h'
    check "the directory is removed" smb fruit 'rmdir basket'
    check_fails "and gone" test -e /srv/fruit/basket
    check "shares are listed" has_share fruit
    check "users are, too" sh -c "rpcclient -p $samba -U dora%secret 127.0.0.1 -c enumdomusers | grep 'user:\[dora\]'"
    check_fails "a wrong password is refused" smbclient -p "$samba" -U dora%wrong //127.0.0.1/fruit -c ls
    check_fails "a share is not for the unencrypted" smb sealed ls --client-protection=off -m NT1
    check "encrypted, it is" got sealed --client-protection=encrypt
    account emil
    check "a new user has access" as_emil 'put /run/pear plum'
    printf '[new]\npath = /srv/fruit\n' >>/etc/samba/smb.conf
    check "it reloads" systemctl reload "$unit"
    check "and has a new share" wait_for has_share new
    check "which can be read" got new
    check_fails "and not written" smb new 'put /run/pear cherry'
    check "a file is removed" as_emil 'del plum'
    check_fails "and gone" test -e /srv/fruit/plum
    check "its processes answer" smbcontrol smbd ping
    check "logs become large, and are renamed" wait_for sh -c 'ls /var/log/samba/*.old'
    check "it crashes and comes back" crash
    check "with the file" wait_for got fruit
    check "it restarts" systemctl restart "$unit"
    check "with the file" wait_for got fruit
}
