#!/bin/sh
# Checks that interpreters report a world that they do not support.
#
# Usage: refused_test.sh COMPONENT RUNNER DYLIB MESSAGE {INTERPRETER SCRIPT}...
set -eu

component=$1
runner=$2
dylib=$3
message=$4
shift 4
core=$TEST_TMPDIR/core.wasm

[ $# -gt 0 ]
while [ $# -gt 0 ]; do
    "$component" place "$1" --dylib "$dylib" --source "app.${2##*.}=$2" -o "$core"
    if "$runner" check-script "$core" 2>"$TEST_TMPDIR/stderr"; then
        echo "no error: $2" >&2
        exit 1
    fi
    grep -qF "$message" "$TEST_TMPDIR/stderr" || { cat "$TEST_TMPDIR/stderr" >&2; exit 1; }
    shift 2
done
