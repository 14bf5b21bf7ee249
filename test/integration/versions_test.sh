#!/bin/sh
# shellcheck disable=SC1091,SC2154,SC2164
# Edits a copy of this repository so that versions do not work together. Each build fails when it is loaded, with a hint;
# the updater, which fixes the versions, still builds. Arguments: bazelw, tools to use as toolchains.
. "$(dirname "$0")/lib.sh"
shift
copy "$scratch/repository" prebuilt "$@"
cd "$scratch/repository"
log=$scratch/log
target=//examples/airssys:host

bazel() { nested "$@" --noshow_progress >"$log" 2>&1; }

# Starts the server, so that the commands below only load packages.
bazel build --nobuild $target || fail "the unchanged copy does not load" "$log"

# edit FILE SED: changes a file, which is restored after the case.
edit() {
    cp "$1" "$scratch/saved"
    edited=$1
    sed -i "$2" "$1"
    if cmp -s "$1" "$scratch/saved"; then fail "sed $2 changes nothing in $1"; fi
}

# refused WHAT TEXT...: passes if the build fails with each text and runs no action.
refused() {
    what=$1
    shift
    if bazel build $target --build_event_json_file="$scratch/events"; then
        fail "$what: succeeds" "$log"
    elif grep -q '"actionCompleted"\|"actionExecuted"' "$scratch/events"; then
        fail "$what: an action ran" "$scratch/events"
    else
        for text; do
            grep -qF -- "$text" "$log" || { fail "$what: the output lacks: $text" "$log" && cp "$scratch/saved" "$edited" && return; }
        done
        pass "$what"
    fi
    cp "$scratch/saved" "$edited"
}

current=$(sed -n 's/^    "wit-bindgen": "\(.*\)",$/\1/p' toolchains/tool_versions.bzl)
edit toolchains/tool_versions.bzl 's/^    "wit-bindgen": ".*",$/    "wit-bindgen": "0.50.0",/'
if bazel build --nobuild //tools/checksum_updater:checksum_updater; then
    pass "the updater loads in spite of versions that do not work together"
else
    fail "the updater does not load" "$log"
fi
refused "a generator without compatibility data" \
    "error: no compatibility data for wit-bindgen 0.50.0" \
    "nearest set that works: wit-bindgen 0.47.0 with the runtime 0.47.0 and wasm-tools" \
    "hint: choose one of these versions"

# Choosing another measured version takes one edit; its runtime crate follows.
edit toolchains/tool_versions.bzl 's/^    "wit-bindgen": ".*",$/    "wit-bindgen": "0.60.0",/'
tools=//prebuilt:component_toolchain,//prebuilt:runner_toolchain,//prebuilt:wit_toolchain
if bazel test --extra_toolchains=$tools //test/rules/resources:resources_test &&
    bazel aquery --extra_toolchains=$tools --output=text 'mnemonic("Rustc|WitBindgenRust", deps(//test/rules/resources:resources_test))' &&
    grep -q 'vendor/wit-bindgen-0.60.0/' "$log" && grep -q 'third_party/wit_bindgen/wit_bindgen_0.60.0' "$log" &&
    ! grep -q 'vendor/wit-bindgen-0.61' "$log"; then
    pass "another measured version builds and runs"
else
    fail "another measured version does not build or run" "$log"
fi
cp "$scratch/saved" "$edited"

edit toolchains/tool_versions.bzl 's/^    "wasm-tools": "1\..*",$/    "wasm-tools": "1.999.0",/'
refused "a manifest that is out of date" \
    "does not match toolchains/tool_versions.bzl" \
    "hint: bazel run //tools/checksum_updater -- sync"

edit third_party/wit_bindgen/Cargo.toml "s/version = \"=$current\"/version = \"=9.9.9\"/"
refused "a manifest that was edited by hand" \
    "error: third_party/wit_bindgen/Cargo.toml:" \
    "version = \"=9.9.9\"" \
    "hint: bazel run //tools/checksum_updater -- sync"

edit checksums/tools/wit-bindgen.json 's/"sha256": "\(.\)0/"sha256": "\11/; s/"sha256": "\(.\)f/"sha256": "\1e/; s/"sha256": "\(.\)c/"sha256": "\1d/'
refused "a flipped digit in the registry" "error: checksums/private/data.bzl does not match checksums/tools/wit-bindgen.json"

edit third_party/wit_bindgen/Cargo.lock '/^name = "wit-bindgen-rust"$/,/^checksum/s/^checksum = ".../checksum = "000/'
refused "a flipped digit in a lock file" "error: the crate wit-bindgen-rust " "has two checksums" "  third_party/wit_bindgen/Cargo.lock: 000"

# Bindings that use `Cleanup`, with a runtime that lacks it.
cat >"$scratch/mismatch" <<BUILD

rust_wit_bindgen(
    name = "mismatch_bindings",
    crate_name = "bindings",
    runtime = "//third_party/wit_bindgen:runtime_0.39.0",
    wit = "//examples/airssys/wit:host_provider",
    world = "host-provider",
)

rust_wasm_component(
    name = "mismatch",
    srcs = glob(["host/*.rs"]),
    bindings = ":mismatch_bindings",
    wit = "//examples/airssys/wit:host_provider",
    world = "host-provider",
)
BUILD
cp examples/airssys/BUILD.bazel "$scratch/saved"
edited=examples/airssys/BUILD.bazel
cat "$scratch/mismatch" >>examples/airssys/BUILD.bazel
target=//examples/airssys:mismatch
refused "a runtime crate that is too old for the generator" \
    "error: //examples/airssys:mismatch_bindings_source: wit-bindgen $current does not work with the runtime 0.39.0" \
    "  measured: error[E0433]: cannot find \`Cleanup\` in \`rt\`" \
    "nearest set that works: wit-bindgen $current with the runtime $current"

# The bindings of older generators have no `export`.
target=//examples/airssys:host
edit MODULE.bazel 's/^use_repo(rules_wit, .*/&\nrules_wit.tool(name = "wit-bindgen", version = "0.16.0", strategy = "local", path = "true")/'
refused "a generator without \`export\`" \
    "error: no compatibility data for wit-bindgen 0.16.0" \
    "nearest set that works: wit-bindgen 0.44.0 with the runtime 0.44.0"

finish
