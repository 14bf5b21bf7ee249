#!/bin/sh
# Without the version check, a mismatch shows up as a rustc error in generated code. Arguments: the two cells.
set -u
code=0
expect() {
    if grep -qF -- "$2" "$1"; then echo "found: $2"; else echo "error: expected $2, found: $(cat "$1")"; code=1; fi
}
expect "$1" 'error[E0433]: cannot find `Cleanup` in `rt`'
expect "$2" 'error[E0433]: cannot find `export` in `bindings`'
exit $code
