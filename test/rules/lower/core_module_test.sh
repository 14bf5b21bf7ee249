#!/bin/sh
# A core module, not a component: the version in the header tells. Argument: the module.
header=$(od -An -tx1 -N8 "$1" | tr -d ' \n')
echo "header: $header"
[ "$header" = 0061736d01000000 ]
