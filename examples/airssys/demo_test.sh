#!/bin/sh
# Runs the demo on its own data and on a new directory, and compares its output with sha256sum and stat.
set -eu
demo=$PWD/$1
work=$TEST_TMPDIR/tree
failures=0
expect() { # name, expected file, got file
    if diff -u "$2" "$3"; then echo "PASS $1"; else echo "FAIL $1" && failures=$((failures + 1)); fi
}

# The line of the demo for a file: path, size, modification time, SHA-256.
line() {
    printf '%s  %10s  %s  %s\n' "$1" "$(stat -c %s "$1")" "$(date -u -r "$1" +%Y-%m-%dT%H:%M:%SZ)" "$(sha256sum <"$1" | cut -d ' ' -f 1)"
}

mkdir -p "$work/b/deep/er" "$work/empty-directory"
printf 'one\n' >"$work/a.txt"
: >"$work/b/empty"
head -c 300000 /dev/zero >"$work/b/deep/zeros"
printf 'ü\n' >"$work/b/deep/er/name with spaces, ü"
printf 'x' >"$work/b/deep/not.secret.txt"
printf 'secret\n' >"$work/b/key.secret"
touch -d '2001-02-03T04:05:06Z' "$work/a.txt"
denied="denied: \`airssys:demo\` may not read \`*.secret\`"
{
    line "$work/a.txt"
    line "$work/b/deep/er/name with spaces, ü"
    line "$work/b/deep/not.secret.txt"
    line "$work/b/deep/zeros"
    line "$work/b/empty"
    echo "$work/b/key.secret  $denied"
    echo "airssys demo: ok (7 packages, 3 components, 5 files, 1 denied)"
} >"$TEST_TMPDIR/expected"
"$demo" "$work" >"$TEST_TMPDIR/got" 2>"$TEST_TMPDIR/log" || { cat "$TEST_TMPDIR/log" && failures=1; }
expect "a directory" "$TEST_TMPDIR/expected" "$TEST_TMPDIR/got"

# Relative paths start at the working directory of the user.
(cd "$work/.." && BUILD_WORKING_DIRECTORY=$PWD "$demo" tree) >"$TEST_TMPDIR/got" 2>/dev/null || failures=1
expect "a relative directory" "$TEST_TMPDIR/expected" "$TEST_TMPDIR/got"

# A link to a directory elsewhere.
link=$TEST_TMPDIR/link
ln -s "$work/b/deep/er" "$link"
{
    line "$link/name with spaces, ü"
    echo "airssys demo: ok (7 packages, 3 components, 1 files, 0 denied)"
} >"$TEST_TMPDIR/one"
"$demo" "$link" >"$TEST_TMPDIR/got" 2>/dev/null || failures=$((failures + 1))
expect "a link to a directory" "$TEST_TMPDIR/one" "$TEST_TMPDIR/got"

# Unreadable files are reported and fail the run; all other files are listed.
ln -s nowhere "$work/b/deep/broken"
sed -i "1a $work/b/deep/broken  not found: $work/b/deep/broken
s/: ok/: failed/" "$TEST_TMPDIR/expected"
if "$demo" "$work" >"$TEST_TMPDIR/got" 2>/dev/null; then code=0; else code=$?; fi
expect "a broken link" "$TEST_TMPDIR/expected" "$TEST_TMPDIR/got"
[ "$code" = 1 ] || { echo "FAIL exit code $code for unreadable input" && failures=$((failures + 1)); }

if "$demo" "$TEST_TMPDIR/no-such" >"$TEST_TMPDIR/got" 2>/dev/null; then code=0; else code=$?; fi
{
    echo "$TEST_TMPDIR/no-such  not found: $TEST_TMPDIR/no-such"
    echo "airssys demo: failed (7 packages, 3 components, 0 files, 0 denied)"
} >"$TEST_TMPDIR/expected"
expect "a directory that is not there" "$TEST_TMPDIR/expected" "$TEST_TMPDIR/got"
[ "$code" = 1 ] || { echo "FAIL exit code $code for a missing directory" && failures=$((failures + 1)); }

"$demo" >"$TEST_TMPDIR/got" 2>/dev/null || failures=$((failures + 1))
tail -n 1 "$TEST_TMPDIR/got" >"$TEST_TMPDIR/last"
echo "airssys demo: ok (7 packages, 3 components, 4 files, 1 denied)" >"$TEST_TMPDIR/expected"
expect "the example's own data" "$TEST_TMPDIR/expected" "$TEST_TMPDIR/last"
exit "$failures"
