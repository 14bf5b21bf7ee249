#!/bin/sh
# Runs `sync --check`. Arguments: checksum_updater, and a file in the root of the workspace.
exec "$1" --workspace "$(dirname "$(readlink -f "$2")")" sync --check
