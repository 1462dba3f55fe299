#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The real wrapper on the running kernel: what it enforces, what it leaves as it was, and what it
# makes of other kernels. Speaks TAP. That no failure of any system call starts a service unconfined
# is shown in faults.py.
#
#   wrapper.sh UNITLOCK-EXEC PROBE
#
# The variables that the commands in single quotes use are those of the shell that runs them.
# shellcheck disable=SC2016
set -u
shopt -s inherit_errexit

wrapper_source=$1
probe_source=$2

skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}
[ "$(id -u)" = 0 ] || skip_all "needs root"
abi=$("$probe_source" abi)
[ "$abi" -ge 1 ] || skip_all "the kernel has no Landlock"
# A private /run: neither a journal that swallows the messages nor one to be disturbed.
if [ -z "${UNITLOCK_IN_NAMESPACE-}" ]; then
    unshare -m true 2>/dev/null || skip_all "may not make a mount namespace"
    UNITLOCK_IN_NAMESPACE=1 exec unshare -m --propagation private bash "$0" "$@"
fi
mount -t tmpfs tmpfs /run || skip_all "may not mount"
# Nor the list of security modules: some tests are about kernels without Landlock.
mount -t tmpfs tmpfs /sys || skip_all "may not mount"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir "$work"/{bin,open,open/sub,other,closed}
cp "$wrapper_source" "$work/bin/unitlock-exec"
cp "$probe_source" "$work/bin/probe"
echo "$work" >"$work/open/file"
echo "$work" >"$work/closed/file"
echo data >"$work/lone"
chmod -R a+rX "$work"
chmod 777 "$work"/{open,open/sub,other,closed}
chmod 666 "$work"/{open,closed}/file "$work/lone"
wrapper=$work/bin/unitlock-exec
probe=$work/bin/probe
export INVOCATION_ID=3f9c2a1b7d0411112222333344445555

# What any program needs to start.
base=(--unit=test.service --exec=/usr --exec=-/bin --exec=-/lib --exec=-/lib64
    --read-only=-/etc/ld.so.cache --exec="$work/bin")

# ---- TAP ----
count=0
result() { # result ok|"not ok" DESCRIPTION
    count=$((count + 1))
    echo "$1 $count - $2"
}
is() { # is DESCRIPTION ACTUAL EXPECTED
    if [ "$2" = "$3" ]; then
        result ok "$1"
    else
        result "not ok" "$1"
        printf '# expected: %q\n# actual:   %q\n' "$3" "$2"
    fi
}
has() { # has DESCRIPTION TEXT PATTERN
    case $2 in
    *"$3"*) result ok "$1" ;;
    *) result "not ok" "$1"; printf '# no %q in: %q\n' "$3" "$2" ;;
    esac
}
skip() {
    count=$((count + 1))
    echo "ok $count - $1 # SKIP $2"
}

# confined OPTION... -- PROBE-WORD...: the results as one line of words.
confined() {
    local options=()
    while [ "$1" != -- ]; do options+=("$1"); shift; done
    shift
    "$wrapper" "${base[@]}" "${options[@]}" --program="$probe" -- probe "$@" 2>"$work/stderr" |
        tr '\n' ' '
}
# status COMMAND...: its exit status; output is left in $work/stdout and $work/stderr.
status() {
    local code=0
    "$@" >"$work/stdout" 2>"$work/stderr" || code=$?
    echo "$code"
}
message() { cat "$work/stderr"; }
at_least() { [ "$abi" -ge "$1" ]; }

# ---- the file system ----
o=$work/open c=$work/closed
is "a granted file can be read, another cannot" \
    "$(confined --read-only="$o" -- read,"$o/file" read,"$c/file" list,"$o" list,"$c")" \
    "ok EACCES ok EACCES "
is "reading is not writing" \
    "$(confined --read-only="$o" -- write,"$o/file" create,"$o/new" mkdir,"$o/new" unlink,"$o/file")" \
    "EACCES EACCES EACCES EACCES "
is "a directory to write to" \
    "$(confined --read-write="$o" -- write,"$o/file" create,"$o/new" unlink,"$o/new" write,"$c/file" create,"$c/new" unlink,"$c/file")" \
    "ok ok ok EACCES EACCES EACCES "
