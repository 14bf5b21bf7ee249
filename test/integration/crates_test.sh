#!/bin/sh
# shellcheck disable=SC1091,SC2086,SC2154,SC2164
# Builds and tests a module whose components use crates of crates.io through crate_universe, as docs/crates.md describes.
# Arguments: bazelw, docs/crates.md, tools to use as toolchains.
# Environment: CARGO_BAZEL, the path of crate_universe's generator, where rules_rust does not download it.
. "$(dirname "$0")/lib.sh"
page=$(readlink -f "$2")
shift 2
copy "$scratch/repository" test/e2e/crates/prebuilt "$@"
cd "$scratch/repository/test/e2e/crates"
log=$scratch/log

flags=--extra_toolchains=//prebuilt:all
[ -z "${CARGO_BAZEL-}" ] || flags="$flags --repo_env=CARGO_BAZEL_GENERATOR_URL=file://$CARGO_BAZEL"
# In the toolbox, cargo and rustc are Debian's.
rust=/usr/share/rules_wit/rust
[ ! -e $rust/bin/rustc ] || flags="$flags --override_repository=rules_rust~~rust_host_tools~rust_host_tools=$rust"

if nested test //... $flags --noshow_progress >"$log" 2>&1; then pass "bazel test //..."; else fail "bazel test //..." "$log"; fi

# The command of the page that lists skipped components.
command=$(sed -n '/^bazel cquery/,/^```/p' "$page" | sed '/^```/d; s/^bazel cquery//; s/\\$//' | tr '\n' ' ')
if eval "nested cquery $flags --noshow_progress $command" >"$scratch/skipped" 2>"$log" && [ "$(grep . "$scratch/skipped")" = //:skipped ]; then
    pass "the command of the page lists the skipped component"
else
    fail "the command of the page does not list the skipped component: $(cat "$scratch/skipped")" "$log"
fi
if nested build //:skipped $flags --noshow_progress >"$log" 2>&1; then
    fail "a component with a crate for other platforms builds" "$log"
elif grep -qF "is incompatible and cannot be built" "$log" && grep -qF "host_crates__itoa-" "$log"; then
    pass "a component with a crate for other platforms is an error that names the crate"
else
    fail "the error of a component with a crate for other platforms" "$log"
fi
finish
