# shellcheck shell=sh disable=SC2154,SC1091
# The toolbox: a Debian root with Bazel, rustc, clang and wasi-libc, unpacked (never installed) below the
# user's cache directory and entered through a mount namespace. Sourced by bazelw, which sets $home, $want and $inside.
#
# Nothing outside the cache directory is written. Packages are found, checked and fetched by the machine's
# own apt, with its mirrors, proxies and keys; what was fetched or unpacked is kept if a set-up is cut short.

# shellcheck source=toolchains/toolbox/lib.sh
. "$home/toolchains/toolbox/lib.sh"

if [ -z "${HOME-}" ]; then HOME=$(awk -F: -v u="$(id -u)" '$3 == u { print $6 }' /etc/passwd) && export HOME; fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/rules_wit
recipe=$home/toolchains/toolbox
# What is fetched depends on the list of packages alone; what is written around it, on all of the recipe.
box=$cache/toolbox/$(cksum <"$recipe/packages.txt" | cut -d ' ' -f 1)
root=$box/root

info() {
    printf 'directory: %s\nstate: %s\n' "$box" "$([ -e "$box/ready" ] && echo ready || echo 'not set up')"
    [ ! -e "$box/ready" ] || cat "$box/ready"
    printf 'disk cache: %s\n' "$cache/disk"
}

clean() {
    # A server that runs in the root holds its files, so it goes first; the lock keeps a set-up away.
    mkdir -p "$cache/toolbox"
    exec 9>"$cache/toolbox/lock"
    flock -n 9 || die "another process uses $cache/toolbox" "wait for it, then run this again"
    if [ -e "$box/ready" ] && [ -d "$cache/bazel" ]; then
        for base in "$cache"/bazel/*/; do
            stop_server "${base%/}"
        done
    fi
    rm -rf "$cache/toolbox"
    say "removed $cache/toolbox (the disk cache stays: $cache/disk)"
}

case ${1-} in
    --toolbox-info) info && exit ;;
    --toolbox-clean) clean && exit ;;
esac

# enter COMMAND...: runs it in the root. Every step replaces the process before it, so the command has the process id,
# the terminal and the signals of bazelw; the mounts are in a namespace that ends with its processes.
enter() {
    for dir in /*/; do
        dir=${dir%/}
        case $dir in
            /bin | /boot | /etc | /lib* | /lost+found | /sbin | /usr | "/*") ;;
            *)
                # Every other top-level directory of the machine is visible under its own name.
                if [ -L "$dir" ]; then
                    [ -L "$root$dir" ] || ln -s "$(readlink "$dir")" "$root$dir"
                else
                    mkdir -p "$root$dir" && set -- "$dir" "$@"
                fi
                ;;
        esac
    done
    # So are directories of the user's below a system directory, as images have them in /usr/src or /usr/local.
    for dir in "$PWD" "$workspace" "$home" "$HOME" "${TMPDIR-/tmp}" "$cache"; do
        case $dir in
            /usr/* | /etc/* | /lib*/*) mkdir -p "$root$dir" && set -- "$dir" "$@" ;;
        esac
    done
    for file in /etc/passwd /etc/group /etc/hosts /etc/resolv.conf /etc/localtime; do
        [ -r "$file" ] || continue
        [ -e "$root$file" ] || : >"$root$file"
        set -- "$file" "$@"
    done
    # One bundle inside holds the machine's certificates and those that these variables named.
    for name in SSL_CERT_DIR NIX_SSL_CERT_FILE NODE_EXTRA_CA_CERTS CARGO_HTTP_CAINFO; do unset "$name"; done
    for name in SSL_CERT_FILE CURL_CA_BUNDLE REQUESTS_CA_BUNDLE PIP_CERT GIT_SSL_CAINFO AWS_CA_BUNDLE; do
        export "$name=/etc/ssl/certs/ca-certificates.crt"
    done
    unset LD_PRELOAD LD_LIBRARY_PATH PYTHONHOME PYTHONPATH RUSTC RUSTFLAGS RUSTUP_HOME RUSTUP_TOOLCHAIN BASH_ENV ENV
    export USER="${USER:-$(id -un)}"
    namespace=--mount
    [ "$(id -u)" = 0 ] || namespace="--user --map-current-user --keep-caps --mount"
    # shellcheck disable=SC2016,SC2086
    exec unshare $namespace --propagation slave sh -c '
        set -e
        root=$1 mode=$2 dir=$3
        shift 3
        mount --bind "$root" "$root"
        [ "$mode" = rw ] || mount -o remount,bind,ro "$root"
        while [ "$1" != -- ]; do
            # With what is mounted below it, such as a home directory on a disk of its own.
            mount --rbind "$1" "$root$1"
            shift
        done
        shift
        # Not chroot: the kernel lets nobody in one make the user namespaces that sandboxed actions need.
        cd "$root"
        pivot_root . .machine
        # umount refuses to work for users other than root; the old root in the namespace then harms nobody.
        umount -l /.machine 2>/dev/null || :
        exec /usr/bin/env -C "$dir" PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin \
            JAVA_HOME=/usr/lib/jvm/default-java "$@"' enter "$root" "${root_mount:-ro}" "$PWD" "$@"
}

# The workspace that the user stands in: the nearest folder upwards with a MODULE.bazel.
workspace=$PWD
while [ "$workspace" != / ] && [ ! -e "$workspace/MODULE.bazel" ]; do workspace=$(dirname "$workspace"); done
[ -e "$workspace/MODULE.bazel" ] || workspace=$home

if [ -e "$inside" ]; then
    box=$(cat "$inside")
else
    mkdir -p "$cache/toolbox" "$cache/disk" 2>/dev/null ||
        die "cannot write $cache" "point XDG_CACHE_HOME at a folder that you can write"
    state=$(find "$recipe/rust" "$recipe/registry.py" "$recipe/setup.sh" -type f | LC_ALL=C sort | tr '\n' '\0' | xargs -0 cat | cksum)
    certificates=$(cat /etc/ssl/certs/ca-certificates.crt "${SSL_CERT_FILE-/dev/null}" "${NODE_EXTRA_CA_CERTS-/dev/null}" \
        /usr/local/share/ca-certificates/*.crt 2>/dev/null | cksum || true)
    if [ ! -e "$box/ready" ] || [ "$(cat "$box/state" 2>/dev/null)" != "$state $certificates" ]; then
        (. "$recipe/setup.sh") || exit $?
    fi
fi

# Modules are taken from the toolbox by a local registry, which gets an entry for each version that the
# workspace, or a module that it overrides by path, asks for.
registry=$box/registry
missing=$(awk -v dir="$workspace" -f "$recipe/modules.awk" "$workspace/MODULE.bazel" | register_modules "$registry")
# shellcheck disable=SC2086
[ -z "$missing" ] || say "not in the toolbox, so Bazel will not find:" $missing "(set BAZEL to a Bazel with access to a registry)"

# Named to the server, so that one which runs in another root is not taken for this one's.
set -- "--host_jvm_args=-Drules_wit.toolbox=${box##*/}" "$@"
if [ -e "$inside" ]; then exec bazel "$@"; fi
enter -- bazel "$@"
