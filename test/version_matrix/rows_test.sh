#!/bin/sh
# Compares measured cells with matrix.json. Arguments: matrix.json, then the cells, with one row each.
set -u
matrix=$1
shift
[ $# -gt 0 ] || { echo "error: no cell was measured"; exit 1; }
code=0
for cell; do
    row=$(cat "$cell")
    if grep -qF -- "$row" "$matrix"; then
        echo "up to date: $row"
    else
        echo "measured:   $row"
        echo "recorded:   $(grep -F -- "${row%%\"result\"*}" "$matrix" || echo nothing)"
        code=1
    fi
done
[ $code = 0 ] || echo "hint: bazel run //test/version_matrix:update, and read the change"
exit $code
