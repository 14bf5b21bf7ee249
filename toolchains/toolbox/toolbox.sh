# shellcheck shell=sh disable=SC2154,SC1091
# The toolbox: a Debian root with Bazel, rustc, clang and wasi-libc, unpacked (never installed) below the
# user's cache directory and entered with bubblewrap. Sourced by bazelw, which sets $home, $want and $inside.
#
# Nothing outside the cache directory is written. Packages are found, checked and fetched by the machine's
# own apt, with its mirrors, proxies and keys; what was fetched or unpacked is kept if a set-up is cut short.

say() { printf 'bazelw: %s\n' "$*" >&2; }
die() {
    printf 'error: failed to set up the toolbox: %s\n' "$1" >&2
    [ -z "${2-}" ] || printf 'hint: %s\n' "$2" >&2
    exit 3
}

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
            [ ! -s "$base/server/server.pid.txt" ] || kill "$(cat "$base/server/server.pid.txt")" 2>/dev/null || true
        done
    fi
    rm -rf "$cache/toolbox"
    say "removed $cache/toolbox (the disk cache stays: $cache/disk)"
}

case ${1-} in
    --toolbox-info) info && exit ;;
    --toolbox-clean) clean && exit ;;
esac

# Enters the root: loader and bubblewrap are the toolbox's own, so the machine needs neither.
# Every top-level directory of the machine that the root has not is visible under its own name.
enter() {
    set -- --dev-bind /dev /dev --dev-bind /proc /proc "$@"
    for dir in /*/; do
        dir=${dir%/}
        case $dir in
            /bin | /boot | /dev | /etc | /lib* | /lost+found | /proc | /sbin | /sys | /usr | "/*") ;;
            *)
                if [ -L "$dir" ]; then
                    [ -L "$root$dir" ] || ln -s "$(readlink "$dir")" "$root$dir"
                else
                    mkdir -p "$root$dir" && set -- --bind "$dir" "$dir" "$@"
                fi
                ;;
        esac
    done
    [ ! -d /sys ] || set -- --ro-bind /sys /sys "$@"
    for file in passwd group hosts resolv.conf localtime; do
        [ ! -r /etc/$file ] || { : >>"$root/etc/$file" && set -- --ro-bind /etc/$file /etc/$file "$@"; }
    done
    # Directories of the user's below a system directory, as images have them in /usr/src or /usr/local.
    for dir in "$PWD" "$workspace" "$home" "$HOME" "${TMPDIR-/tmp}" "$cache"; do
        case $dir in
            /usr/* | /etc/* | /lib*/*) mkdir -p "$root$dir" && set -- --bind "$dir" "$dir" "$@" ;;
        esac
    done
    set -- "$root/usr/bin/bwrap" "${root_mount:---ro-bind}" "$root" / "$@"
    for loader in "$root"/lib64/ld-linux-*.so.* "$root"/usr/lib/ld-linux-*.so.*; do
        [ ! -e "$loader" ] || break
    done
    unset LD_PRELOAD LD_LIBRARY_PATH PYTHONHOME PYTHONPATH RUSTC RUSTFLAGS RUSTUP_HOME RUSTUP_TOOLCHAIN BASH_ENV ENV
    # One bundle inside holds the machine's certificates and those that these variables named.
    for name in SSL_CERT_DIR NIX_SSL_CERT_FILE NODE_EXTRA_CA_CERTS CARGO_HTTP_CAINFO; do unset "$name"; done
    for name in SSL_CERT_FILE CURL_CA_BUNDLE REQUESTS_CA_BUNDLE PIP_CERT GIT_SSL_CAINFO AWS_CA_BUNDLE; do
        export "$name=/etc/ssl/certs/ca-certificates.crt"
    done
    PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
    JAVA_HOME=/usr/lib/jvm/default-java
    USER=${USER:-$(id -un)}
    export PATH JAVA_HOME USER
    exec "$loader" --library-path "$(echo "$root"/usr/lib/*-linux-gnu*)" "$@"
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
missing=$(awk -v dir="$workspace" -f "$recipe/modules.awk" "$workspace/MODULE.bazel" | while read -r name version; do
    entry=$registry/modules/$name/$version
    [ ! -e "$entry/source.json" ] || continue
    if [ ! -e "$registry/templates/$name" ]; then echo "$name"; continue; fi
    mkdir -p "$entry"
    sed "s/@VERSION@/$version/" "$registry/templates/$name" >"$entry/MODULE.bazel.$$"
    mv "$entry/MODULE.bazel.$$" "$entry/MODULE.bazel"
    cp "$registry/modules/$name/0/source.json" "$entry/source.json.$$"
    mv "$entry/source.json.$$" "$entry/source.json"
done)
# shellcheck disable=SC2086
[ -z "$missing" ] || say "not in the toolbox, so Bazel will not find:" $missing "(set BAZEL to a Bazel with access to a registry)"

if [ -e "$inside" ]; then exec bazel "$@"; fi
enter --chdir "$PWD" bazel "$@"
