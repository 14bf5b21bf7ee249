#!/bin/sh
# Runs a module that is encrypted at rest. Arguments: the host, the file, the right key, a wrong key.
set -u
if grep -aq World "$2"; then
    echo "the file contains plain text"
    exit 1
fi
got=$("$1" "$2" "$3") || exit
echo "$got"
[ "$got" = "[*] Hello, World!" ] || exit 1

fails() {
    said=$("$1" "$2" "$3" 2>&1)
    code=$?
    echo "$code: $said"
    [ "$code" = 1 ] || exit 1
    case $said in
        "error: failed to decrypt $2: wrong key, or the file was changed") ;;
        *) exit 1 ;;
    esac
}

fails "$1" "$2" "$4"
# One more byte.
{
    cat "$2"
    printf 'x'
} >"$TEST_TMPDIR/changed"
fails "$1" "$TEST_TMPDIR/changed" "$3"