is "a rule on a file is for that file" \
    "$(confined --read-write="$work/lone" -- read,"$work/lone" write,"$work/lone" read,"$o/file")" \
    "ok ok EACCES "
is "single rights" \
    "$(confined --allow=write_file,make_reg:"$o" -- write,"$o/file" create,"$o/new" read,"$o/file")" \
    "ok ok EACCES "
rm -f "$o/new"
cp "$probe" "$o/program"
is "executing needs a right of its own" \
    "$(confined --read-only="$o" -- exec,"$probe" exec,"$o/program" read,"$o/program")" \
    "ok EACCES ok "
echo x >"$o/moved"
if at_least 2; then
    is "renaming across directories, where both are granted" \
        "$(confined --read-write="$o" --read-write="$work/other" -- rename,"$o/moved,$work/other/moved" rename,"$work/other/moved,$o/moved")" \
        "ok ok "
fi
is "renaming out of what is granted" \
    "$(confined --read-write="$o" -- rename,"$o/moved,$c/moved")" \
    "$(if at_least 2; then echo EACCES; else echo EXDEV; fi) "
if at_least 3; then
    is "truncating is a right of its own" \
        "$(confined --allow=write_file:"$o" -- truncate,"$o/file")" "EACCES "
fi
ln -s "$o" "$work/link"
is "a link is followed to what it leads to" \
    "$(confined --read-only="$work/link" -- read,"$o/file")" "ok "

# ---- the network ----
if at_least 4; then
    is "TCP ports" \
        "$(confined --bind-tcp=19000-19002 --connect-tcp=19009 -- bind-tcp,19001 bind-tcp,19003 connect-tcp,19009 connect-tcp,19010)" \
        "ok EACCES ECONNREFUSED EACCES "
    is "any port" \
        "$(confined --bind-tcp=any -- bind-tcp,19003 connect-tcp,19010)" "ok EACCES "
    is "only the network" \
        "$(confined --restrict=network -- read,"$c/file" bind-tcp,19003)" "ok EACCES "
else
    skip "TCP ports" "ABI $abi"
fi

# ---- scope ----
if at_least 6; then
    exec 9> >("$probe" listen-abstract,unitlock-test-$$)
    sleep 0.2
    is "signals and abstract sockets stay inside" \
        "$(confined -- signal,$$ abstract,unitlock-test-$$)" "EPERM EPERM "
    is "each can be left open" \
        "$(confined --scope=signal -- signal,$$ abstract,unitlock-test-$$) $(confined --scope=abstract-unix-socket -- signal,$$ abstract,unitlock-test-$$)" \
        "EPERM ok  ok EPERM "
    exec 9>&-
else
    skip "signals and abstract sockets" "ABI $abi"
fi

# ---- paths ----
is "an optional path that is missing" \
    "$(confined --read-only=-/nonexistent --read-only=-"$o/file/below" --read-only="$o" -- read,"$o/file")" "ok "
has "is counted" "$(message)" "UNITLOCK_SKIPPED=2"
is "a missing path fails the start" \
    "$(status "$wrapper" "${base[@]}" --read-only=/nonexistent --program="$probe" -- probe pid)" 66
has "and is named" "$(message)" "test.service: /nonexistent: cannot open: No such file or directory (ENOENT)"
is "and nothing ran" "$(cat "$work/stdout")" ""
is "descriptors that cannot carry a rule need none" \
    "$(confined --read-write=/dev/stdout --read-write=/proc/self/fd/0 -- pid </dev/null | tr -d '0-9')" " "
mkfifo "$work/fifo"
is "a FIFO without a writer is no obstacle" \
    "$(status timeout 5 "$wrapper" "${base[@]}" --read-only="$work/fifo" --program="$probe" -- probe)" 0
is "control characters in a path are escaped" \
    "$(status "$wrapper" "${base[@]}" --read-only="$(printf '/no\n<0>forged\033[31m')" --program="$probe" -- probe)" 66
