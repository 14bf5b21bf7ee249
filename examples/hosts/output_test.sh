#!/bin/sh
# Compares the output of a program with $EXPECTED. Arguments: the program, its arguments.
got=$("$@") || exit
echo "$got"
[ "$got" = "$EXPECTED" ]
