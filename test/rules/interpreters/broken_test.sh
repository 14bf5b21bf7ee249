#!/bin/sh
# Compares the errors of scripts that cannot be loaded with a file, where each case is `## name`, the script, and what is
# printed.
#
# Usage: broken_test.sh COMPONENT RUNNER INTERPRETER DYLIB EXPECTED
set -eu

component=$1
runner=$2
interpreter=$3
dylib=$4
expected=$5
extension=$(basename "$expected" .txt | cut -d _ -f 2)
core=$TEST_TMPDIR/core.wasm
whole=$TEST_TMPDIR/whole.wasm
script=$TEST_TMPDIR/app.$extension

# fails COMMAND...: it prints an error and exits with 1.
fails() {
    code=0
    "$@" 2>"$TEST_TMPDIR/stderr" || code=$?
    [ "$code" = 1 ] || { echo "exit $code, not 1: $*" >&2; cat "$TEST_TMPDIR/stderr" >&2; exit 1; }
}

check() {
    "$component" place "$interpreter" --dylib "$dylib" --source "app.$extension=$script" -o "$core"
    fails "$runner" check-script "$core"
    cp "$TEST_TMPDIR/stderr" "$TEST_TMPDIR/checked"
    cat "$TEST_TMPDIR/stderr"
    # A snapshot reports the same.
    case $name in *import*) ;; *) return ;; esac
    "$component" new "$core" -o "$whole"
    fails "$runner" preinit "$whole" --scripts "$core" -o "$TEST_TMPDIR/snapshot.wasm"
    diff -u "$TEST_TMPDIR/checked" "$TEST_TMPDIR/stderr" >&2
    [ ! -e "$TEST_TMPDIR/snapshot.wasm" ] || { echo "a snapshot was written" >&2; exit 1; }
}

number=0
checked=0
: >"$script"
{
    while IFS= read -r line; do
        case $line in
            '## '*)
                echo "$line"
                name=$line
                : >"$script"
                checked=0
                number=$((number + 1))
                ;;
            '# prints')
                cat "$script"
                echo "$line"
                check
                checked=1
                ;;
            *) [ "$checked" = 1 ] || echo "$line" >>"$script" ;;
        esac
    done <"$expected"
} >"$TEST_TMPDIR/actual"

[ "$number" -gt 0 ] || { echo "there are no cases" >&2; exit 1; }
diff -u "$expected" "$TEST_TMPDIR/actual"
