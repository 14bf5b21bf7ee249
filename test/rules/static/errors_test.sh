#!/bin/sh
# Compares the errors of libraries that cannot be linked with errors.txt.
#
# Usage: errors_test.sh COMPONENT LINKER EXPECTED WIT OBJECT...
set -eu

component=$1
linker=$2
expected=$3
wit=$4
shift 4
for object; do
    name=$(basename "$object" | cut -d . -f 1)
    eval "object_$name=\$object"
done
out=$TEST_TMPDIR/out.wasm

# fails CODE COMMAND...: the command exits with this code, and writes no output.
fails() {
    want=$1
    shift
    echo "## $case"
    code=0
    "$component" "$@" -o "$out" 2>"$TEST_TMPDIR/stderr" || code=$?
    # Names of an allocator's functions depend on the compiler.
    sed 's/^note: memory grows in .*/note: memory grows in .../' "$TEST_TMPDIR/stderr"
    [ "$code" = "$want" ] || { echo "exit $code, not $want"; cat "$TEST_TMPDIR/stderr" >&2; exit 1; }
    [ ! -e "$out" ] || { echo "$out was written" >&2; exit 1; }
}

link() {
    want=$1
    shift
    fails "$want" static-link "$@" --linker "$linker"
}

library() {
    want=$1
    shift
    fails "$want" static-library "$@" --linker "$linker"
}

# shellcheck disable=SC2154
{
    case='no allocator' link 1 "$object_user" "$object_provider"
    case='two libraries with the same export' link 1 "$object_provider" "$object_provider" "$object_user" "$object_allocator"
    case='an export that no library defines' link 1 "$object_talker" "$object_text" "$object_allocator" --wit "$wit" --world missing
    case='an import that the world lacks' link 1 "$object_talker" "$object_allocator" --wit "$wit" --world quiet
    case='a library with its own allocator' link 1 "$object_user_with_heap" "$object_provider" "$object_allocator"
    case='a borrowed resource of another library' link 1 "$object_lender" "$object_borrower" "$object_allocator"
    case='an undefined symbol' link 1 "$object_open" "$object_allocator"
    case='not an object' link 1 "$object_linked_module"
    case='not WebAssembly' link 1 "$expected"
    case='no linker' fails 3 static-link "$object_user" "$object_provider" "$object_allocator" --linker ./nowhere
    case='a library without its exports' library 1 "$object_open" --wit "$wit" --world provider
    case='a function that the library does not define' library 1 "$object_open" --export nowhere --export missing
    case='no world' library 1 "$object_allocator"
    case='not an archive' library 1 "$expected"
} >"$TEST_TMPDIR/actual" || { cat "$TEST_TMPDIR/actual"; exit 1; }

# Linking is deterministic, wherever the linker writes its temporary files.
for number in 1 2; do
    mkdir "$TEST_TMPDIR/$number"
    # shellcheck disable=SC2154
    TMPDIR=$TEST_TMPDIR/$number "$component" static-link "$object_user" "$object_provider" "$object_allocator" \
        --linker "$linker" -o "$TEST_TMPDIR/$number.wasm"
done
cmp "$TEST_TMPDIR/1.wasm" "$TEST_TMPDIR/2.wasm"

if ! diff -u "$expected" "$TEST_TMPDIR/actual"; then
    echo "errors.txt differs" >&2
    exit 1
fi
