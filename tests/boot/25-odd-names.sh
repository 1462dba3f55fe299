#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A name may hold anything: of a file, a program, a process, an abstract socket. Nothing of it may
# reach the terminal raw, and the JSON has every byte of it.
#
# shellcheck disable=SC2016  # what looks like an expansion is a name
. /opt/boot-tests/lib.sh

mkdir -p /srv/odd
tryd_service odd <<'END'
[X-Landlock]
END

# As tryd takes it: %XX for what its line cannot hold.
to_request() {
    case $1 in
    *[!a-z/]*) printf %s "$1" | to_hex | sed 's/../%&/g' ;;
    *) printf %s "$1" ;;
    esac
}
to_hex() { od -An -v -tx1 | tr -d ' \n'; }

# form: bytes as `forms` shows them: in base64, or as numbers where they are no UTF-8
form() {
    cat >/tmp/name
    if iconv -f UTF-8 -t UTF-8 /tmp/name -o /dev/null 2>/dev/null; then
        base64 -w 0 /tmp/name
    else
        printf '[%s]' "$(od -An -v -tu1 /tmp/name | tr -s ' \n' , | sed 's/^,//; s/,$//')"
    fi
}
# forms: "key form" of all that was denied, and of who was
forms() {
    journalctl --sync
    unitlock denials odd.service --since "$STARTED" -o json | jq -r '
        (["path", .object.path], ["name", .object.name], ["comm", .object.comm],
            ["by", .process.comm]) | select(.[1])
        | .[0] + " " + (.[1] | if type == "array" then tojson else @base64 end)'
}

EXPECTED=() # "key form" of what was refused
NAMES=()    # and what to call it
# expect KEY NAME
expect() {
    EXPECTED+=("$1 $(printf %s "$2" | form)")
    NAMES+=("$1 $(printf %q "${2:0:60}")")
}
none_missing() {
    forms | sort -u >/tmp/forms
    [ -z "$(printf '%s\n' "${EXPECTED[@]}" | sort -u | comm -23 - /tmp/forms)" ]
}

# --- files

component=$(printf 'x%.0s' {1..255})
long=/srv/odd
while [ ${#long} -lt 4095 ]; do
    long+=/$component
done
long=${long:0:4095} # with its NUL, the longest that the kernel takes
names=(
    $'/srv/odd/new\nline'
    $'/srv/odd/\033[31mred\033]0;title\007'
    '/srv/odd/"quoted" and '\''single'\'
    '/srv/odd/100%s %n %d'
    '/srv/odd/$HOME `id` $(id)'
    '/srv/odd/ blank  and	tab '
    $'/srv/odd/invalid \377\376 \303\050'
    $'/srv/odd/\303\251t\303\251 \342\202\254'
    $'/srv/odd/\302\233 c1 \342\200\256 turned'
    $'/srv/odd/x"\nReadWritePaths=/\n[Service]\nExecStart=/bin/sh'
    '/srv/odd/back\slash\n\x41'
    '/srv/odd/domain=1 blockers=fs.execute path="a"'
    '/srv/odd/2F61'
    '/srv/odd/[1,2]'
    "$long"
)
for name in "${names[@]}"; do
    mkdir -p "${name%/*}"
    : >"$name"
    check_answer "refused: $(printf %q "${name:0:60}")" odd 'errno EACCES' read "$(to_request "$name")"
    expect path "$name"
done

# --- abstract sockets, of which a name may be of any bytes as well

tryd_service odd-outside <<'END'
END
sockets=($'new\nline '"$HTTP_PORT" $'\033[31m \377 '"$HTTP_PORT" '$HOME %s "q" '"$HTTP_PORT")
for name in "${sockets[@]}"; do
    ask odd-outside listen-abstract "$(to_request "$name")" >/dev/null
    check_answer "refused: the abstract socket $(printf %q "$name")" odd 'errno EPERM' \
        abstract "$(to_request "$name")"
    expect name "$name"
done

# --- processes: the one that is refused something, and the one that it is to get

for name in $'a\nb' $'\033[31mred' '"q" %s $x' $'\377 caf\303'; do
    ask odd-outside comm "$(to_request "$name")" >/dev/null
    ask odd comm "$(to_request "$name")" >/dev/null
    check_answer "refused: a signal to $(printf %q "$name")" odd 'errno EPERM' \
        signal "$(property odd-outside MainPID)" 0
    expect comm "$name"
    expect by "$name"
done
systemctl stop odd-outside

wait_for none_missing
for i in "${!EXPECTED[@]}"; do
    check "the JSON has all bytes of ${NAMES[i]}" grep -qxF -- "${EXPECTED[i]}" /tmp/forms
done

# --- what a terminal gets

unitlock denials odd.service --since "$STARTED" >/tmp/odd.txt
check "the table is not empty" test -s /tmp/odd.txt
check_equal "and has no control character but the ends of its lines" "" \
    "$(tr -d '\n' </tmp/odd.txt | LC_ALL=C tr -dc '\000-\037\177' | to_hex)"
check "and is UTF-8" iconv -f UTF-8 -t UTF-8 /tmp/odd.txt -o /dev/null
check_equal "without controls of its own" "" \
    "$(LC_ALL=C grep -c -e $'\302[\200-\237]' -e $'\342\200[\252-\256]' /tmp/odd.txt | grep -v '^0$')"
check "a line of the table for each object, or for each with an escape" \
    test "$(grep -c fs.read_file /tmp/odd.txt)" -ge ${#names[@]}
check_fails "no line of it begins in a name" grep -q '^ReadWritePaths\|^\[Service\]' /tmp/odd.txt
check_equal "each line of the JSON is a whole object" "" \
    "$(unitlock denials odd.service --since "$STARTED" -o json | jq -r 'select(type != "object")' 2>&1)"
check "and ASCII" sh -c '! unitlock denials odd.service -o json | LC_ALL=C grep -q "[^ -~]"'
systemctl stop odd
plan
