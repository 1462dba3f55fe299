#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Units that the generator cannot see: systemd can, and `unitlock status` must name them.
. /opt/boot-tests/lib.sh

generators=/run/systemd/system-generators
mkdir -p $generators

# A declaration that reaches everything named "unseen-…".
drop_in unseen-.service landlock.conf <<'END'
[X-Landlock]
END

# named NAME STATE: the list without arguments has it in this state, and is not well.
named() {
    local state
    state=$({ unitlock status -o json 2>/dev/null || true; } |
        jq -r --arg name "$1" 'select(.unit == $name) | .state')
    [ "$state" = "$2" ] || { echo "$1: ${state:-not in the list}"; return 1; }
}
reason() { unitlock status "$1" -o json 2>/dev/null | jq -r .reason; }

# --- units of other generators, in each of the three directories

cat >$generators/other-generator <<'END'
#!/bin/sh
for i in 1 2 3; do
    eval "directory=\$$i"
    printf '[Service]\nExecStart=/bin/sleep 600\n' >"$directory/unseen-$i.service"
done
mkdir -p "$1/half-seen.service.d" "$1/untouched.service.d"
printf '[Service]\nExecStart=\nExecStart=/bin/sleep 601\n' >"$1/half-seen.service.d/50-other.conf"
printf '[Unit]\nDescription=Other\n' >"$1/untouched.service.d/50-other.conf"
END
chmod 755 $generators/other-generator
for name in half-seen untouched; do
    printf '[Service]\nExecStart=/bin/sleep 600\n[X-Landlock]\nABI=%s\n' "$(kernel_abi)" \
        >/etc/systemd/system/$name.service
done
systemctl daemon-reload
systemctl restart unseen-{1,2,3} half-seen untouched
for i in 1 2 3; do
    check_fails "unseen-$i.service is not confined" confined unseen-$i.service
    check "and status names it" named unseen-$i.service not-enforced
    check "with the file and the reason" grep -q \
        "^/run/systemd/generator[.a-z]*/unseen-$i.service: .*another generator" \
        <(reason unseen-$i)
done
check "a drop-in of another generator that sets ExecStart= is named too" \
    named half-seen.service not-enforced
check "one that changes nothing of it is no matter" named untouched.service enforced
check_fails "status is not well" unitlock status

# --- systemd-run, before and after the next reload

systemd-run -q --unit=unseen-transient sleep 600
check "a transient unit is named" named unseen-transient.service not-enforced
systemctl daemon-reload
check "after a reload it has to be restarted" named unseen-transient.service restart-needed

# --- what a declaration for all services reaches without there being anything to confine

drop_in service landlock-all.conf <<'END'
[X-Landlock]
END
printf '[Unit]\nWants=unseen-missing.service\n[Service]\nExecStart=/bin/sleep 600\n' \
    >/etc/systemd/system/mentions.service
printf '[Service]\nExecStop=/bin/true\nRemainAfterExit=yes\nType=oneshot\n' \
    >/etc/systemd/system/stops.service
printf '[Service]\nType=oneshot\nExecStop=/bin/true\n[X-Landlock]\n' \
    >/etc/systemd/system/own-word.service
systemctl daemon-reload
systemctl start mentions stops
check "systemd knows a name without a file" \
    grep -q not-found <(systemctl list-units --all unseen-missing.service)
listed=$({ unitlock status -o json 2>/dev/null || true; } | jq -r 'select(.unit) | .unit')
check_equal "it is not in the table, nor is a unit without ExecStart=" "" \
    "$(grep -xE 'unseen-missing.service|stops.service' <<<"$listed")"
check "those with a command are" grep -qx mentions.service <<<"$listed"
check_equal "no name in it is without a file" "" "$({ unitlock status -o json 2>/dev/null || true; } |
    jq -r 'select(.service.load_state == "not-found") | .unit')"
check "a unit whose own file declares something is" named own-word.service not-enforced
check "of the one without a command it is said that there is nothing to confine" \
    bash -c 'unitlock status stops | grep -F "nothing to confine"'
check_fails "and the name does not exist" unitlock status unseen-missing
systemctl stop mentions stops
rm -r /etc/systemd/system/service.d /etc/systemd/system/{mentions,stops,own-word}.service
systemctl daemon-reload

systemctl stop unseen-{1,2,3} half-seen untouched unseen-transient
rm -r $generators/other-generator /etc/systemd/system/{half-seen,untouched}.service \
    /etc/systemd/system/unseen-.service.d
systemctl daemon-reload
plan
