#!/usr/bin/env python3
"""C guests that a WASI SDK compiles, in a module of their own: its files are inputs of the actions, and its path is not.

Arguments: bazelw, the programs component and wit. The SDK is made of Debian's packages. Actions run in a sandbox that hides the
compilers of the machine. Tried are `WASI_SDK_PATH` with two paths, a change of the SDK, and a release that the
module extension chooses.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

import debian_wasi_sdk

BAZELW = pathlib.Path(sys.argv[1]).resolve()
TOOLS = [pathlib.Path(path).absolute() for path in sys.argv[2:4]]
WORKSPACE = BAZELW.parent
SCRATCH = pathlib.Path(os.environ["TEST_TMPDIR"]).resolve()
CONSUMER = SCRATCH / "consumer"
ACTIONS = SCRATCH / "actions.json"

# Variables of the outer Bazel, which must not affect the inner one. With TEST_TMPDIR, it would share no caches.
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("TEST_", "RUNFILES", "BUILD_", "XML_OUTPUT", "WASI_SDK_PATH"))
}
ENVIRONMENT.setdefault("HOME", os.path.expanduser("~"))

# Kinds of actions -> a program of the SDK that each runs, and a file that the program needs.
KINDS = {
    "CppArchive": ("llvm-ar", "/lib/libLLVM"),
    "CppCompile": ("clang", "/include/stdint.h"),
    "CppLink": ("clang", "/bin/wasm-ld"),
    "WasmStaticLibrary": ("wasm-ld", "/lib/libLLVM"),
}
# The same on every machine: --incompatible_strict_action_env.
CONSTANT = {"PATH", "PWD"}
# The start of an absolute path in an argument. Labels start with two slashes.
ABSOLUTE = re.compile(r"(^|[=:,]|-I|-L)/(?!/)")

FILES = {
    "BUILD.bazel": """
load("@rules_cc//cc:defs.bzl", "cc_library")
load("@rules_wit//rules:interpreter.bzl", "wasm_interpreter", "wasm_shared_library")
load("@rules_wit//rules:link.bzl", "wasm_static_library")
load("@rules_wit//rules:wit.bzl", "wit_library")
load("@rules_wit//toolchains:defs.bzl", "tool_toolchain")

[(
    tool_toolchain(name = name, tool = name + ".bin"),
    toolchain(name = name + "_toolchain", toolchain = name, toolchain_type = "@rules_wit//toolchains:%s_toolchain_type" % name),
) for name in ("component", "wit")]

cc_library(name = "plain", srcs = ["plain.c"], alwayslink = True)
cc_library(name = "libc", srcs = ["libc.c"], alwayslink = True)
cc_library(name = "cxx", srcs = ["cxx.cc"], copts = ["-fno-exceptions"])
wasm_shared_library(name = "shared", deps = ["plain"])
wasm_interpreter(name = "interpreter", extensions = ["x"], libs = ["libc"])
wit_library(name = "wit_package", srcs = ["plain.wit"])
wasm_static_library(name = "static", deps = ["plain"], wit = "wit_package", world = "plain")
""",
    "plain.wit": """
package test:sdk;

world plain {
    export add: func(a: u32, b: u32) -> u32;
}
""",
    "plain.c": """
#include <stdint.h>

__attribute__((export_name("add"))) uint32_t add(uint32_t a, uint32_t b) { return a + b; }
""",
    # The product is a function of clang's runtime library.
    "libc.c": """
#include <stdio.h>
#include <stdlib.h>

__attribute__((export_name("twice"))) int twice(const char *text) { return printf("%Lf", 2 * strtold(text, NULL)); }
""",
    "cxx.cc": """
#include <algorithm>
#include <cstdlib>
#include <vector>