has "on one line" "$(message)" 'test.service: /no\x0a<0>forged\x1b[31m: cannot open'

# ---- what the service gets ----
words=(a "" -- "two words" "--strict" "$(printf 'line\nline')" 'ünï$X')
is "the words of the command" \
    "$("$wrapper" "${base[@]}" --program="$probe" -- "argv zero" words "${words[@]}" 2>/dev/null)" \
    "$(bash -c 'exec -a "argv zero" "$@"' - "$probe" words "${words[@]}")"
environment=(A=1 "B=x y" LISTEN_FDS=2 LISTEN_PID=7 NOTIFY_SOCKET=@x "INVOCATION_ID=$INVOCATION_ID" EMPTY=)
is "the environment" \
    "$(env -i "${environment[@]}" "$wrapper" "${base[@]}" --program="$probe" -- probe environment 2>/dev/null)" \
    "$(env -i "${environment[@]}" "$probe" environment)"
is "the descriptors" \
    "$("$wrapper" "${base[@]}" --program="$probe" -- probe descriptors 3</etc/passwd 7>/dev/null 2>/dev/null)" \
    "$("$probe" descriptors 3</etc/passwd 7>/dev/null 2>/dev/null)"
is "closed standard descriptors stay closed" \
    "$("$wrapper" "${base[@]}" --program="$probe" -- probe descriptors <&- 2>&-)" \
    "$("$probe" descriptors <&- 2>&-)"
is "an open descriptor works whatever the policy says" \
    "$("$wrapper" "${base[@]}" --exec=/bin --program=/bin/cat -- cat <"$c/file" 2>/dev/null)" "$work"
is "the process" \
    "$(bash -c 'echo $$; exec "$@"' - "$wrapper" "${base[@]}" --program="$probe" -- probe pid 2>/dev/null | uniq | wc -l)" 1
is "the name of the thread is the program's again" \
    "$("$wrapper" "${base[@]}" --program="$probe" -- x name 2>/dev/null)" probe
# Without SigQ: it counts the queued signals of all processes of the user.
fields='^(Name|Umask|Uid|Gid|Groups|Sig[^Q]|Shd|Cap|NoNewPrivs|Seccomp|Threads)'
is "signals, credentials and capabilities" \
    "$(trap '' USR1; "$wrapper" "${base[@]}" --read-only=/proc --program=/bin/grep -- grep -E "$fields" /proc/self/status 2>/dev/null)" \
    "$(trap '' USR1; /bin/grep -E "$fields" /proc/self/status)"
is "no no_new_privs for who has CAP_SYS_ADMIN" "$(confined -- no-new-privs)" "0 "
nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
is "another user, who has not, gets it and is confined" \
    "$("${nobody[@]}" "$wrapper" "${base[@]}" --read-only="$o" --program="$probe" -- probe read,"$o/file" read,"$c/file" no-new-privs 2>"$work/stderr" | tr '\n' ' ')" \
    "ok EACCES 1 "
has "with a proof" "$(message)" "UNITLOCK_PROVEN=filesystem"
mkdir -m 700 "$work/private"
is "an optional path behind a directory that this user may not enter" \
    "$("${nobody[@]}" "$wrapper" "${base[@]}" --read-only=-"$work/private/x" --program="$probe" -- probe read,"$c/file" 2>"$work/stderr")" "EACCES"
is "a required one" \
    "$(status "${nobody[@]}" "$wrapper" "${base[@]}" --read-only="$work/private/x" --program="$probe" -- probe)" 66

