#!/bin/sh
exec python3 -B "$BUILD_WORKSPACE_DIRECTORY/bench/bench.py" "$@"
