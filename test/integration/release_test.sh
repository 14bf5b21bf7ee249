#!/bin/sh
# shellcheck disable=SC1091,SC2154,SC2164
# Tools that a module chooses with the module extension: valid and invalid releases from a server on loopback, mirrors,
# registry files of the module, and local tools. Tools that are not used are not downloaded.
# Arguments: bazelw, releases.py.
. "$(dirname "$0")/lib.sh"
releases=$(readlink -f "$2")
consumer=$scratch/consumer
other=$scratch/other
log=$scratch/log
mkdir -p "$consumer/bin" "$other"
# The oldest generator that can be built from source.
source=$(sed -n '/"wit-bindgen": \[/{n;s/[^0-9.]//gp}' "$workspace/toolchains/tool_versions.bzl")
cd "$consumer"

# The server ends when this test closes the pipe.
mkfifo "$scratch/pipe"
python3 "$releases" "$consumer" <"$scratch/pipe" &
exec 9>"$scratch/pipe"
tries=0
while [ ! -e port ] && [ $tries -lt 100 ]; do sleep 0.1 && tries=$((tries + 1)); done
port=$(cat port)

# module_file: writes MODULE.bazel, with further statements from the standard input.
module_file() {
    cat >MODULE.bazel - <<MODULE
module(name = "consumer")
bazel_dep(name = "rules_wit")
local_path_override(module_name = "rules_wit", path = "$workspace")
rules_wit = use_extension("@rules_wit//toolchains:extensions.bzl", "rules_wit")
use_repo(rules_wit, "rules_wit_tools")
$(cat)
MODULE
}

# bazel ARGUMENTS...: runs Bazel with its output in the log.
bazel() {
    nested "$@" --noshow_progress >"$log" 2>&1
}

# says WHAT TEXT...: passes if the log contains each text.
says() {
    what=$1
    shift
    for text; do
        grep -qF -- "$text" "$log" || { fail "$what: the output lacks: $text" "$log" && return; }
    done
    pass "$what"
}

# refused WHAT TOOL TEXT...: passes if building the tool fails with each text and leaves no files.
refused() {
    what=$1
    tool=$2
    shift 2
    if bazel build "@rules_wit_tools//:$tool"; then
        fail "$what: succeeds" "$log"
        return
    fi
    find "$base/external" -maxdepth 1 -name "*rules_wit_tool_$tool*" >"$scratch/left"
    find "$base" "$consumer" -name escaped >>"$scratch/left"
    if [ -s "$scratch/left" ]; then fail "$what: leaves files" "$scratch/left" && return; fi
    says "$what" "error: failed to " "$tool 1.2.3 for " "hint: " "$@"
}

runs() {
    what=$1
    if got=$(nested run --noshow_progress --ui_event_filters=-info,-stdout,-stderr "@rules_wit_tools//:$2" -- now 2>"$log") &&
        [ "$got" = "$2 now" ]; then
        pass "$what"
    else
        fail "$what: $got" "$log"
    fi
}

cat >BUILD.bazel <<'BUILD'
load("@rules_wit//rules:wit.bzl", "wit_library")
load("@rules_wit//toolchains:defs.bzl", "tool_toolchain")
load("@rules_wit_tools//:versions.bzl", "CHOSEN")

wit_library(name = "package", srcs = ["x.wit"])

[(
    tool_toolchain(name = name, tool = "bin/tool"),
    toolchain(name = name + "_toolchain", toolchain = name, toolchain_type = "@rules_wit//toolchains:%s_toolchain_type" % name),
) for name in ("component", "runner", "wit")]

[print("chosen:", tool, CHOSEN[tool]["version"], CHOSEN[tool]["strategy"]) for tool in sorted(CHOSEN)]
BUILD
printf '#!/bin/sh\necho "$(basename "$0") $*"\n' >bin/tool
chmod +x bin/tool
echo 'package a:b;' >x.wit

module_file <tools.MODULE.bazel
base=$(nested info output_base 2>/dev/null)
# Removes files that an earlier run of this test fetched.
bazel clean --expunge || fail "bazel clean" "$log"
if bazel build --nobuild //:package --extra_toolchains=//:all && bazel cquery 'deps(//:package)' --extra_toolchains=//:all; then
    if [ ! -s requests ] && ! find "$base/external" -maxdepth 1 -name '*rules_wit_tool_*' | grep -q .; then
        pass "resolving toolchains sends no request"
    else
        fail "resolving toolchains sends requests" requests
    fi