# ---- messages ----
families=filesystem
if at_least 4; then families+=,network; fi
if at_least 6; then families+=,scope; fi
confined --read-only="$o" -- pid >/dev/null
start=$(message)
has "the start record: denials were seen" "$start" " UNITLOCK_PROVEN=$families "
has "the start record: the kernel's ABI" "$start" " UNITLOCK_ABI=$abi "
has "the start record: the tag" "$start" " UNITLOCK_TAG=ul-3f9c2a1b7d04 "
is "the start record is one line with its level" "$(grep -c '^<6>unitlock-exec: test.service: confined ' <<<"$start")/$(wc -l <<<"$start")" "1/1"
SYSTEMD_EXEC_PID=1 confined -- pid >/dev/null
is "a service's file is spared the start record" "$(message)" ""
is "but not a failure" "$(SYSTEMD_EXEC_PID=1 status "$wrapper" "${base[@]}" --program=/nonexistent -- x)" 203
has "of it" "$(message)" "cannot execute"
INVOCATION_ID=nonsense confined -- pid >/dev/null
has "no invocation" "$(message)" "UNITLOCK_TAG=ul-unknown"
confined --avoid-sockets -- pid >/dev/null
has "without sockets only the file system is proven" "$(message)" "UNITLOCK_PROVEN=filesystem "
confined --read-only=/ --bind-tcp=any --connect-tcp=any --bind-udp=any --connect-udp=any --scope= -- pid >/dev/null
has "where / can be read, writing is tried" "$(message)" "UNITLOCK_PROVEN=filesystem "
confined --allow="$(IFS=,; fs=(execute write_file read_file read_dir); echo "${fs[*]}")":/ --restrict=filesystem -- pid >/dev/null
has "where all is granted nothing is proven" "$(message)" "UNITLOCK_PROVEN= "
mkdir "$work/root"
mount --bind / "$work/root"
is "a rule on another way to / is no failed proof" \
    "$(confined --read-only="$work/root" -- list,/ read,/etc/passwd)" "ok ok "
umount "$work/root"

mkdir -p /run/systemd/journal
journal=/run/systemd/journal/socket
"$probe" "journal,$journal" >"$work/entry" &
server=$!
while [ ! -S $journal ]; do sleep 0.02; done
confined --read-only="$o" -- pid >/dev/null
wait $server
is "the journal gets the start record" "$(grep -c -x -E 'MESSAGE_ID=50935db1f4a648518fc4278ea3ffe925|SYSLOG_IDENTIFIER=unitlock-exec|PRIORITY=6|UNITLOCK_UNIT=test.service|UNITLOCK_TAG=ul-3f9c2a1b7d04' "$work/entry")" 5
is "every line of it is a field" "$(grep -a -v -E '^[A-Z_]+=' "$work/entry" | head -n 1)" UNITLOCK_OPTIONS
has "with the options at its end" "$(tr '\0' ' ' <"$work/entry" | tail -n 1)" \
    "--unit=test.service "
is "and standard error is left alone" "$(message)" ""
rm $journal
"$probe" "journal,$journal" >"$work/entry" &
server=$!
while [ ! -S $journal ]; do sleep 0.02; done
is "a failure" "$(status "$wrapper" "${base[@]}" --read-only=/nonexistent --program="$probe" -- probe)" 66
wait $server
has "is in the journal" "$(cat "$work/entry")" "UNITLOCK_EXIT_STATUS=66"
has "and on standard error, where that is not the journal" "$(message)" "/nonexistent: cannot open"
rm $journal

# ---- layers ----
# layered NUMBER: the wrapper starts itself so many times, and the last one lists a directory.
layered() {
    local command=("$wrapper") layer
    for ((layer = 1; layer < $1; layer++)); do
        command+=("${base[@]}" --program="$wrapper" -- wrapper)
    done
    "${command[@]}" "${base[@]}" --program="$probe" -- probe "list,$c"
}
is "16 layers" "$(status layered 16)/$(cat "$work/stdout")" 0/EACCES
is "one more is refused" "$(status layered 17)/$(cat "$work/stdout")" 71/
has "and named" "$(message)" "as many Landlock domains as the kernel allows, 16: "

# ---- thousands of rules ----
many=()
for ((number = 0; number < 5000; number++)); do many+=(--read-only="-$o/$number"); done
mkdir "$o/4999"
is "5,000 paths" "$(confined "${many[@]}" -- list,"$o/4999" list,"$o" list,"$c")" "ok EACCES EACCES "
rmdir "$o/4999"

