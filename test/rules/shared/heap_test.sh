#!/bin/sh
# Checks that no library uses the heap that the linker of components defines: several allocators would use the same memory.
#
# Usage: heap_test.sh LIBRARY...
set -eu

for library; do
    if grep -q __heap_ "$library"; then
        echo "$library imports the address of the heap"
        failed=1
    fi
done
exit "${failed:-0}"
