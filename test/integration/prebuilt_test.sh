#!/bin/sh
# shellcheck disable=SC1091,SC2154,SC2164
# A module that takes the tools from an archive of //tools/release, which a server on loopback has: it compiles its own guests
# and nothing else. Arguments: bazelw, the registry file of the archive, and the archive.
. "$(dirname "$0")/lib.sh"
example=$workspace/test/e2e/consumer
index=$(readlink -f "$2")
archive=$(readlink -f "$3")
consumer=$scratch/consumer
served=$scratch/served
log=$scratch/log
mkdir -p "$consumer" "$served"
cp "$example"/*.rs "$example"/*.wit "$example/BUILD.bazel" "$consumer"
cp "$index" "$consumer/rules_wit.json"
cp "$archive" "$served"
cd "$consumer"

python3 -u -m http.server --bind 127.0.0.1 --directory "$served" 0 >"$scratch/server" 2>"$scratch/requests" &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
tries=0
while ! grep -q 'port [0-9]' "$scratch/server" && [ $tries -lt 100 ]; do sleep 0.1 && tries=$((tries + 1)); done
port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' "$scratch/server")

# module_file: writes MODULE.bazel, with further statements from the standard input. In a release, the registry of rules_wit
# has the archive, so the two lines of the README are enough. The first mirror is down, and the second lacks the file.
module_file() {
    {
        sed "s,path = .*,path = \"$workspace\"\,," "$example/MODULE.bazel"
        cat <<MODULE
rules_wit = use_extension("@rules_wit//toolchains:extensions.bzl", "rules_wit")
rules_wit.index(file = "//:rules_wit.json")
rules_wit.mirrors(urls = [
    "http://127.0.0.1:1/{asset}",
    "http://127.0.0.1:$port/missing/{asset}",
    "http://127.0.0.1:$port/{asset}",
])
use_repo(rules_wit, "rules_wit_tools")
MODULE
        cat
    } >MODULE.bazel
}

# bazel ARGUMENTS...: runs Bazel with its output in the log. Its cache of downloads is empty in each run of this test.
bazel() {
    command=$1
    shift
    nested "$command" --noshow_progress --repository_cache="$scratch/downloads" "$@" >"$log" 2>&1
}

module_file </dev/null
bazel clean --expunge || fail "bazel clean" "$log"
base=$(nested info output_base 2>/dev/null)
if bazel test //... --execution_log_json_file="$scratch/actions.json"; then
    pass "the module builds and its tests pass"
else
    fail "the module does not build" "$log"
    finish
    exit
fi

# What is compiled: crates of the module, the runtime crate that its bindings call with its dependencies, and helpers of
# rules_rust.
python3 - "$scratch/actions.json" >"$scratch/compiled" <<'PYTHON'
import json, re, sys

text = open(sys.argv[1], encoding="utf-8").read()
decoder, at, spawns = json.JSONDecoder(), 0, []
while at < len(text.rstrip()):
    spawn, at = decoder.raw_decode(text, at)
    spawns.append(spawn)
    while at < len(text) and text[at].isspace():
        at += 1
compilers = ("Rustc", "CargoBuildScript", "Cpp", "Javac")
compiled = {spawn["targetLabel"] for spawn in spawns if spawn["mnemonic"].startswith(compilers)}
expected = re.compile(r"//:|@@rules_rust[~+]|.*rules_wit_runtime_crates//vendor/(wit-bindgen|bitflags|futures|pin-project-lite|slab)-")
print("\n".join(sorted(label for label in compiled if not expected.match(label))) or "only guests")
tools = {"rules_wit_tool_rules_wit_" in " ".join(s["commandArgs"]) for s in spawns if s["mnemonic"].startswith(("Wit", "Wasm"))}
print("tools from the archive" if tools == {True} else "tools from elsewhere: %s" % tools)
print("\n".join(sorted(label for label in compiled if label.startswith("//:"))))
PYTHON
if [ "$(head -n 1 "$scratch/compiled")" = "only guests" ] && grep -qx "//:greeter_module" "$scratch/compiled"; then
    pass "only guests are compiled"
else
    fail "more than guests is compiled" "$scratch/compiled"
fi
if grep -qx "tools from the archive" "$scratch/compiled"; then
    pass "the actions run the tools of the archive"
else
    fail "the actions do not run the tools of the archive" "$scratch/compiled"
fi

# Repositories of other languages, and the crates of the tools. Bazel itself declares Java toolchains, which fetches nothing.
find "$base/external" -mindepth 1 -maxdepth 1 ! -name '@*' ! -name '*_toolchain_config_repo' ! -name '*local_jdk' |
    sed 's,.*[/~+],,' | sort >"$scratch/fetched"
if [ ! -s "$scratch/fetched" ] || grep -iE 'java|jdk|kotlin|python|golang|nodejs|proto|apple|moonbit|quickjs|rules_wit_lua|rhai|wasm3|wasmer|rules_wit_crates|updater_crates|rules_wit_wasmtime|stardoc|buildifier' "$scratch/fetched" >"$scratch/foreign"; then
    fail "fetches what the module does not need" "$scratch/foreign"
else
    pass "nothing of another language is fetched: $(wc -l <"$scratch/fetched") repositories"
fi
sed -n 's/.*"GET \([^ ]*\) .*/\1/p' "$scratch/requests" >"$scratch/paths"
printf '%s\n' "/missing/$(basename "$archive")" "/$(basename "$archive")" >"$scratch/expected"
if cmp -s "$scratch/paths" "$scratch/expected"; then
    pass "one archive is fetched, from the first mirror that has it"
else
    fail "not one archive is fetched" "$scratch/requests"
fi

if got=$(nested run --noshow_progress --ui_event_filters=-info,-stdout,-stderr @rules_wit//tools/runner -- version 2>"$log") &&
    [ "${got#wasmtime }" != "$got" ]; then
    pass "bazel run @rules_wit//tools/runner runs the program of the archive"
else
    fail "bazel run @rules_wit//tools/runner: $got" "$log"
fi

# Another hash, so that the cache does not have the file.
sed 's/"sha256": "..../"sha256": "0000/' "$index" >rules_wit.json
if bazel build @rules_wit_tools//:rules_wit_wit; then
    fail "a wrong hash is accepted" "$log"
else
    pass "a wrong hash is refused"
fi
for text in "error: failed to download rules_wit " "no address served a file with SHA-256 0000" "hint: " 'strategy = "source"'; do
    grep -qF -- "$text" "$log" || fail "a wrong hash: the output lacks: $text" "$log"
done
cp "$index" rules_wit.json

# From Bazel's cache of downloads.
kill $server
bazel clean --expunge || fail "bazel clean" "$log"
if bazel build @rules_wit_tools//:rules_wit_wit; then
    pass "a second fetch needs no network"
else
    fail "a second fetch needs the network" "$log"
fi
if bazel query --output=build @rules_wit_tools//:all &&
    [ "$(grep -c 'rules_wit_tool_rules_wit_' "$log")" -ge 5 ] && grep -qF 'tools/wit:wit_bin' "$log"; then
    pass "other platforms build the tools from source"
else
    fail "other platforms do not build the tools from source" "$log"
fi

module_file <<'MODULE'
rules_wit.tool(name = "rules_wit", strategy = "source")
MODULE
if bazel query --output=build @rules_wit_tools//:all && ! grep -q 'rules_wit_tool_rules_wit_' "$log"; then
    pass "strategy = \"source\" builds the tools from source"
else
    fail "strategy = \"source\" does not build the tools from source" "$log"
fi
finish