# ---- the exit statuses ----
usage() { # usage DESCRIPTION PATTERN WORDS...
    local description=$1 pattern=$2
    shift 2
    is "$description" "$(status "$wrapper" "$@")" 64
    has "$description: says so" "$(message)" "$pattern"
}
usage "no arguments" 'no "--" before the command'
usage "no command" 'no command behind "--"' --program="$probe" --
usage "no program" "--program= is missing" -- probe
usage "a bare program name" "--program= is not an absolute path" --program=probe -- probe
usage "a program that systemd refuses" "--program= holds a quote, a backslash" \
    '--program=/a\x2db' -- probe
usage "an unknown option" "--frobnicate: unknown option" --frobnicate --program="$probe" -- probe
usage "a relative path" "--read-only=x: the path is not absolute" --read-only=x --program="$probe" -- probe
usage "a port that is none" "--bind-tcp=70000: not a port" --bind-tcp=70000 --program="$probe" -- probe
usage "a policy that restricts nothing" "the policy restricts nothing" --restrict= --program="$probe" -- probe
is "an invalid declaration" \
    "$(status "$wrapper" --unit=test.service --refuse="a.conf:3: bad" --refuse="a.conf:4: worse")" 78
is "each problem on its line" "$(grep -c '^<3>unitlock-exec: test.service: a.conf:[34]: .* MESSAGE_ID=1072080b4e9747ceae567d46dd285f0d ' "$work/stderr")" 2
is "permissive: nothing is denied" "$(confined --permissive -- read,"$c/file")" "ok "
has "permissive: and it is said" "$(message)" "started NOT CONFINED: Mode=permissive"
is "permissive, whatever the kernel lacks" "$(confined --permissive --strict --abi=11 -- read,"$c/file")" "ok "
is "strict, and all can be enforced" \
    "$(confined --strict --abi="$abi" -- read,"$c/file")" "EACCES "
is "a program that is missing" "$(status "$wrapper" "${base[@]}" --program=/nonexistent -- x)" 203
has "is named" "$(message)" "/nonexistent: cannot execute: No such file or directory"
is "a program that the policy denies" "$(status "$wrapper" "${base[@]}" --read-only="$o" --program="$o/program" -- x)" 203
has "is named with the right" "$(message)" "the policy does not grant fs.execute on it: $o/program"
printf '#!%s\n' "$o/program" >"$work/bin/script"
chmod 755 "$work/bin/script"
is "an interpreter that the policy denies" \
    "$(status "$wrapper" "${base[@]}" --read-only="$o" --program="$work/bin/script" -- x)" 203
has "is named" "$(message)" "the policy does not grant fs.execute on its interpreter $o/program"
is "a loader that the policy denies" \
    "$(status "$wrapper" --exec="$work/bin" --program="$probe" -- x)" 203
has "is named, too" "$(message)" "the policy does not grant fs.execute on its interpreter /"
printf '#!/nonexistent/interpreter\n' >"$work/bin/script"
is "an interpreter that is missing" \
    "$(status "$wrapper" "${base[@]}" --program="$work/bin/script" -- x)" 203
has "is told from a missing program" "$(message)" "its interpreter /nonexistent/interpreter is missing"
chmod 644 "$work/bin/script"
is "a file that is no program" "$(status "$wrapper" "${base[@]}" --program="$work/bin/script" -- x)" 203

# ---- other kernels ----
# Under strace the chosen calls answer as they would there. What the service tries is reading a file
# that the policy never grants.
escape=("${base[@]}" --read-only="$o" --read-only=-/nonexistent --read-write=/dev/null
    --connect-tcp=443 --program="$probe" -- probe "read,$c/file")
injected() { # injected SPECIFICATION [OPTION...]: exit status
    local specification=$1
    shift
    status strace -qq -o /dev/null -e "inject=$specification" "$wrapper" "$@" "${escape[@]}"
}
if ! strace -qq -o /dev/null -e inject=landlock_restrict_self:error=EPERM true 2>/dev/null; then
    skip "other kernels" "no strace that can inject errors"
