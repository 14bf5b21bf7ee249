#!/bin/sh
# Compares what a script prints in a component with what the same engine prints that is built for this machine.
#
# Usage: same_test.sh RUNNER COMPONENT ENGINE SCRIPT LINES
set -eu

"$1" invoke "$2" 'run()' >"$TEST_TMPDIR/component"
"$3" "$4" "$4" >"$TEST_TMPDIR/native"
diff -u "$TEST_TMPDIR/native" "$TEST_TMPDIR/component"
lines=$(wc -l <"$TEST_TMPDIR/native")
[ "$lines" -ge "$5" ] || { echo "$lines lines are printed" >&2; exit 1; }
