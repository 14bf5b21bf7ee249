#!/bin/sh
BUILD_WORKSPACE_DIRECTORY=$PWD exec python3 "$1" --check
