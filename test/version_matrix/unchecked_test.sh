#!/bin/sh
# Without a check rustc tells of a mismatch, in code that nobody wrote. Arguments: the two cells.
set -u
code=0
expect() {
    if grep -qF -- "$2" "$1"; then echo "as of old: $2"; else echo "not as of old: $(cat "$1")"; code=1; fi
}
expect "$1" 'error[E0433]: cannot find `Cleanup` in `rt`'
expect "$2" 'error[E0433]: cannot find `export` in `bindings`'
exit $code
