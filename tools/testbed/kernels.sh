# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Other kernels than this machine's: Debian's, in QEMU without KVM (some twenty times slower than the
# machine). A kernel is named by the suite of the archive that it is from.
#
#     kernel_image SUITE DEB TARGET          a disk with our package and the boot tests in it
#     kernel_boot SUITE IMAGE TARGET [WORD...]   boots it, until it powers itself off

KERNELS=(bookworm trixie trixie-backports)
KERNEL_SECONDS=900 # then a guest hangs; the machine may be busy

# kernel_release SUITE: the release whose systemd runs on it.
kernel_release() { echo "${1%-backports}"; }

# kernels_of RELEASE: those that run under its systemd.
kernels_of() {
    local suite
    for suite in "${KERNELS[@]}"; do
        [ "$(kernel_release "$suite")" != "$1" ] || echo "$suite"
    done
}

# kernel_layer SUITE LOWER: the path of a layer with the kernel and what starts it.
kernel_layer() { layer "kernel-$1" "$2" initramfs-tools kernel_hook "$1"; }

# kernel_hook SUITE. The root's own mirror has the backports too; apt prefers none of them unless
# told to.
kernel_hook() {
    cat <<END
        if [ $1 != $(kernel_release "$1") ]; then
            sed -n 's/^\(deb .*\) $(kernel_release "$1") main.*/\1 $1 main/p' \
                /mnt/root/etc/apt/sources.list >/mnt/root/etc/apt/sources.list.d/kernel.list
            chroot /mnt/root apt-get update -q
        fi
        DEBIAN_FRONTEND=noninteractive chroot /mnt/root \
            apt-get install -y -q -t $1 linux-image-cloud-amd64
        rm -f /mnt/root/etc/apt/sources.list.d/kernel.list
END
}

# kernel_layers SUITE DEB: the directories of the overlay, the kernel's own first.
kernel_layers() {
    local lower kernel
    lower=$(container_layers "$(kernel_release "$1")" "$2") && kernel=$(kernel_layer "$1" "$lower") ||
        return
    echo "$kernel:$lower"
}

# kernel_image SUITE DEB TARGET: TARGET, a directory, gets disk.img, vmlinuz and initrd.
kernel_image() {
    local lower tryd sandboxer target=$3
    need_root "making a disk image"
    lower=$(kernel_layers "$1" "$2") && tryd=$(boot_program_dir tryd) &&
        sandboxer=$(sandboxer_dir) || return
    mkdir -p "$target/work"
    cp "${lower%%:*}"/boot/vmlinuz-* "$target/vmlinuz"
    cp "${lower%%:*}"/boot/initrd.img-* "$target/initrd"
    LOWER=$lower WORK=$target/work DEB=$2 PORT=20000 IMAGE=$target/disk.img \
        TESTS=$REPO/tests/boot TRYD=$tryd SANDBOXER=$sandboxer \
        unshare -m --propagation private "$REPO/tools/testbed/disk-image" >"$target/image.log" 2>&1 || {
        tail -n 30 "$target/image.log" >&2
        return 1
    }
    rmdir "$target/work"
}

# kernel_boot SUITE IMAGE TARGET [WORD...]: WORDs for the kernel's command line. IMAGE is what
# kernel_image made, and stays as it is; TARGET gets console.log, tests.tap and the journal. Fails
# where the guest does not come to its end.
kernel_boot() {
    local image=$2 target=$3
    mkdir -p "$target"
    # Without cx16: QEMU 7.2 was seen to return from cmpxchg16b with broken flags, and Linux 6.12 to
    # panic over it where it allocates memory.
    # Without the check whether a timer's interrupts arrive in time: on a busy machine they do not.
    # With room for the audit records of a boot: lost ones would make `unitlock denials` fail.
    timeout --foreground -k 5 "$KERNEL_SECONDS" qemu-system-x86_64 \
        -accel tcg,thread=multi -cpu max,-cx16 -m 1024 -smp 2 \
        -kernel "$image/vmlinuz" -initrd "$image/initrd" \
        -append "root=/dev/vda rw console=ttyS0 quiet no_timer_check audit=1 audit_backlog_limit=8192 panic=-1 ${*:4}" \
        -drive "file=$image/disk.img,if=virtio,format=raw,snapshot=on" -nic none \
        -display none -monitor none -no-reboot -serial "file:$target/console.log" \
        -serial "file:$target/tests.crlf" -serial "file:$target/journal.crlf" \
        </dev/null >"$target/qemu.log" 2>&1 || {
        tail -n 20 "$target/qemu.log" "$target/console.log" >&2
        return 1
    }
    tr -d '\r' <"$target/tests.crlf" >"$target/tests.tap"
    tr -d '\r' <"$target/journal.crlf" >"$target/journal"
    rm "$target"/*.crlf
}
