#!/bin/sh
# What the README shows is what test/consumer has. Arguments: the README, then files that must stand in it whole.
set -eu
readme=$1
shift
failures=0
for file in "$@"; do
    if python3 -c 'import sys; sys.exit(open(sys.argv[2]).read() not in open(sys.argv[1]).read())' "$readme" "$file"; then
        echo "PASS $file"
    else
        echo "FAIL $file is not in $readme as it is" && failures=$((failures + 1))
    fi
done
exit "$failures"