else
    fail "toolchains cannot be resolved" "$log"
fi

for kind in tar-gz tar-xz zip bare flat same; do
    runs "a release as $kind runs" "good-$kind"
done
if [ "$(wc -l <requests)" = 6 ]; then
    pass "one request for each tool that runs"
else
    fail "not one request for each tool that runs" requests
fi

refused "a wrong digit in a hash" flipped "Checksum was" "http://127.0.0.1:$port/serve/v1.2.3/flipped-any.zip"
refused "a truncated body" cut "Premature EOF"
refused "a missing file" missing "404"
refused "a redirect to another host with the wrong bytes" astray "Checksum was"
# GitHub redirects release archives to another host; the hash verifies the content.
runs "a redirect to another host with the right bytes" elsewhere
grep -q "^localhost:$port /serve/elsewhere" requests || fail "the redirect is not followed" requests
refused "an archive without a top folder and with a ../ entry" evil-flat "has an entry outside of its folder: ../../escaped"
for kind in zip tar-gz tar-xz; do
    refused "a $kind archive with a ../ entry" "evil-$kind" "has an entry outside of its folder: ../../escaped"
    refused "a $kind archive with an absolute path" "absolute-$kind" "has an entry outside of its folder: "
done
if bazel build @rules_wit_tools//:link; then
    fail "an archive that writes through a link: succeeds" "$log"
elif [ -e "$scratch/escaped" ]; then
    fail "an archive that writes through a link: writes outside of its folder"
else
    says "an archive that writes through a link" "link-any.tar.gz"
fi
refused "a program that is a link out of the archive" link-program "has a link that leads out of its folder: bin/tool"
[ ! -x "$scratch/victim" ] || fail "a program that is a link out of the archive: makes the file executable"
refused "a link out of the archive beside the program" link-beside "has a link that leads out of its folder: data"
runs "a program that is a link within the archive" link-inside
bazel build @rules_wit_tools//:foreign || true
says "a release for other platforms only" "error: foreign 1.2.3 is not released for this platform, only for windows_arm64; hint: "
refused "a file that is not an archive" garbage "failed to list the entries of garbage"
refused "an archive without the program" empty 'has no `empty/bin/tool`'

{
    cat tools.MODULE.bazel
    echo "rules_wit.mirrors(urls = ["
    echo "    \"http://127.0.0.1:1/{asset}\"," # no server
    echo "    \"http://127.0.0.1:$port/missing/lacks/{asset}\","
    echo "    \"http://localhost:$port/serve/mirror/{github_repo}/{tag}/{asset}\","
    echo "])"
} | module_file
: >requests
runs "a mirror after one that is down and one that lacks the file" mirrored
cat >"$scratch/expected" <<EXPECTED
127.0.0.1:$port /missing/lacks/mirrored-any.zip
localhost:$port /serve/mirror/example/mirrored/v1.2.3/mirrored-any.zip
EXPECTED
if cmp -s requests "$scratch/expected"; then pass "mirrors are tried in order, before the origin"; else fail "mirrors are not tried in order" requests; fi

# rejected WHAT TEXT...: passes if the module extension fails on the statements from the standard input.
rejected() {
    module_file
    what=$1
    shift
    if bazel build @rules_wit_tools//:all; then fail "$what: succeeds" "$log"; else says "$what" "$@" "hint: "; fi
}

: >requests
rejected "a version that is not in the registry" "error: no wit-bindgen 0.0.1 in the registry" \
    "bazel run @rules_wit//tools/checksum_updater -- update wit-bindgen 0.0.1" <<'MODULE'
