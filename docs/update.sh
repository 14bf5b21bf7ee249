#!/bin/sh
# Copies built pages and pictures into docs/. Arguments: their paths.
set -eu
for page; do
    name=$(basename "$page")
    name=${name%%.*}.${name##*.}
    install -m 644 "$page" "$BUILD_WORKSPACE_DIRECTORY/docs/$name"
done
echo "docs: $# pages"
