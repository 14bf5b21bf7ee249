#!/bin/sh
# Compares the table of what holds for each language in docs/interpreters.md with what tools do with components in it.
#
# Usage: languages_test.sh COMPONENT RUNNER DOCS ASYNC FUTURES STREAMS {ECHO ERRORS INTERPRETER SCRIPT}...
# with the dylibs of three worlds, and for each language two components, its interpreter, and a script.
set -eu

component=$1
runner=$2
docs=$3
async=$4
futures=$5
streams=$6
shift 6
out=$TEST_TMPDIR/out.wasm
while [ $# -gt 0 ]; do
    echo "$1 $2 $3 $4"
    shift 4
done >"$TEST_TMPDIR/languages"

# row NAME COMMAND...: a line of the table, with what the command prints for each language.
row() {
    text="| $1 |"
    shift
    while read -r echo errors interpreter script; do
        text="$text $("$@" </dev/null) |"
    done <"$TEST_TMPDIR/languages"
    echo "$text"
}

# short: a message without the names of files and what depends on the compiler.
short() {
    sed 's/`[^`]*\.wasm`/the component/; s/[^ ]*\.\(js\|lua\|rhai\): //; s/[^ ]*\.\(js\|lua\|rhai\):\([0-9]*\)[0-9:]*/line \2:/; s/: [0-9]* bytes.*//'
}

# The first error.
error() {
    sed -n '/^error: /{s///; p; q}' "$TEST_TMPDIR/stderr" | short
}

# answer COMMAND...: `yes`, or the error.
answer() {
    if "$@" 2>"$TEST_TMPDIR/stderr"; then echo yes; else error; fi
}

# Which imports it has: its world has none.
imports() {
    "$component" wit "$echo" | grep '^ *import' || echo none
}

lowers() {
    answer "$component" lower "$echo" "$@" -o "$out"
}

starts() {
    answer "$runner" preinit "$echo" -o "$out"
}

# The error that a call catches and returns, or writes before it traps.
calls() {
    if caught=$("$runner" invoke --max-memory 100MiB "$errors" "run(\"$1\")" 2>"$TEST_TMPDIR/stderr"); then
        echo "caught: $caught" | sed 's/"//g' | short
    else
        error
    fi
}

loads() {
    "$component" place "$interpreter" --dylib "$1" --source "app.${script##*.}=$script" -o "$out"
    answer "$runner" check-script "$out"
}

{
    row "imports of a component besides its world" imports
    row "[\`wasm_component_lower\`](component.md#wasm_component_lower)" lowers --memory multi
    row "the same for engines of the MVP, with one memory" lowers --memory single --features mvp
    row "\`preinit\`" starts
    row "endless recursion, with a handler" calls "caught recursion"
    row "memory is exhausted" calls memory
    row "an \`async\` function that \`sync\` does not list" loads "$async"
    row "futures" loads "$futures"
    row "streams" loads "$streams"
} >"$TEST_TMPDIR/rows"

while IFS= read -r row; do
    grep -qxF "$row" "$docs" || { echo "$docs lacks the line: $row"; failed=1; }
done <"$TEST_TMPDIR/rows"
exit "${failed:-0}"
