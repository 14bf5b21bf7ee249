#!/bin/sh
exec python3 "$BUILD_WORKSPACE_DIRECTORY/bench/bench.py" "$@"
