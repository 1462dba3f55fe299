# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2034,SC2154  # for run, and from it
# --user: what is declared for all users, below another root.

file /usr/lib/systemd/user/shared.service <<'END'
[Service]
ExecStart=/usr/bin/good
[X-Landlock]
END
file /home/someone/.config/systemd/user/private.service <<'END'
[Service]
ExecStart=/usr/bin/good
[X-Landlock]
END
export HOME=/home/someone
exits "user: show" 0 --root="$tree" --user show shared
says "user: from the users' directories" /usr/lib/systemd/user/shared.service
exits "user: not the system's" 2 --root="$tree" show shared
exits "user: nor the system's units for users" 2 --root="$tree" --user show good
exits "user: in an image nobody's home is looked at" 2 --root="$tree" --user show private
exits "user: status" 0 --root="$tree" --user status shared
exits "user: behind the verb" 0 --root="$tree" status shared --user
exits "user: not both" 2 --root="$tree" --user --system status
