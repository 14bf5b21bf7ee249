#!/bin/sh
# Writes everything that is generated, in the order in which one depends on the other. Arguments: the steps to run; without
# them, all.
#
# Each step is a Bazel command of its own, as it reads what the steps before it have written.
set -eu
cd "$BUILD_WORKSPACE_DIRECTORY"

run() {
    echo "update: bazel run $*" >&2
    ./bazelw run --noshow_progress --ui_event_filters=-info -- "$@"
}

step() {
    case $1 in
        # Manifests, lock files, data of crates, the registry as Starlark, literals in pages.
        versions) run //tools/checksum_updater -- sync ;;
        # docs/*.md of the rules, and the picture in the README.
        docs) run //docs:update ;;
        # The tables of versions that work together.
        matrix) run //test/version_matrix:update ;;
        # What upstream's tests show.
        upstream) run //test/upstream/wit:update && run //test/upstream/component:update ;;
        *)
            printf 'error: unknown step `%s`\nhint: known steps: versions, docs, matrix, upstream\n' "$1" >&2
            exit 2
            ;;
    esac
}

[ $# -gt 0 ] || set -- versions docs matrix upstream
for name; do step "$name"; done
