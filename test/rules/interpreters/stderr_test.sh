#!/bin/sh
# Calls functions that trap, and compares what the component writes before. Arguments: the runner, the component, and pairs
# of a call and a text.
runner=$1
component=$2
shift 2
failed=0
while [ $# -gt 0 ]; do
    if "$runner" invoke --max-memory 100MiB "$component" "$1" >"$TEST_TMPDIR/out" 2>"$TEST_TMPDIR/err"; then
        echo "FAIL $1 does not trap"
        failed=1
    elif ! grep -qF "$2" "$TEST_TMPDIR/err"; then
        echo "FAIL $1 does not print: $2"
        cat "$TEST_TMPDIR/err"
        failed=1
    else
        echo "PASS $1"
    fi
    shift 2
done
exit "$failed"