int largest(const std::vector<int> &values) { return std::abs(*std::max_element(values.begin(), values.end())); }
""",
}
TARGETS = ["//:interpreter", "//:shared", "//:static"]

MODULE = f"""
module(name = "consumer")
bazel_dep(name = "rules_cc", version = "%s")
bazel_dep(name = "rules_wit")
local_path_override(module_name = "rules_wit", path = "{WORKSPACE}")
"""

# Chooses a release, in place of that of upstream, by a registry file and a mirror.
RELEASE = """
rules_wit = use_extension("@rules_wit//toolchains:extensions.bzl", "rules_wit")
rules_wit.index(file = "//:wasi-sdk.json")
rules_wit.mirrors(urls = ["file://%s/{asset}"])
rules_wit.tool(name = "wasi-sdk", strategy = "release", version = "%s")
use_repo(rules_wit, "rules_wit_tools")
register_toolchains("@rules_wit_tools//c:all")
"""
# A version that upstream does not have.
VERSION = "0"

results = []
text = ""


def report(passed, what, details=()):
    results.append(passed)
    print("PASS" if passed else "FAIL", what, flush=True)
    for line in list(details)[-30:] if not passed else ():
        print("    " + str(line))


def bazel(*arguments):
    """Runs Bazel, and returns whether it succeeded."""
    global text
    line = [BAZELW, "--max_idle_secs=60", *arguments]
    done = subprocess.run(line, cwd=CONSUMER, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    text = done.stdout
    return done.returncode == 0


def hidden():
    """Returns list[Path]: what compiles for WebAssembly on the machine."""
    llvm = debian_wasi_sdk.llvm()
    libraries = [path for name in ("libLLVM.so*", "libclang-cpp.so*") for path in pathlib.Path(debian_wasi_sdk.LIBRARIES[0]).glob(name)]
    wasi = [path for kind in ("include", "lib") for path in pathlib.Path("/usr", kind).glob("wasm32-wasi*")]
    return [path for path in [llvm, *libraries, *wasi] if not path.is_symlink()]


def build(sdk, *targets, cache=None):
    """Builds in a sandbox without the compilers of the machine.

    Args:
      sdk: the value of WASI_SDK_PATH, or None.
      targets: list[str]; flags too.
      cache: the path of a disk cache, or None.

    Returns:
      (bool, list[dict]): whether it succeeded, and the actions that run programs of a C toolchain.
    """
    ACTIONS.unlink(missing_ok=True)
    ok = bazel(
        "build",
        "--noshow_progress",
        "--extra_toolchains=//:all",
        f"--execution_log_json_file={ACTIONS}",
        f"--disk_cache={cache or ''}",
        f"--repo_env=WASI_SDK_PATH={sdk or ''}",
        "--incompatible_strict_action_env",
        # The only sandbox that hides paths.
        "--spawn_strategy=linux-sandbox",
        *[f"--sandbox_block_path={path}" for path in hidden()],
        *targets,
    )
    return ok, [action for action in spawns() if action["mnemonic"] in KINDS]


def spawns():
    """Yields dict: the entries of the execution log."""
    decoder, log, at = json.JSONDecoder(), ACTIONS.read_text(encoding="utf-8") if ACTIONS.exists() else "", 0
    while at < len(log.rstrip()):
        entry, at = decoder.raw_decode(log, at)
        yield entry
        while at < len(log) and log[at].isspace():
            at += 1


def arguments(action):
    """Yields str: the arguments of an action, also those in files."""
    for argument in action["commandArgs"]:
        yield argument
        if argument.startswith("@"):
            yield from (CONSUMER / "bazel-consumer" / argument[1:]).read_text().splitlines()


def machine_paths(actions):
    """Returns list[str]: what names a path of the machine in commands and environments."""
    found = [f"{action['mnemonic']}: {argument}" for action in actions for argument in arguments(action) if ABSOLUTE.search(argument)]
    for action in actions:
        found += [f"{action['mnemonic']}: {variable}" for variable in action["environmentVariables"] if variable["name"] not in CONSTANT]
    return found


def lacking(actions):
    """Returns list[str]: the kinds of actions that lack the compiler among their inputs, or did not run."""
    found = sorted(KINDS.keys() - {action["mnemonic"] for action in actions})
    for action in actions:
        paths = [entry["path"] for entry in action["inputs"]]
        program, file = KINDS[action["mnemonic"]]
        if not any(path.endswith("/bin/" + program) for path in paths) or not any(file in path for path in paths):
            found.append(f"{action['mnemonic']} has {len(paths)} inputs without {program} or {file}")
    return found


def digests(actions):
    """Returns dict[tuple, str]: the mnemonic, target and name of each output -> its hash."""
    return {
        (action["mnemonic"], action["targetLabel"], os.path.basename(output["path"])): output["digest"]["hash"]
        for action in actions
        for output in action["actualOutputs"]
        # The names of headers, which have the name of the repository.
        if not output["path"].endswith(".d")
    }


def missed(actions):
    """Returns list[str]: the actions that ran, instead of being hits of the cache."""
    return [f"{action['mnemonic']} {action['targetLabel']}" for action in actions if "cache hit" not in action.get("runner", "")]


def write_module(*more):
    version = re.search(r'name = "rules_cc", version = "([^"]+)"', (WORKSPACE / "MODULE.bazel").read_text()).group(1)
    (CONSUMER / "MODULE.bazel").write_text(MODULE % version + "".join(more))


def check_paths(one, two):
    """Builds with the same SDK at two paths."""
    cache = SCRATCH / "disk"
    ok, actions = build(one, *TARGETS, cache=cache)
    report(ok, "C guests build with $WASI_SDK_PATH and without the compilers of the machine", text.splitlines())
    if not ok:
        return None
    expected = digests(actions)
    report(not lacking(actions), "each kind of action has the compiler as an input", lacking(actions))
    report(not machine_paths(actions), "no action names a path of the machine", machine_paths(actions))

    bazel("clean")
    ok, actions = build(two, *TARGETS, cache=cache)
    report(ok and actions and not missed(actions), "the keys of actions do not depend on the path of the SDK", missed(actions) or text.splitlines())
    bazel("clean")
    ok, actions = build(two, *TARGETS)
    report(ok and len(missed(actions)) == len(actions), "an SDK at another path compiles everything again", text.splitlines())
    report(ok and digests(actions) == expected, "outputs are byte-equal with SDKs at two paths")

    ok, _ = build(two, "//:cxx", "--platforms=@rules_wit//toolchains/platforms:wasip1")
    report(ok, "C++ with the standard library compiles", text.splitlines())

    header = two / "share/wasi-sysroot/include/wasm32-wasip2/stdio.h"
    changed = header.read_text() + "// changed\n"
    # Its file may be that of the other SDK.
    header.unlink()
    header.write_text(changed)
    ok, actions = build(two, *TARGETS, cache=cache)
    again = {action["targetLabel"] for action in actions if missed([action])}
    report(ok and again == {"//:libc"}, "a change of a header compiles what can include it, and nothing else", [again, *text.splitlines()])
    return expected


def check_release(sdk, expected):
    """Builds with the SDK of a release, which the module extension chooses."""
    document = json.loads((WORKSPACE / "checksums/tools/wasi-sdk.json").read_text())
    published = document["versions"][document["latest_version"]]["platforms"]
    platform = {"x86_64": "linux_amd64", "aarch64": "linux_arm64"}[os.uname().machine]
    suffix = published[platform]["url_suffix"]
    asset = SCRATCH / document["release"]["asset"].format(version=VERSION, url_suffix=suffix)
    folder = document["release"]["binary"].partition("/")[0].format(version=VERSION, stem=suffix.removesuffix(".tar.gz"))
    # Compression would take longer than the build.
    with tarfile.open(asset, "w:gz", compresslevel=0) as archive:
        archive.add(sdk, folder)
    with asset.open("rb") as file:
        entry = {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "url_suffix": suffix, "verified": True}
    document["versions"] = {VERSION: {"platforms": {platform: entry}}}
    document["latest_version"] = VERSION
    (CONSUMER / "wasi-sdk.json").write_text(json.dumps(document))
    write_module(RELEASE % (SCRATCH, VERSION))

    ok, actions = build(None, *TARGETS)
    report(ok, "C guests build with a release of the SDK and without the compilers of the machine", text.splitlines())
    report(ok and not lacking(actions) and not machine_paths(actions), "its files are inputs too", lacking(actions) + machine_paths(actions))
    report(ok and digests(actions) == expected, "outputs are byte-equal with a release")


def main():
    if not debian_wasi_sdk.llvm():
        print("SKIP: needs the LLVM of the toolbox")
        return 0
    CONSUMER.mkdir()
    for name, content in FILES.items():
        (CONSUMER / name).write_text(content.lstrip())
    for tool in TOOLS:
        shutil.copy(tool, CONSUMER / (tool.name + ".bin"))
    write_module()
    one, two = SCRATCH / "one/wasi-sdk", SCRATCH / "another/longer/path/two"
    debian_wasi_sdk.assemble(one)
    shutil.copytree(one, two, symlinks=True, copy_function=os.link)

    expected = check_paths(one, two)
    if expected:
        check_release(one, expected)
        write_module()
        ok, _ = build(None, *TARGETS)
        report(not ok, "without an SDK, no compiler is found")
    ok, _ = build(SCRATCH, *TARGETS)
    report(not ok and "error: no WASI SDK in" in text and "hint: " in text, "a path without an SDK is an error", text.splitlines())
    bazel("shutdown")
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
