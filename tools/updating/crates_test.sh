#!/bin/sh
# The BUILD files of the crates are those of the manifests and the lock file. (Making them again takes cargo-bazel and
# the network; they carry the hash of what they were made from.)
BUILD_WORKSPACE_DIRECTORY=$PWD exec python3 "$1" --check
