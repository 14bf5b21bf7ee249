#!/bin/sh
# What was measured is what matrix.json says. Arguments: matrix.json, then the measured cells, a row in each.
set -u
matrix=$1
shift
[ $# -gt 0 ] || { echo "error: no cell was measured"; exit 1; }
code=0
for cell; do
    row=$(cat "$cell")
    if grep -qF -- "$row" "$matrix"; then
        echo "as written: $row"
    else
        echo "measured:   $row"
        echo "written:    $(grep -F -- "${row%%\"result\"*}" "$matrix" || echo nothing)"
        code=1
    fi
done
[ $code = 0 ] || echo "hint: bazel run //test/version_matrix:update, and read what changed"
exit $code
