#!/bin/sh
# Writes what is generated. Arguments: the pages of the rules and the pictures, as just built.
set -eu
for page in "$@"; do
    name=$(basename "$page")
    name=${name%%.*}.${name##*.}
    cp "$page" "$BUILD_WORKSPACE_DIRECTORY/docs/$name"
    chmod 644 "$BUILD_WORKSPACE_DIRECTORY/docs/$name"
done
echo "docs: $# pages"
cd "$BUILD_WORKSPACE_DIRECTORY"
for workspace in tools tools/checksum_updater third_party/wit_bindgen third_party/wasmer; do
    cargo metadata --manifest-path $workspace/Cargo.toml --format-version 1 >/dev/null # completes the lock file
done
python3 third_party/crates/update.py
