#!/bin/sh
# Runs a program that copies its standard input in upper case. Usage: shout_test.sh RUNNER COMPONENT
set -eu
seq 1 50000 | sed 's/$/ words/' >"$TEST_TMPDIR/input"
"$1" run "$2" <"$TEST_TMPDIR/input" >"$TEST_TMPDIR/output"
tr a-z A-Z <"$TEST_TMPDIR/input" | cmp - "$TEST_TMPDIR/output"
