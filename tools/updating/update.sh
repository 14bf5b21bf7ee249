#!/bin/sh
# Writes what is generated. Arguments: the pages of the rules, as just built.
set -eu
for page in "$@"; do
    name=$(basename "$page" .gen.md)
    cp "$page" "$BUILD_WORKSPACE_DIRECTORY/docs/$name.md"
    chmod 644 "$BUILD_WORKSPACE_DIRECTORY/docs/$name.md"
done
echo "docs: $# pages"
cd "$BUILD_WORKSPACE_DIRECTORY"
cargo metadata --manifest-path tools/Cargo.toml --format-version 1 >/dev/null # completes the lock file
if python3 tools/updating/crates.py --check 2>/dev/null; then
    echo "tools/crates: up to date"
else
    python3 tools/updating/crates.py
fi
