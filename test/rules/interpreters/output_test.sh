#!/bin/sh
# Calls functions that print and return "ok". Arguments: the runner, the component, and for each call: the call, what it prints
# to the standard output before the runner prints its result, and to the standard error.
runner=$1
component=$2
shift 2
failed=0
while [ $# -gt 0 ]; do
    "$runner" invoke "$component" "$1" >"$TEST_TMPDIR/out" 2>"$TEST_TMPDIR/err" || failed=1
    printf '%b"ok"\n' "$2" >"$TEST_TMPDIR/expected_out"
    printf '%b' "$3" >"$TEST_TMPDIR/expected_err"
    for stream in out err; do
        if diff -u "$TEST_TMPDIR/expected_$stream" "$TEST_TMPDIR/$stream"; then
            echo "PASS $1: $stream"
        else
            echo "FAIL $1: $stream"
            failed=1
        fi
    done
    shift 3
done
exit "$failed"
