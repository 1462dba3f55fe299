#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# QuietPaths=: what is below is denied and not logged, where the kernel knows that; elsewhere it is
# denied and logged, and the lowering says so.
. /opt/boot-tests/lib.sh

abi=$(kernel_abi)
mkdir -p /srv/hush/{quiet,loud}
touch /srv/hush/{quiet,loud}/file

tryd_service hush <<END
[X-Landlock]
QuietPaths=/srv/hush/quiet
ABI=11
END
check "it is confined" confined hush.service
check_answer "what is quiet is denied" hush 'errno EACCES' read /srv/hush/quiet/file
check_answer "listing it, too" hush 'errno EACCES' list /srv/hush/quiet
check_answer "and so is what is not" hush 'errno EACCES' read /srv/hush/loud/file
if logs_denials; then
    check "of this there is a record" denied hush.service fs.read_file /srv/hush/loud/file
    check_equal "of the quiet one, none where the kernel can be told" \
        "$([ "$abi" -ge 10 ] || echo fs.read_dir,fs.read_file)" \
        "$(denials hush.service | grep quiet | cut -f 1 | sort | paste -sd ,)"
fi
check_equal "unitlock show says where they are logged" "$([ "$abi" -ge 10 ] && echo 0 || echo 1)" \
    "$(unitlock show hush.service -o json |
        jq '[.kernel.shortfalls[] | select(.text | startswith("QuietPaths="))] | length')"
systemctl stop hush
plan
