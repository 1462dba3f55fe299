# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2034,SC2154  # for run, and from it
# Usage.

exits "usage: no verb" 2
exits "usage: an unknown verb" 2 frobnicate
complains "usage: an unknown verb: which" '"frobnicate" is no verb'
exits "usage: a mistyped verb" 2 --root="$tree" denails nginx
complains "usage: a mistyped verb: which is meant" '"denails" is no verb; did you mean denials?'
for verb in denials suggest why security metrics; do
    call "$verb" --help
    says "usage: --help of $verb names its page" "See unitlock-$verb(1)."
done
for verb in status show diff security verify suggest export; do
    exits "usage: $verb: an unknown service is no answer" 2 --root="$tree" "$verb" nonesuch
done
exits "usage: enable: it is not done for an unknown service" 1 --root="$tree" enable nonesuch
exits "usage: disable: likewise" 1 --root="$tree" disable nonesuch
exits "usage: an unknown option" 2 --frobnicate status
silent "usage: nothing on standard output" out
complains "usage: where to look" "--help"
exits "usage: --help" 0 --help
says "usage: names the verbs" "status"
exits "usage: --help of a verb" 0 show --help
exits "usage: --version" 0 --version
call --version
"$unitlock" --root="$tree" status >/dev/full 2>"$work/err"
status=$?
result "usage: a full disk is no answer" [ $status = 2 ]
