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
for workspace in tools tools/checksum_updater tools/generators; do
    cargo metadata --manifest-path $workspace/Cargo.toml --format-version 1 >/dev/null # completes the lock file
done
python3 tools/updating/crates.py
