#!/bin/sh
# Calls functions that trap, and compares what the component writes before. Arguments: the runner, the component, and for each
# call: the call, texts that are printed, and `--`.
runner=$1
component=$2
shift 2
failed=0
call=
while [ $# -gt 0 ]; do
    if [ "$1" = -- ]; then
        call=
    elif [ -z "$call" ]; then
        call=$1
        if "$runner" invoke --max-memory 100MiB "$component" "$call" >"$TEST_TMPDIR/out" 2>"$TEST_TMPDIR/err"; then
            echo "FAIL $call does not trap"
            failed=1
        fi
    elif ! grep -qF "$1" "$TEST_TMPDIR/err"; then
        echo "FAIL $call does not print: $1"
        cat "$TEST_TMPDIR/err"
        failed=1
    else
        echo "PASS $call"
    fi
    shift
done
exit "$failed"
