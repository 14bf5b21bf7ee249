# shellcheck shell=sh disable=SC2154
# Sets up the toolbox, or the missing parts of it. Sourced by toolbox.sh in a subshell, which sets $box, $root,
# $recipe, $cache, $want, $state, $certificates and enter().
#
# Each step writes a stamp when it is done, and can be repeated after an interruption. The lock is released when the
# process that holds it ends.

exec 9>"$cache/toolbox/lock"
flock -n 9 || { say "waiting for another process that sets up the toolbox" && flock 9; }
# The other process may have finished the setup.
[ ! -e "$box/ready" ] || [ "$(cat "$box/state" 2>/dev/null)" != "$state $certificates" ] || exit 0

apt=$box/apt
for tool in apt-get apt-cache dpkg-deb flock mount pivot_root unshare; do
    command -v $tool >/dev/null 2>&1 ||
        die "\`$tool\` is missing" "install Bazel $want or bazelisk, or run this on Debian, whose packages the toolbox is made of"
done
unshare $([ "$(id -u)" = 0 ] || echo "--user --map-current-user --keep-caps") --mount true 2>/dev/null ||
    die "this user cannot create a mount namespace" "run it as root, allow user namespaces, or install Bazel $want or bazelisk"
free=$(df -Pk "$cache" | awk 'NR == 2 { print int($4 / 1024) }')
[ -e "$box/unpacked" ] || [ "$free" -ge 6000 ] ||
    die "$cache has $free MiB of free space, and 6000 are required" "free some space or point XDG_CACHE_HOME at another disk"
mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$box/stamps" "$root"

packages=$(sed 's/#.*//' "$recipe/packages.txt")
# Runs the machine's apt with its mirrors, proxies and keys, but with separate state and without the machine's hooks.
apt_get() { tool=$1 && shift && "$tool" -c "$apt/apt.conf" "$@"; }

find_suite() {
    # The mirror of the machine's own Debian release, so that a site's mirror is used here too.
    mirror=${RULES_WIT_DEBIAN_MIRROR-}
    if [ -z "$mirror" ]; then
        codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
        # shellcheck disable=SC2016
        mirror=$(apt-get indextargets --no-release-info --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 2>/dev/null |
            awk -v release="$codename" '$1 == release && $2 == "main" { print $3; exit }')
    fi
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -r "$keys" ] || keys=$(find /usr/share/keyrings -name 'debian-archive-keyring.*' 2>/dev/null | head -n 1)
    { [ -n "$mirror" ] && [ -n "$keys" ]; } ||
        die "apt knows no Debian mirror or no Debian keys" \
            "install Bazel $want or bazelisk; or set RULES_WIT_DEBIAN_MIRROR and install debian-archive-keyring"
    cat >"$apt/apt.conf" <<CONF
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Install-Pkgs;
#clear DPkg::Post-Invoke;
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$apt";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::State::extended_states "$apt/extended_states";
Dir::Cache "$apt";
Dir::Cache::archives "$apt/archives";
APT::Sandbox::User "$(id -un)";
APT::Install-Recommends "false";
APT::Keep-Downloaded-Packages "true";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
Acquire::Retries "3";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
CONF
    : >"$apt/status"
    for suite in forky sid; do
        say "reading the package lists of Debian $suite"
        echo "deb [signed-by=$keys] $mirror $suite main" >"$apt/sources.list"
        apt_get apt-get -qq update >&2 || continue
        version=$(apt_get apt-cache policy bazel-bootstrap 2>/dev/null | sed -n 's/^ *Candidate: \([0-9.]*\).*/\1/p')
        if [ -n "$version" ] && satisfies "$version"; then return; fi
        say "Debian $suite has Bazel ${version:-(none)}, and $want or newer of the same major release is needed"
    done
    die "no reachable Debian suite has a suitable Bazel" \
        "check the network and apt's proxy settings, or install Bazel $want or bazelisk"
}

