# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2034,SC2154  # for what sources this, and from PRESET.sh
# One preset's service: PRESET is a row of presets.table, and the first argument of what sources this.
#
# presets/PRESET.sh, which this sources, defines
#
#     program        what the unit runs: it must be out of the attacker's reach
#     prepare        configures the service, on this container's own ports
#     directives     prints what a declaration says besides Preset=
#     work           checks that the service does what it is for
#
# and, where it has to,
#
#     clean_up       stops what else is left of the service
#     tolerated      an expression for lines of denials (lib.sh) that the preset's comments explain
#     expected       the right and the object of a denial that the preset expects
#     shell          another shell than dash, which the service needs
#     secret         empty instead of /etc/shadow, for a service that has to read all of /etc
#     connect_port   another port than nginx's, where the service may connect to that; empty where it
#                    may connect to any
. /opt/boot-tests/lib.sh

preset=$1
# column N: of the preset's row.
column() {
    awk -F ' *[|] *' -v preset="$preset" -v column="$1" '$1 == preset { print $column }' \
        /opt/boot-tests/presets.table
}
unit=$(column 5)

tolerated='^$'
expected=
shell=/usr/bin/dash
secret=/etc/shadow
connect_port=$(port 0)
directives() { :; }
clean_up() { :; }
# shellcheck source=/dev/null
. "/opt/boot-tests/presets/$preset.sh"
# Of a template's instance, the template is what is declared.
declared=${unit/@*/@.service}

# --- helpers of the scripts

# tcp PORT LINE...: sends lines, prints what is answered until the other side closes.
tcp() {
    local client
    exec {client}<>"/dev/tcp/127.0.0.1/$1" || return
    printf '%s\r\n' "${@:2}" >&"$client"
    timeout 5 cat <&"$client"
    exec {client}>&-
}

# certificate DIRECTORY OWNER: key.pem and cert.pem for 127.0.0.1.
certificate() {
    mkdir -p "$1"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=IP:127.0.0.1 -keyout "$1/key.pem" -out "$1/cert.pem" 2>/dev/null
    chown -R "$2" "$1"
}

# submits FROM TO SUBJECT: a service that may do nothing but hand in a mail does so.
submits() {
    local status=0
    cat >/etc/systemd/system/preset-sender.service <<UNIT
[Service]
Type=oneshot
KillMode=process
StandardInput=data
StandardInputText=Subject: $3\n\nripe
ExecStart=/usr/bin/env sendmail -f $1 $2
[X-Landlock]
Preset=mail-submission
ABI=$(kernel_abi)
UNIT
    { restart preset-sender.service && confined preset-sender.service; } || status=1
    rm /etc/systemd/system/preset-sender.service
    return $status
}

# mail_goes_through SUBJECT: by the script's own send and arrived.
mail_goes_through() {
    check "mail comes in" wait_for send ben@localhost "$1"
    check "and is delivered" wait_for arrived /var/mail/ben "$1"
}

# new_loader: the dynamic loader is another file, as after an upgrade of libc6.
new_loader() {
    local loader
    loader=$(readlink -f "$(ldd /bin/true | grep -oE '/[^ ]*/ld[^ ]*')")
    cp -p "$loader" "$loader.new" && mv "$loader.new" "$loader"
}

# crash: kills the main process, as a machine that loses power would, and starts it again.
crash() {
    local pid
    pid=$(property "$unit" MainPID)
    # 0 where it does not run; kill(1) would take it for this very test.
    [ "$pid" != 0 ] || return
    kill -KILL "$pid"
    wait_for has_gone "$pid"
    systemctl reset-failed "$unit" 2>/dev/null
    systemctl start "$unit"
}
has_gone() { [ ! -d "/proc/$1" ]; }

# upgrade: installs the preset's packages again, with all that their maintainers' scripts do. They
# start only what is enabled; instances are started by others.
upgrade() {
    local packages package debs=()
    [ "$unit" != "$declared" ] || systemctl enable "$unit"
    read -ra packages < <(column 4)
    for package in "${packages[@]}"; do
        debs+=("/opt/upgrades/${package}"_*.deb)
    done
    DEBIAN_FRONTEND=noninteractive dpkg --force-confold -i "${debs[@]}" </dev/null
}

# own_network [OWNER]: networks of the test's own instead of the machine's. In "preset" is the
# service, as 192.0.2.1, in "peer" who else is on the wire, as 192.0.2.2. OWNER may change the
# service's. Its unit starts it there with
#
#     ExecStart=/usr/bin/nsenter --net=/run/netns/preset PROGRAM
#
# with CAP_SYS_ADMIN and AllowPaths=read_file:/run/netns: systemd refuses NetworkNamespacePath= without
# CAP_NET_ADMIN, which the container has not because it shares the machine's network.
own_network() {
    local owner=${1:-root} holder
    ip netns add peer
    touch /run/netns/preset
    setpriv --reuid "$owner" --regid "$owner" --clear-groups unshare -U -n sleep 60 &
    holder=$!
    wait_for other_network "$holder"
    mount --bind "/proc/$holder/ns/net" /run/netns/preset
    kill "$holder"
    wait "$holder"
    in_network preset ip link add left type veth peer name right netns peer
    wire preset left 192.0.2.1/24
    wire peer right 192.0.2.2/24
}
other_network() { [ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
in_network() { nsenter --net="/run/netns/$1" "${@:2}"; }
wire() {
    in_network "$1" ip link set lo up
    in_network "$1" ip addr add "$3" dev "$2"
    in_network "$1" ip link set "$2" up
}
# start_in_network: what the [Service] section of a drop-in says for that.
start_in_network() {
    cat <<SETTINGS
ExecStart=
ExecStart=/usr/bin/nsenter --net=/run/netns/preset $program
AmbientCapabilities=
AmbientCapabilities=CAP_SYS_ADMIN
CapabilityBoundingSet=
CapabilityBoundingSet=CAP_SYS_ADMIN
RestrictNamespaces=no
SETTINGS
}
remove_network() {
    umount /run/netns/preset
    rm /run/netns/preset
    ip netns del peer
}

# ask_all GROUP PORT NAME: "peer" asks who is on the wire by LLMNR or multicast DNS, and prints the
# addresses in the answer.
ask_all() {
    # shellcheck disable=SC2016  # Perl's
    in_network peer perl -MSocket -e '
        my ($group, $port, $name) = @ARGV;
        socket(my $s, PF_INET, SOCK_DGRAM, 0) or die;
        setsockopt($s, IPPROTO_IP, 32, inet_aton("192.0.2.2")) or die;  # IP_MULTICAST_IF
        setsockopt($s, IPPROTO_IP, 33, pack("C", 255)) or die;          # IP_MULTICAST_TTL
        my $question = join("", map { pack("C/a", $_) } split(/[.]/, $name)) . pack("C n n", 0, 1, 1);
        send($s, pack("n6", 4711, 0, 1, 0, 0, 0) . $question, 0, sockaddr_in($port, inet_aton($group)));
        alarm 2;
        recv($s, my $answer, 4096, 0);
        print join(".", unpack("C4", $1)), "\n" while $answer =~ /\x00\x01.{4}\x00\x04(.{4})/gs;
    ' "$@"
}