rules_wit.tool(name = "wit-bindgen", strategy = "release", version = "0.0.1")
MODULE
rejected "a version that cannot be built" "error: wit-bindgen 0.0.1 cannot be built from source; supported versions: $source" <<'MODULE'
rules_wit.tool(name = "wit-bindgen", version = "0.0.1")
MODULE
rejected "an invalid mirror" 'contains neither {asset} nor {url}' <<'MODULE'
rules_wit.mirrors(urls = ["https://mirror.example/"])
MODULE
sed 's/"tool_name": "good-zip"/"tool_name": "wac"/' good-zip.json >own.json
rejected "a registry file with another tool of the same name" '`github_repo` of wac in `//:own.json` contradicts the registry of rules_wit' <<'MODULE'
rules_wit.index(file = "//:own.json")
MODULE
python3 - "$workspace/checksums/tools/wac.json" own.json <<'PYTHON'
import json, sys
tool = json.load(open(sys.argv[1]))
for version in tool["versions"].values():
    for platform in version["platforms"].values():
        platform["sha256"] = "0" * 64
json.dump(tool, open(sys.argv[2], "w"))
PYTHON
rejected "a registry file with different hashes" 'sha256 of wac ' ' in `//:own.json` contradicts the registry of rules_wit: 0000000000000000' <<'MODULE'
rules_wit.index(file = "//:own.json")
MODULE
echo '{' >own.json
rejected "an invalid registry file" 'invalid registry file `//:own.json`' <<'MODULE'
rules_wit.index(file = "//:own.json")
MODULE

cat >"$other/MODULE.bazel" <<MODULE
module(name = "other")
bazel_dep(name = "rules_wit")
rules_wit = use_extension("@rules_wit//toolchains:extensions.bzl", "rules_wit")
rules_wit.tool(name = "wit-bindgen", version = "$source")
# Ignored outside the root module.
rules_wit.mirrors(urls = ["nonsense"])
rules_wit.index(file = "//:nonsense.json")
MODULE
depends_on_other() {
    echo 'bazel_dep(name = "other")'
    echo "local_path_override(module_name = \"other\", path = \"$other\")"
}
depends_on_other >"$scratch/statements"
rejected "two modules request two versions" "error: the module \`other\` requests wit-bindgen $source, but the root module \`consumer\` uses the default " \
    "rules_wit.tool(name = \"wit-bindgen\", version = \"$source\")" <"$scratch/statements"
{
    depends_on_other
    cat <<MODULE
rules_wit.tool(name = "wit-bindgen", version = "$source")
rules_wit.tool(name = "wac", path = "bin/tool", strategy = "local", version = "0.0.1")
rules_wit.tool(name = "wkg", path = "basename", strategy = "local", version = "0.0.1")
rules_wit.tool(name = "wasm-tools", path = "$consumer/bin/tool", strategy = "local", version = "0.0.1")
rules_wit.tool(name = "tinygo", path = "no-such-program", strategy = "local", version = "0.0.1")
rules_wit.tool(name = "go", path = "bin/nothing", strategy = "local", version = "0.0.1")
MODULE
} | module_file
bazel query --output=build @rules_wit_tools//:wit-bindgen || true
says "a choice in the root module resolves the conflict" "third_party/wit_bindgen:wit_bindgen_$source"
bazel query //:all || true
says "versions.bzl contains the chosen versions" "chosen: wac 0.0.1 local" "chosen: wit-bindgen $source source"
for tool in wac wasm-tools; do
    if got=$(nested run --noshow_progress --ui_event_filters=-info,-stdout,-stderr "@rules_wit_tools//:$tool" -- now 2>"$log") &&
        [ "$got" = "$tool now" ]; then
        pass "the local $tool runs"
    else
        fail "the local $tool: $got" "$log"
    fi
done
if got=$(nested run --noshow_progress --ui_event_filters=-info,-stdout,-stderr @rules_wit_tools//:wkg -- /a/b 2>"$log") && [ "$got" = b ]; then
    pass "a program on PATH runs"
else
    fail "a program on PATH: $got" "$log"
fi
bazel build @rules_wit_tools//:tinygo || true
says "a missing program" 'error: failed to find the `local` tinygo: no `no-such-program` on PATH' "hint: "
bazel build @rules_wit_tools//:go || true
says "a missing file in the workspace" 'error: failed to find the `local` go: no file `bin/nothing` in the workspace' "hint: "
if [ ! -s requests ]; then pass "local tools send no requests"; else fail "local tools send requests" requests; fi
finish
