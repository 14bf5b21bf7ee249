#!/bin/sh
# Fails if the data of a workspace is out of date. Argument: update.py.
BUILD_WORKSPACE_DIRECTORY=$PWD exec python3 -B "$1" --check
