#!/bin/sh
# Compares two files, which are equal, with a third, which is not. Arguments: the files.
cmp "$1" "$2" || exit 1
if cmp -s "$1" "$3"; then
    echo "$1 and $3 are equal"
    exit 1
fi
