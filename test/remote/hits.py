#!/usr/bin/env python3
"""Whether a second client finds the results of the first in a shared cache.

Usage: hits.py BAZELW TOOL...
Environment: TEST_TMPDIR. The tools are those that the copies of this repository use.

The clients have other paths and other output bases. Hits are counted from the execution log, for the mnemonics that the rules
declare. A mnemonic that no target here uses is an error too.
"""

import collections
import os
import pathlib
import re
import sys

import session

# Together, they run each kind of action.
TARGETS = [
    "//examples/airssys:demo_component",
    "//examples/airssys/wit/...",
    "//examples/hosts:plugin_code",
    "//examples/hosts:plugin_host_source",
    "//examples/hosts:plugin_moonbit_host",
    "//examples/hosts:plugin_rust_host_source",
    "//examples/js:types",
    "//examples/moonbit:shop",
    "//examples/static_linking:linked_libraries",
    "//examples/static_linking:linked_optimized",
    "//test/browser:docs",
    "//test/browser:graph",
    "//test/rules/compose:by_text",
    "//test/rules/interpreters:echo_javascript_shared",
    "//test/rules/interpreters:preinit_lua",
    "//test/rules/lower:lowered",
    "//test/rules/publish:decoded",
    "//test/rules/publish:demo",
    "//test/rules/shared:linked",
    "//toolchains/wasmtime/moonbit:raw",
]
# WIT packages and bindings, and configurations in which they are the same.
SOURCES = [
    "//examples/airssys/wit/...",
    "//examples/airssys:plugin_bindings_source",
    "//examples/hosts:plugin_host_source",
    "//examples/hosts:plugin_rust_host_source",
    "//examples/js:types",
    "//examples/moonbit:bindings",
]
CONFIGURATIONS = {
    "optimized": ["--compilation_mode=opt"],
    "with debug information": ["--compilation_mode=dbg"],
    "for WASI": ["--platforms=//toolchains/platforms:wasip2"],
    "for WebAssembly without WASI": ["--platforms=//toolchains/platforms:unknown"],
}
HITS = {"disk cache hit", "remote cache hit", "deduplicated"}
# The share of hits of all actions, also those of other rules.
ENOUGH = 0.95

SYSTEM_RC = pathlib.Path("/etc/bazel/bazelrc")


def mnemonics(workspace):
    """Returns set[str]: the mnemonics of all actions that the rules declare."""
    found = set()
    for path in (pathlib.Path(workspace) / "rules").rglob("*.bzl"):
        found |= set(re.findall(r'mnemonic = "(\w+)"', path.read_text(encoding="utf-8")))
    return found


def count(log, names):
    """Counts hits.

    Args:
      log: session.Log.
      names: set[str], mnemonics.

    Returns:
      (int, int, list[str]): hits and actions with these mnemonics, and the actions that missed.
    """
    hits, total, missed = 0, 0, []
    for mnemonic, target, runner in log.actions:
        if mnemonic in names:
            total += 1
            if runner in HITS:
                hits += 1
            else:
                missed.append(f"{mnemonic} {target}: {runner}")
    return hits, total, sorted(missed)


def check(workspace, scratch, tools, cache, report):
    """Builds with two clients and reports the hits of the second.

    Args:
      workspace: path of this repository.
      scratch: path of a directory.
      tools: list of paths.
      cache: list[str], Bazel's flags for the cache.
      report: function of a bool, a text and lines of details.
    """
    names = mnemonics(workspace)
    first = session.Session(workspace, scratch, tools, "first")
    second = session.Session(workspace, pathlib.Path(scratch) / "another/directory", tools, "second")
    built = first.run("build", *cache, *TARGETS, log=True)
    report(built.ok, f"the first client builds, {built.seconds:.0f} s", [] if built.ok else built.text.splitlines()[-25:])
    first.shutdown()
    if not built.ok:
        return
    built = second.run("build", *cache, *TARGETS, log=True)
    report(built.ok, f"the second client builds, {built.seconds:.0f} s", [] if built.ok else built.text.splitlines()[-25:])
    if built.ok:
        hits, total, missed = count(built.log, names)
        report(hits == total and total > 0, f"at another path, {hits} of {total} actions of the rules are hits", missed[:20])
        unused = sorted(names - set(built.log.hits))
        report(not unused, f"all {len(names)} mnemonics of the rules occur", [name + ": add a target to hits.py" for name in unused])
        hits, total, missed = count(built.log, set(built.log.hits))
        report(hits >= ENOUGH * total, f"of all actions, {hits} of {total} are hits", missed[:20])
    for name, flags in CONFIGURATIONS.items():
        # Some have the same output directory, where the results would already be.
        second.clean()
        built = second.run("build", *cache, *flags, *SOURCES, log=True)
        hits, total, missed = count(built.log, names) if built.ok else (0, 0, built.text.splitlines()[-25:])
        report(built.ok and hits == total and total > 0, f"{name}, {hits} of {total} actions on WIT and bindings are hits", missed[:20])
    second.shutdown()


def main(bazelw, *tools):
    results = collections.Counter()

    def report(passed, text, details=()):
        results[passed] += 1
        print("PASS" if passed else "FAIL", text)
        for line in details:
            print("    " + line)

    scratch = pathlib.Path(os.environ["TEST_TMPDIR"]).resolve()
    # In the toolbox, the cache of all workspaces, so that the first client compiles no guests.
    cache = [] if SYSTEM_RC.exists() else [f"--disk_cache={scratch / 'disk'}"]
    check(pathlib.Path(bazelw).resolve().parent, scratch, [pathlib.Path(tool).absolute() for tool in tools], cache, report)
    print(f"{results[True]} passed, {results[False]} failed")
    sys.exit(bool(results[False]))


if __name__ == "__main__":
    main(*sys.argv[1:])