if [ ! -e "$box/unpacked" ]; then
    find_suite
    say "fetching packages into $apt/archives (about 1 GB, once; what is there already is kept)"
    # shellcheck disable=SC2086
    { apt_get apt-get -q -y --download-only install $packages && : >"$box/fetched"; } | awk '
        /^Need to get/ { print "bazelw: " $0; fflush() }
        /^Get:/ && ++n % 25 == 0 { printf "bazelw: fetched %d packages\n", n; fflush() }
        /^(E|W|Err)/ { print; fflush() }' >&2
    [ -e "$box/fetched" ] ||
        die "some packages could not be fetched" "run the same command again: it goes on where it stopped"

    # The packages expect a merged /usr, which base-files creates only when it is installed.
    for dir in bin sbin lib lib64; do
        mkdir -p "$root/usr/$dir"
        [ -L "$root/$dir" ] || ln -s "usr/$dir" "$root/$dir"
    done
    total=$(find "$apt/archives" -maxdepth 1 -name '*.deb' | wc -l)
    say "unpacking $total packages"
    export root box
    # shellcheck disable=SC2016
    find "$apt/archives" -maxdepth 1 -name '*.deb' -print0 | xargs -0 -P "$(nproc)" -n 1 sh -c '
        stamp=$box/stamps/${1##*/}
        [ -e "$stamp" ] || { dpkg-deb --extract "$1" "$root" && : >"$stamp"; }' unpack ||
        die "a package could not be unpacked" "run the same command again"

    # The parts of the packages' maintainer scripts that are needed here.
    for link in cc:gcc c++:g++ awk:gawk java:/usr/lib/jvm/default-java/bin/java javac:/usr/lib/jvm/default-java/bin/javac; do
        ln -sfn "${link#*:}" "$root/usr/bin/${link%%:*}"
    done
    mkdir -p "$root/.machine" "$root/tmp" "$root/dev" "$root/proc" "$root/sys" "$root/etc/ssl/certs/java" "$root/usr/lib/locale" "$root$(dirname "$inside")"
    echo "$box" >"$root$inside"
    # Bazel treats file names as bytes, for which its server requires this locale.
    (root_mount=rw enter -- localedef -i en_US -f ISO-8859-1 en_US.ISO-8859-1) ||
        die "localedef failed for en_US.ISO-8859-1" "run the same command again"
    : >"$box/unpacked"
fi

# Collects the certificates of the machine and of Mozilla in one bundle, and in one store for Java.
trust() {
    dir=$box/certs
    rm -rf "$dir" && mkdir -p "$dir"
    cat /etc/ssl/certs/ca-certificates.crt "${SSL_CERT_FILE-/dev/null}" "${NODE_EXTRA_CA_CERTS-/dev/null}" \
        /usr/local/share/ca-certificates/*.crt "$root"/usr/share/ca-certificates/mozilla/*.crt 2>/dev/null |
        awk -v dir="$dir" '
            /-----BEGIN CERTIFICATE-----/ { text = ""; on = 1 }
            on { sub(/\r$/, ""); text = text $0 "\n" }
            /-----END CERTIFICATE-----/ {
                on = 0
                if (!(text in seen)) { seen[text] = 1; file = dir "/" ++n ".pem"; printf "%s", text > file; close(file) }
            }'
    cat "$dir"/*.pem >"$root/etc/ssl/certs/ca-certificates.crt.new"
    mv "$root/etc/ssl/certs/ca-certificates.crt.new" "$root/etc/ssl/certs/ca-certificates.crt"
    find "$dir" -name '*.pem' | sort | sed 's/^/+/' >"$box/certs.list"
    rm -f "$root/etc/ssl/certs/java/cacerts"
    (root_mount=rw enter -- java -Xmx64m -jar /usr/share/ca-certificates-java/ca-certificates-java.jar \
        -storepass changeit <"$box/certs.list" >"$box/trust.log" 2>&1)
    [ -s "$root/etc/ssl/certs/java/cacerts" ] || die "Java's certificate store was not written" "see $box/trust.log"
    rm -rf "$dir"
}

# Each is written only if it is out of date, as a build in another workspace may be reading these files.
if [ "$(cat "$box/certificates" 2>/dev/null)" != "$certificates" ]; then
    say "collecting certificates"
    trust
    echo "$certificates" >"$box/certificates"
fi

if [ "$(cat "$box/registry.state" 2>/dev/null)" != "$state" ]; then
    say "writing the module registry"
    mkdir -p "$root/usr/share/rules_wit"
    rm -rf "$root/usr/share/rules_wit/rust"
    cp -R "$recipe/rust" "$root/usr/share/rules_wit/"
    for link in bin/cargo bin/cargo-clippy bin/clippy-driver bin/llvm-cov bin/llvm-profdata bin/rustc bin/rustdoc bin/rustfmt bin/wasm-ld lib/rustlib; do
        mkdir -p "$root/usr/share/rules_wit/rust/${link%/*}"
        ln -s "/usr/$link" "$root/usr/share/rules_wit/rust/$link"
    done
    (root_mount=rw enter -- python3 "$recipe/registry.py" "$box/registry") || die "the module registry could not be written"

    # The system-wide bazelrc of the root, so that a workspace's and a user's own come after it.
    cat >"$root/etc/bazel/bazelrc" <<RC
startup --install_base=/usr/share/bazel --trust_install_base
startup "--output_user_root=$cache/bazel"
startup --host_jvm_args=--sun-misc-unsafe-memory-access=allow --host_jvm_args=--enable-native-access=ALL-UNNAMED
common --registry=file://$box/registry
common --lockfile_mode=off
common --noenable_workspace
common "--disk_cache=$cache/disk"
common "--repository_cache=$cache/repositories"
common --experimental_disk_cache_gc_max_size=30G
common --extra_toolchains=@@rules_wit_toolbox~//:all
common --java_runtime_version=local_jdk --tool_java_runtime_version=local_jdk
RC
    echo "$state" >"$box/registry.state"
fi

{
    grep -h '^PRETTY_NAME=' "$root/etc/os-release" "$root/usr/lib/os-release" 2>/dev/null | head -n 1 | sed 's/.*="\(.*\)"/root: \1/'
    (enter -- sh -c 'bazel --version; rustc --version; clang --version | head -n 1' 2>/dev/null)
} >"$box/ready.new"
grep -q '^bazel ' "$box/ready.new" || die "Bazel does not start in the toolbox" "see $box"
mv "$box/ready.new" "$box/ready"
echo "$state $certificates" >"$box/state"
# From here on, only the unpacked root is needed.
rm -rf "$apt/archives" "$apt/lists" "$box/stamps" "$box/certs.list"
say "ready: $box"
