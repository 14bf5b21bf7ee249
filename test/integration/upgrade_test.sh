#!/bin/sh
# shellcheck disable=SC1091,SC2154,SC2164
# Migrates seven WIT packages and an application in an outdated style (misplaced `use` statements, no versions, dependencies
# in deps.toml): `wit fix`, `wit check` and `wit buildfiles`, then builds and runs the application.
# Arguments: bazelw, deps.toml of the application, the tools.
. "$(dirname "$0")/lib.sh"
tree=$(dirname "$(dirname "$(readlink -f "$2")")")
shift 2
for tool; do [ "$(basename "$tool")" != wit ] || wit=$(readlink -f "$tool"); done

copy "$scratch/repository" test/e2e/upgrade/prebuilt "$@"
cd "$scratch/repository/test/e2e/upgrade"
cp -RL "$tree" wit
chmod -R u+w wit

log=$scratch/log
if "$wit" check wit >"$log" 2>&1; then fail "wit check accepts the original tree" "$log"; else pass "wit check rejects the original tree"; fi
if "$wit" fix wit >"$log" 2>&1; then pass "wit fix"; else fail "wit fix" "$log"; fi
if [ "$("$wit" check wit 2>&1)" = "ok: 8 packages, 7 interfaces, 1 world" ]; then
    pass "wit check: 8 packages"
else
    "$wit" check wit >"$log" 2>&1 || true
    fail "wit check after wit fix" "$log"
fi
if "$wit" buildfiles wit >"$log" 2>&1 && "$wit" buildfiles --check wit >>"$log" 2>&1; then
    pass "wit buildfiles, whose result is complete"
else
    fail "wit buildfiles" "$log"
fi
if nested test //... --extra_toolchains=//prebuilt:all --noshow_progress >"$log" 2>&1; then
    pass "the application builds and runs"
else
    fail "the application does not build and run" "$log"
fi
finish
