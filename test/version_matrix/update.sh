#!/bin/sh
# Writes the files that are generated from the measured cells. With --check, compares them. Arguments: matrix.json,
# compatibility.bzl and the table, as measured; with --check, each is followed by the file to compare with.
set -eu

# insert TABLE PAGE: prints the page with the table between its two marks.
insert() {
    awk -v table="$1" '
        /^<!-- \/matrix -->$/ { inside = 0 }
        !inside { print }
        /^<!-- matrix -->$/ { inside = 1; print ""; while ((getline line < table) > 0) print line; print "" }' "$2"
}

if [ "$1" = --check ]; then
    scratch=$(mktemp)
    trap 'rm -f "$scratch"' EXIT
    code=0
    diff -u "$3" "$2" || code=1
    diff -u "$5" "$4" || code=1
    insert "$6" "$7" >"$scratch"
    diff -u "$7" "$scratch" || code=1
    [ $code = 0 ] || echo "hint: bazel run //test/version_matrix:update, and read the change"
    exit $code
fi
# write FILE: replaces a file atomically with the standard input.
write() {
    cat >"$1.new"
    mv "$1.new" "$1"
}
write "$BUILD_WORKSPACE_DIRECTORY/test/version_matrix/matrix.json" <"$1"
write "$BUILD_WORKSPACE_DIRECTORY/checksums/private/compatibility.bzl" <"$2"
insert "$3" "$BUILD_WORKSPACE_DIRECTORY/COMPATIBILITY.md" >"$BUILD_WORKSPACE_DIRECTORY/COMPATIBILITY.md.new"
mv "$BUILD_WORKSPACE_DIRECTORY/COMPATIBILITY.md.new" "$BUILD_WORKSPACE_DIRECTORY/COMPATIBILITY.md"
echo "$(grep -c '"result":"works"' "$1") of $(grep -c '"result"' "$1") cells work"
