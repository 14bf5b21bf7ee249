#!/bin/sh
# Compares the table of what holds for each language in docs/interpreters.md with what tools do with a component in it.
#
# Usage: languages_test.sh COMPONENT RUNNER DOCS JAVASCRIPT LUA RHAI
set -eu

component=$1
runner=$2
docs=$3
shift 3
out=$TEST_TMPDIR/out.wasm

# row NAME FUNCTION COMPONENT...: a line of the table, with what the function prints for each component.
row() {
    text="| $1 |"
    function=$2
    shift 2
    for file; do
        text="$text $("$function" "$file") |"
    done
    echo "$text"
}

# Which imports it has: its world has none.
imports() {
    "$component" wit "$1" | grep '^ *import' || echo none
}

# answer COMMAND...: `yes`, or the first line of the error.
answer() {
    if "$@" 2>"$TEST_TMPDIR/stderr"; then
        echo yes
    else
        # Without the name of the file.
        sed -n "1s/\`[^\`]*\.wasm\`/the component/; 1s/^error: //p" "$TEST_TMPDIR/stderr"
    fi
}

lowers() {
    answer "$component" lower "$1" --memory multi -o "$out"
}

lowers_to_mvp() {
    answer "$component" lower "$1" --features mvp --memory single -o "$out"
}

starts() {
    answer "$runner" preinit "$1" -o "$out"
}

{
    row "imports of a component besides its world" imports "$@"
    row "[\`wasm_component_lower\`](component.md#wasm_component_lower)" lowers "$@"
    row "the same for engines of the MVP, with one memory" lowers_to_mvp "$@"
    row "\`preinit\`" starts "$@"
} >"$TEST_TMPDIR/rows"

while IFS= read -r row; do
    grep -qxF "$row" "$docs" || { echo "$docs lacks the line: $row"; failed=1; }
done <"$TEST_TMPDIR/rows"
exit "${failed:-0}"
