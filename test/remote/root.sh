#!/bin/sh
# shellcheck disable=SC1091,SC2034,SC2154
# Sets up a second root beside the toolbox, with the packages of a list, and prints its directory. Nothing in a build uses
# it. It is in the toolbox's directory, so `bazelw --toolbox-clean` removes it too.
#
# Usage: root.sh PACKAGES
set -eu
recipe=$(CDPATH='' cd -- "$(dirname -- "$1")" && pwd -P)
home=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
. "$home/toolchains/toolbox/lib.sh"

# What toolchains/toolbox/toolbox.sh and bazelw set for the setup.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/rules_wit
check_cache "$cache"
want=$(head -n 1 "$home/.bazelversion")
inside=/usr/share/rules_wit/toolbox
box=$cache/toolbox/$(cksum <"$recipe/packages.txt" | cut -d ' ' -f 1)
root=$box/root
satisfies() { :; }

# The steps are skipped that make a root one for Bazel: the locale, certificates, modules, and the check that Bazel starts.
state=none
certificates=none
enter() { [ "$2" != sh ] || echo "bazel is not in this root"; }
if [ ! -e "$box/ready" ]; then
    mkdir -p "$box"
    echo none >"$box/certificates"
    echo none >"$box/registry.state"
    (. "$home/toolchains/toolbox/setup.sh") >&2
fi
echo "$box"
