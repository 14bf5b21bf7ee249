#!/bin/sh
# shellcheck disable=SC1091,SC2086,SC2154,SC2164
# Builds and tests a module that depends on rules_wit, and checks the error for each mistake in negative.txt. Arguments:
# bazelw, negative.txt, the README, and tools to use as toolchains; without tools, they are built from source.
. "$(dirname "$0")/lib.sh"
expectations=$(readlink -f "$2")
readme=$(readlink -f "$3")
shift 3
flags=
if [ $# -gt 0 ]; then
    copy "$scratch/repository" test/e2e/consumer/prebuilt "$@"
    cd "$scratch/repository/test/e2e/consumer"
    flags=--extra_toolchains=//prebuilt:all
else
    cd "$workspace/test/e2e/consumer"
fi

log=$scratch/log
# The README installs rules_wit from an archive, and this module uses the checkout, so only the overrides may differ.
shown='
import re, sys
override = re.compile(r"^(archive|local_path)_override\(.*?^\)$", re.DOTALL | re.MULTILINE)
file, readme = (override.sub("override", open(path).read()) for path in sys.argv[1:])
sys.exit(file not in readme)'
for file in MODULE.bazel greeter.rs greeter.wit; do
    if python3 -c "$shown" "$file" "$readme"; then
        pass "the README shows $file unchanged"
    else
        fail "the README does not show $file unchanged"
    fi
done
if python3 -c '
import re, sys
build, readme = (open(path).read() for path in sys.argv[1:])
block = re.search(r"^```starlark\n(load\(.*?)^```$", readme, re.DOTALL | re.MULTILINE)[1]
targets = block.split("\n\n")[1:]
sys.exit(not targets or not all(target.strip() in build for target in targets))' BUILD.bazel "$readme"; then
    pass "the module has the targets that the README shows"
else
    fail "the module lacks a target that the README shows"
fi
if nested test //... $flags --noshow_progress >"$log" 2>&1; then pass "bazel test //..."; else fail "bazel test //..." "$log"; fi

# Labels of targets in the pages, of which a user may name any.
labels=$(grep -hoE '@rules_wit//[A-Za-z0-9_/:.-]*[A-Za-z0-9_]' "$workspace/README.md" "$workspace"/docs/*.md |
    grep -v '\.bzl$' | sort -u)
for label in $labels; do
    if nested query --noshow_progress "$label" >"$log" 2>&1; then pass "query $label"; else fail "query $label" "$log"; fi
done
[ -n "$labels" ] || fail "the pages name no target"

if got=$(nested run $flags --ui_event_filters=-info,-stdout,-stderr --noshow_progress //:run -- you fail 2>"$log"); then code=0; else code=$?; fi
if [ "$code" = 1 ] && [ "$got" = "Good day, you!" ]; then
    pass "bazel run passes arguments, output and exit code"
else
    fail "bazel run: exit code $code, output: $got" "$log"
fi

if nested build $flags --noshow_progress //negative:gate_is_closed >"$log" 2>&1; then
    pass "dependencies behind a closed gate are optional"
else
    fail "dependencies behind a closed gate are required" "$log"
fi

[ ! -e MODULE.bazel.lock ] || ! grep -qF "$HOME" MODULE.bazel.lock || fail "the lock file contains absolute paths" MODULE.bazel.lock

# Each block is a command that must fail, and lines that its output must contain.
check() {
    [ -n "$command" ] || return 0
    if nested $command $flags --noshow_progress --test_output=errors >"$log" 2>&1; then
        fail "$command: succeeds" "$log"
        return
    fi
    while IFS= read -r text; do
        grep -qF -- "$text" "$log" || { fail "$command: the output lacks: $text" "$log" && return; }
    done <"$scratch/expected"
    pass "$command"
}
command=
while IFS= read -r line; do
    case $line in
        '' | '#'*) ;;
        ' '*) printf '%s\n' "${line#    }" >>"$scratch/expected" ;;
        *)
            check
            command=$line
            : >"$scratch/expected"
            ;;
    esac
done <"$expectations"
check
finish
