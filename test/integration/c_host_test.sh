#!/bin/sh
# shellcheck disable=SC1091,SC2154,SC2164
# Builds and runs a module with a host in C, whose only dependency are the bindings. Arguments: bazelw, tools to use as
# toolchains.
. "$(dirname "$0")/lib.sh"
shift
copy "$scratch/repository" test/e2e/c_host/prebuilt "$@"
cd "$scratch/repository/test/e2e/c_host"
log=$scratch/log
flags=--extra_toolchains=//prebuilt:all

if nested test //... $flags --noshow_progress >"$log" 2>&1; then pass "bazel test //..."; else fail "bazel test //..." "$log"; fi

if got=$(nested run $flags --ui_event_filters=-info,-stdout,-stderr --noshow_progress //:host -- hello 2>"$log") && [ "$got" = 'HELLO!' ]; then
    pass "bazel run prints the answer of the component"
else
    fail "bazel run prints: $got" "$log"
fi

# The engine is a prebuilt library.
nested aquery $flags --noshow_progress --output=text 'mnemonic("Rustc|CargoBuildScriptRun|CppCompile", deps(//:host))' 2>"$log" |
    sed -n 's/^ *Target: //p' | sort -u >"$scratch/compiled"
if ! grep -qx '//:shouter_module' "$scratch/compiled" || ! grep -qx '//:host' "$scratch/compiled"; then
    fail "the guest and the host are compiled" "$log"
elif grep -E 'wasmtime|cranelift' "$scratch/compiled"; then
    fail "an engine is compiled" "$scratch/compiled"
else
    pass "no engine is compiled: $(wc -l <"$scratch/compiled") targets"
fi
finish
