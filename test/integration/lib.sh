# shellcheck shell=sh disable=SC2034
# Functions of the tests that run Bazel. Sourced; $1 is bazelw in the runfiles.
set -eu

workspace=$(dirname "$(readlink -f "$1")")
failures=0
cases=0

# Variables of the outer Bazel, which must not affect the inner one.
unset TEST_TMPDIR_KEEP BUILD_WORKSPACE_DIRECTORY BUILD_WORKING_DIRECTORY TESTBRIDGE_TEST_ONLY XML_OUTPUT_FILE \
    TEST_TOTAL_SHARDS TEST_SHARD_INDEX TEST_SHARD_STATUS_FILE TEST_PREMATURE_EXIT_FILE RUNFILES_DIR RUNFILES_MANIFEST_FILE
scratch=$TEST_TMPDIR
# With TEST_TMPDIR, the inner Bazel would use its own output root and share no caches.
unset TEST_TMPDIR
HOME=${HOME:-$(awk -F: -v u="$(id -u)" '$3 == u { print $6 }' /etc/passwd)}
export HOME

# nested ARGUMENTS...: runs Bazel in the current directory, with a server that ends soon after the last command.
nested() {
    "$workspace/bazelw" --max_idle_secs=60 "$@" </dev/null
}

# copy DIRECTORY PACKAGE TOOL...: copies the repository, and declares the tools of the outer build as toolchains in its
# package PACKAGE. This avoids a second build, and tests that toolchains can be replaced.
copy() {
    to=$1
    package=$1/$2
    shift 2
    mkdir -p "$package"
    (cd "$workspace" && tar cf - --exclude=./.git --exclude='./bazel-*' --exclude=./tools/target .) | tar xf - -C "$to"
    {
        echo 'load("@rules_wit//toolchains:defs.bzl", "tool_toolchain")'
        echo 'package(default_visibility = ["//visibility:public"])'
        for tool; do
            name=$(basename "$tool")
            cp "$tool" "$package/$name.bin"
            cat <<BUILD
tool_toolchain(name = "$name", tool = "$name.bin", version = "$([ "$name" != wit_bindgen ] || "$tool" --version | cut -d ' ' -f 2)")
toolchain(name = "${name}_toolchain", toolchain = ":$name", toolchain_type = "@rules_wit//toolchains:${name}_toolchain_type")
BUILD
        done
    } >"$package/BUILD.bazel"
}

pass() {
    cases=$((cases + 1))
    echo "PASS $1"
}

fail() {
    cases=$((cases + 1))
    failures=$((failures + 1))
    echo "FAIL $1"
    [ -z "${2-}" ] || sed 's/^/    /' "$2"
}

# finish: prints the summary and sets the exit code.
finish() {
    nested shutdown >/dev/null 2>&1 || true
    echo "$((cases - failures)) passed, $failures failed"
    [ "$failures" = 0 ] && [ "$cases" -gt 0 ]
}
