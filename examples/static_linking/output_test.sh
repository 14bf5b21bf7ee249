#!/bin/sh
# Compares the output of a program. Arguments: the expected line, the program, its arguments.
want=$1
shift
got=$("$@") || exit
echo "$got"
[ "$got" = "$want" ]
