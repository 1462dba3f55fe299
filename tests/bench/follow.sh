#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# From a denial to its line of `unitlock denials -f`, inside of a booted container: a confined service is
# denied RATE files a second, each of which has a number and is there once.
set -euo pipefail

RATE=${RATE:-1000}
COUNT=${COUNT:-10000}
work=/srv/bench-follow

mkdir -p $work/closed $work/open
(cd $work/closed && seq "$COUNT" | xargs touch)
mkfifo $work/open/clock
cat >$work/deny <<'END'
# deny COUNT RATE DIRECTORY: says when it was denied which file.
exec 3>"$3/open/sent" 4<>"$3/open/clock" 2>&-
start=${EPOCHREALTIME/./}
for ((i = 1; i <= $1; i++)); do
    now=${EPOCHREALTIME/./}
    while ((now < start + i * 1000000 / $2)); do
        read -rt 0.0005 -u 4 # nobody writes there: it sleeps
        now=${EPOCHREALTIME/./}
    done
    echo "$i $now" >&3
    true <"$3/closed/$i"
done
exit 0
END
cat >/etc/systemd/system/bench-follow.service <<END
[Service]
Type=oneshot
ExecStart=/bin/bash $work/deny $COUNT $RATE $work
[X-Landlock]
Preset=runtime
ExecPaths=/usr/bin/bash
ReadOnlyPaths=$work/deny
ReadWritePaths=$work/open
ABI=$(/opt/tryd/tryd "do" abi | cut -d ' ' -f 2)
END
systemctl daemon-reload

# stamp: the number of each line's file, and when it was read.
stamp() {
    local line
    while IFS= read -r line; do
        [[ $line =~ closed/([0-9]+) ]] && echo "${BASH_REMATCH[1]} ${EPOCHREALTIME/./}"
    done
}
unitlock denials bench-follow -f -n 0 2>/dev/null > >(stamp >$work/seen) &
follower=$!
sleep 1 # it has read what was before
systemctl start bench-follow

# The last lines are on their way; when there come none for two seconds, there are none.
seen=-1
until [ "$seen" = "$(wc -l <$work/seen)" ]; do
    seen=$(wc -l <$work/seen)
    sleep 2
done
kill $follower

LC_ALL=C
join <(sort -k 1,1 -u $work/open/sent) <(sort -k 1,1 -u $work/seen) |
    awk '{ print ($3 - $2) / 1000 }' | sort -n >$work/delays
span=$(awk 'NR == 1 { first = $2 } { last = $2 } END { print (last - first) / 1000000 }' $work/open/sent)
awk -v sent="$COUNT" -v lines="$seen" -v span="$span" '
    { delay[NR] = $1 }
    END {
        printf "%d denials in %.1f s: %d were shown, in %d lines\n", sent, span, NR, lines
        printf "| `denials -f`, %.0f denials a second, %d in all | median %.1f ms, worst %.0f ms; %d shown ",
            sent / span, sent, delay[int((NR + 1) / 2)], delay[NR], NR
        printf "| | | nothing lost |\n" }' $work/delays
unitlock denials bench-follow 2>&1 >/dev/null | grep -v '^$' || true
rm -r $work /etc/systemd/system/bench-follow.service
systemctl daemon-reload