else
    landlock_calls=landlock_create_ruleset,landlock_add_rule,landlock_restrict_self
    for error in ENOSYS EOPNOTSUPP; do
        is "$error: best effort starts the service" "$(injected $landlock_calls:error=$error)" 0
        is "$error: unconfined" "$(cat "$work/stdout")" ok
        has "$error: and says so" "$(message)" "<4>unitlock-exec: test.service: started NOT CONFINED"
        is "$error: strict refuses" "$(injected $landlock_calls:error=$error --strict)" 69
        is "$error from one call alone is not the kernel's answer" \
            "$(injected landlock_create_ruleset:error=$error)" 71
        has "and that is said" "$(message)" "landlock_add_rule answers otherwise"
        is "$error from two calls is not" \
            "$(injected landlock_create_ruleset,landlock_add_rule:error=$error)" 71
        mkdir -p /sys/kernel/security
        echo capability,landlock,yama >/sys/kernel/security/lsm
        is "$error from a kernel that lists Landlock is not" "$(injected $landlock_calls:error=$error)" 71
        has "and that is said, too" "$(message)" "lsm lists it"
        echo capability,yama >/sys/kernel/security/lsm
        is "$error from one that does not list it is" "$(injected $landlock_calls:error=$error)" 0
        rm /sys/kernel/security/lsm
    done
    for error in EPERM ENOMEM EINVAL EACCES; do
        is "$error from the version query is a refusal" \
            "$(injected landlock_create_ruleset:error=$error:when=1)" 71
    done
    is "EINVAL from the errata query is an old kernel" \
        "$(injected landlock_create_ruleset:error=EINVAL:when=2)" 0
    is "a ruleset that cannot be made" "$(injected landlock_create_ruleset:error=ENOMEM:when=3)" 71
    has "is told" "$(message)" "landlock_create_ruleset: Cannot allocate memory (ENOMEM)"
    is "a rule that cannot be added" "$(injected landlock_add_rule:error=ENOMEM:when=2)" 71
    is "a restriction that is refused" "$(injected landlock_restrict_self:error=E2BIG)" 71
    is "one that is always refused" "$(injected landlock_restrict_self:error=EPERM)" 71
    is "one that needs no_new_privs" "$(injected landlock_restrict_self:error=EPERM:when=1)" 0
    is "a restriction that does nothing is found out" "$(injected landlock_restrict_self:retval=0)" 70
    has "with the families" "$(message)" "does not enforce it: $families"
    has "and nothing ran" "<$(cat "$work/stdout")>" "<>"

    # Older kernels, by their answer to the version query.
    for old in 1 2 3 4 5 6; do
        [ $old -le "$abi" ] || continue
        is "as on ABI $old: starts" "$(injected landlock_create_ruleset:retval=$old:when=1)" 0
        is "as on ABI $old: confined" "$(cat "$work/stdout")" EACCES
        has "as on ABI $old: says what is missing" "$(message)" "this kernel cannot restrict "
        is "as on ABI $old: strict refuses" \
            "$(injected landlock_create_ruleset:retval=$old:when=1 --strict)" 69
    done
    has "strict names the rights and the kernel" "$(message)" "net.connect_send_udp; Linux 7.2 can all of it"
    is "a kernel newer than this program" \
        "$(injected landlock_create_ruleset:retval=99:when=1 --abi="$abi")" 0
    is "confines as the newest known" "$(cat "$work/stdout")" EACCES
    is "network alone, on a kernel without it" \
        "$(injected landlock_create_ruleset:retval=3:when=1 --restrict=network)" 0
    has "is said aloud" "$(message)" "NOT CONFINED: Landlock ABI 3 has none of what the policy restricts"
fi

# ---- the file itself ----
cp "$wrapper" "$work/stripped"
if strip "$work/stripped" 2>/dev/null; then
    size=$(stat -c %s "$work/stripped")
    is "smaller than 64 KB" "$((size < 65536))" 1
    echo "# $size bytes"
    is "no heap, no stdio, no locale" \
        "$(nm "$wrapper_source" | grep -E ' (malloc|free|calloc|realloc|mmap|brk|sbrk|printf|vfprintf|fwrite|setlocale|__lctrans|_Znwm|_ZdlPv)$')" ""
    is "static" "$(readelf -lW "$wrapper_source" | grep -c -E 'INTERP|DYNAMIC')" 0
else
    skip "the file itself" "no binutils"
fi

echo "1..$count"
