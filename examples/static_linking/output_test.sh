#!/bin/sh
# What a program prints. Arguments: the line, the program, its arguments.
want=$1
shift
got=$("$@") || exit
echo "$got"
[ "$got" = "$want" ]
