#!/bin/sh
# Checks by the header that a file is a core module, not a component. Argument: the file.
header=$(od -An -tx1 -N8 "$1" | tr -d ' \n')
echo "header: $header"
[ "$header" = 0061736d01000000 ]
