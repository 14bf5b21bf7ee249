# shellcheck shell=sh disable=SC2154,SC1091
# Runs Bazel in the toolbox: a Debian root with Bazel, rustc, clang and wasi-libc. It is unpacked, not installed, in
# the user's cache folder, and entered through a mount namespace. Sourced by bazelw, which sets $home, $want and
# $inside.
#
# Only the cache folder is written to. The machine's apt finds, verifies and fetches the packages, with its mirrors,
# proxies and keys. An interrupted setup resumes.

# shellcheck source=toolchains/toolbox/lib.sh
. "$home/toolchains/toolbox/lib.sh"

if [ -z "${HOME-}" ]; then HOME=$(awk -F: -v u="$(id -u)" '$3 == u { print $6 }' /etc/passwd) && export HOME; fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/rules_wit
check_cache "$cache"
recipe=$home/toolchains/toolbox
# The packages depend only on their list; the files written around them depend on the whole recipe.
box=$cache/toolbox/$(cksum <"$recipe/packages.txt" | cut -d ' ' -f 1)
root=$box/root

info() {
    printf 'directory: %s\nstate: %s\n' "$box" "$([ -e "$box/ready" ] && echo ready || echo 'not set up')"
    [ ! -e "$box/ready" ] || cat "$box/ready"
    printf 'disk cache: %s\n' "$cache/disk"
}

clean() {
    # Servers that run in the root hold its files, so they are stopped first. The lock prevents a concurrent setup.
    mkdir -p "$cache/toolbox"
    exec 9>"$cache/toolbox/lock"
    flock -n 9 || die "another process uses $cache/toolbox" "wait for it to end, then run this again"
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

# enter COMMAND...: runs a command in the root. Each step replaces the process, so the command has the process id, the
# terminal and the signals of bazelw. The mount namespace ends with its processes.
enter() {
    for dir in /*/; do
        dir=${dir%/}
        case $dir in
            /bin | /boot | /etc | /lib* | /lost+found | /sbin | /usr | "/*") ;;
            *)
                # All other top-level directories of the machine are visible under their own names.
                if [ -L "$dir" ]; then
                    [ -L "$root$dir" ] || ln -s "$(readlink "$dir")" "$root$dir"
                else
                    mkdir -p "$root$dir" && set -- "$dir" "$@"
                fi
                ;;
        esac
    done
    # So are folders of the user below system folders, such as /usr/src and /usr/local in container images.
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
    # The bundle inside the root has the machine's certificates and those that these variables name.
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
            # Recursive, to include nested mounts such as a home folder on a separate disk.
            mount --rbind "$1" "$root$1"
            shift
        done
        shift
        # Not chroot: the kernel forbids user namespaces in one, which sandboxed actions need.
        cd "$root"
        pivot_root . .machine
        # umount works only as root; otherwise the old root stays in the namespace, which is harmless.
        umount -l /.machine 2>/dev/null || :
        exec /usr/bin/env -C "$dir" PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin \
            JAVA_HOME=/usr/lib/jvm/default-java "$@"' enter "$root" "${root_mount:-ro}" "$PWD" "$@"
}

# The workspace of the current folder: the nearest parent with a MODULE.bazel.
workspace=$PWD
while [ "$workspace" != / ] && [ ! -e "$workspace/MODULE.bazel" ]; do workspace=$(dirname "$workspace"); done
[ -e "$workspace/MODULE.bazel" ] || workspace=$home

if [ -e "$inside" ]; then
    box=$(cat "$inside")
else
    mkdir -p "$cache/toolbox" "$cache/disk" 2>/dev/null ||
        die "cannot write $cache" "set XDG_CACHE_HOME to a writable folder"
    state=$(find "$recipe/rust" "$recipe/registry.py" "$recipe/setup.sh" -type f | LC_ALL=C sort | tr '\n' '\0' | xargs -0 cat | cksum)
    certificates=$(cat /etc/ssl/certs/ca-certificates.crt "${SSL_CERT_FILE-/dev/null}" "${NODE_EXTRA_CA_CERTS-/dev/null}" \
        /usr/local/share/ca-certificates/*.crt 2>/dev/null | cksum || true)
    if [ ! -e "$box/ready" ] || [ "$(cat "$box/state" 2>/dev/null)" != "$state $certificates" ]; then
        (. "$recipe/setup.sh") || exit $?
    fi
fi

# Modules come from the toolbox through a local registry, which gets an entry for each version that is required by the
# workspace or by a module that it overrides by path.
registry=$box/registry
missing=$(LC_ALL=C awk -v dir="$workspace" -f "$recipe/modules.awk" "$workspace/MODULE.bazel" | register_modules "$registry")
# shellcheck disable=SC2086
[ -z "$missing" ] || say "not in the toolbox, so Bazel cannot find:" $missing "(set BAZEL to a Bazel with access to a registry)"

# Passed to the server, so that a server in another root is not reused.
set -- "--host_jvm_args=-Drules_wit.toolbox=${box##*/}" "$@"
if [ -e "$inside" ]; then exec bazel "$@"; fi
enter -- bazel "$@"
