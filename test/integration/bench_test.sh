#!/bin/sh
# shellcheck disable=SC1091,SC2154,SC2164
# Runs each benchmark once on the smallest input, in a copy of this repository. Arguments: bazelw, tools to use as toolchains.
. "$(dirname "$0")/lib.sh"
shift
for tool; do
    case $tool in
        */wit) WIT_BIN=$(readlink -f "$tool") ;;
        */component) COMPONENT_BIN=$(readlink -f "$tool") ;;
    esac
done
# Not upstream's program, which this machine may lack, but one with the same command line.
WAC=$COMPONENT_BIN
export COMPONENT_BIN WAC WIT_BIN
copy "$scratch/repository" prebuilt "$@"
cd "$scratch/repository"
echo "build --extra_toolchains=//prebuilt:all" >.bazelrc.user
BUILD_WORKSPACE_DIRECTORY=$PWD
TMPDIR=$scratch
export BUILD_WORKSPACE_DIRECTORY TMPDIR

log=$scratch/log
for what in build cold compose dylib split wit; do
    if ! sh bench/bench.sh "$what" --smoke >"$log" 2>&1; then
        fail "bench -- $what" "$log"
    elif grep -qE ' (s|ms) |ratio' "$log"; then
        pass "bench -- $what: $(wc -l <"$log") lines"
    else
        fail "bench -- $what prints no time" "$log"
    fi
done
finish
