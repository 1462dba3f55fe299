# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The packages that the tests want on the machine itself. The libraries and the compiler are not
# named here: they are debian/control's Build-Depends.

# Tools of the test suites, by what needs them.
HOST_PACKAGES=(
    # compilers, checks and formatting
    build-essential clang clang-format clang-tidy libclang-rt-dev ninja-build ccache
    codespell shellcheck reuse lintian
    # packages and root file systems
    dpkg-dev mmdebstrap debian-archive-keyring
    # containers
    systemd-container util-linux procps dbus
    # other kernels
    qemu-system-x86 e2fsprogs
    # journals of the tests and the benchmarks
    systemd-journal-remote
    # the scripts themselves
    git jq curl ca-certificates python3
    # failures of system calls
    strace
    # the schema of the presets against their loader
    python3-jsonschema python3-yaml
)

# Which warnings there are, and how sources are laid out, changes with the compilers' versions: they
# are judged by those of this release, and elsewhere not at all.
HOST_REFERENCE=12

host_is_reference() { [ "$(. /etc/os-release && echo "${ID:-} ${VERSION_ID:-}")" = "debian $HOST_REFERENCE" ]; }

host_installed() {
    local package
    for package in "${HOST_PACKAGES[@]}"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            return 1
    done
    (cd "$REPO" && dpkg-checkbuilddeps) 2>/dev/null
}

host_apt() {
    # satisfy, and not install, because it understands "this | that" and versions.
    DEBIAN_FRONTEND=noninteractive apt-get satisfy -y -q --no-install-recommends \
        "$(IFS=,; echo "${HOST_PACKAGES[*]}"), $(build_depends)"
}

# host_prepare: installs what is missing. The package lists are fetched only when apt cannot do
# without.
host_prepare() {
    host_installed && return
    need_root "installing the tools (tools/testbed/host.sh)"
    note "installing the tools that are missing"
    mkdir -p "$CACHE"
    {
        host_apt || { apt-get update -q && host_apt; }
    } >"$CACHE/host-packages.log" 2>&1 || {
        tail -n 30 "$CACHE/host-packages.log" >&2
        die "apt could not install the tools"
    }
}
