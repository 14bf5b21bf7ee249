"""Measures builds as ratios within one run.

Usage: bench.py build [--runs N] [--keep]     edit -> component against cargo, null build, analysis of many components
       bench.py split [--runs N] [--keep]     edit of one WIT package: a crate for each package against one for the world
       bench.py compose [--runs N] [--keep]   `component plug` and `component compose` against upstream's `wac`
       bench.py wit [--runs N] [--keep]       `wit check` on trees of up to 1,000 packages, analysis of wit_library
       bench.py dylib [--runs N] [--keep]     components in interpreted languages against those of other tools
       bench.py cold                          a first build with empty caches, step by step

Times are wall times of whole commands and medians of the runs. The two sides of a ratio run in turn. `cold` has all caches
in a new directory, so it takes as long as a first build; started by python3 in place of Bazel, it sets up the toolbox there
too. With `--smoke`, each command runs once on the smallest input, which only shows that it works.
"""

import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

import cold
import compose
import dylib
import split
import wit
from timing import BAZELW, ROOT, copy_repository, row, run


def cargo_twin(to, repository, version):
    """Writes the plugin of the example as a cargo package with the wit-bindgen macro, and its WIT dependencies."""
    sources = repository / "examples/airssys"
    (to / "src").mkdir(parents=True)
    for path in sorted((sources / "plugin").glob("*.rs")):
        text = re.sub(r"^use bindings::", "use crate::bindings::", path.read_text(), flags=re.MULTILINE)
        if path.name == "lib.rs":
            text = re.sub(
                r"^mod report;",
                'mod bindings {\n    wit_bindgen::generate!({ path: "wit", world: "plugin", generate_all, '
                "pub_export_macro: true, generate_unused_types: true });\n}\n\nmod report;",
                text,
                flags=re.MULTILINE,
            )
        (to / "src" / path.name).write_text(text)
    (to / "Cargo.toml").write_text(
        '[package]\nname = "plugin"\nversion = "0.0.0"\nedition = "2021"\n\n[lib]\ncrate-type = ["cdylib"]\n\n'
        '[dependencies]\nhumantime = "2"\nsha2 = "0.11"\nwit-bindgen = { version = "=%s", default-features = false, '
        'features = ["macros", "realloc"] }\n' % version
    )
    wit = to / "wit"
    (wit / "deps").mkdir(parents=True)
    for path in sorted((sources / "wit").glob("*/*.wit")):
        if not path.parent.name.endswith("-provider"):
            shutil.copy(path, wit / (path.name if path.parent.name == "plugin" else "deps/%s.wit" % path.parent.name))
    base = subprocess.run([BAZELW, "info", "output_base"], cwd=repository, capture_output=True, text=True, check=True)
    for path in (pathlib.Path(base.stdout.strip()) / "external").glob("*rules_wit_crates/wasi/p2/*.wit"):
        shutil.copy(path, wit / "deps")


def tool_version(tool):
    """Returns the version of a tool in TOOL_VERSIONS."""
    text = (ROOT / "toolchains/tool_versions.bzl").read_text().partition("TOOL_VERSIONS = {")[2]
    return re.search(r'"%s": "([^"]+)"' % tool, text).group(1)


def edit(path, number):
    """Changes one line so that the output differs."""
    text = path.read_text()
    path.write_text(re.sub(r"walking( \d+)? ", "walking %d " % number, text))


def bench_build(runs, scratch, counts):
    repository = scratch / "repository"
    copy_repository(repository)
    target = "//examples/airssys:plugin"
    bazel = [BAZELW, "build", "--noshow_progress", target]
    run(bazel, repository)

    twin = scratch / "twin"
    cargo_twin(twin, repository, tool_version("wit-bindgen"))
    env = dict(os.environ, CARGO_TARGET_DIR=str(scratch / "target"), RUSTFLAGS="-Clinker=/usr/bin/wasm-ld")
    module = scratch / "target/wasm32-wasip2/debug/plugin.wasm"
    cargo = ["sh", "-c", "cargo build -q --target wasm32-wasip2 && wasm-tools component new %s -o %s.component" % (module, module)]
    run(cargo, twin, env)

    ours, theirs = [], []
    for number in range(runs):
        edit(repository / "examples/airssys/plugin/lib.rs", number)
        ours.append(run(bazel, repository))
        edit(twin / "src/lib.rs", number)
        theirs.append(run(cargo, twin, env))
    row("edit a line of the plugin -> component", ours, theirs, "cargo + wasm-tools")

    wit = repository / "examples/airssys/wit/core-host/host.wit"
    twin_wit = twin / "wit/deps/core-host.wit"
    ours, theirs = [], []
    for number in range(runs):
        for path in (wit, twin_wit):
            path.write_text(re.sub(r"the program's output( \d+)?\.", "the program's output %d." % number, path.read_text()))
        os.utime(twin / "src/lib.rs")
        ours.append(run(bazel, repository))
        theirs.append(run(cargo, twin, env))
    row("edit a WIT doc comment -> component", ours, theirs, "cargo + wasm-tools")

    null = [run(bazel, repository) for _ in range(runs)]
    null_cargo = [run(cargo, twin, env) for _ in range(runs)]
    row("null build", null, null_cargo, "cargo + wasm-tools")

    seconds = {}
    for count in counts:
        many = repository / ("many%d" % count)
        many.mkdir()
        shutil.copy(ROOT / "test/e2e/consumer/greeter.rs", many)
        shutil.copy(ROOT / "test/e2e/consumer/greeter.wit", many)
        (many / "BUILD.bazel").write_text(
            'load("//rules:rust.bzl", "rust_wasm_component")\nload("//rules:wit.bzl", "wit_library")\n'
            'wit_library(name = "wit", srcs = ["greeter.wit"])\n'
            '[rust_wasm_component(name = "c%%d" %% i, srcs = ["greeter.rs"], wit = ":wit", world = "greeter") for i in range(%d)]\n' % count
        )
        # The shared dependencies are analysed before the measurement. A changed file makes Bazel analyse the package again.
        times = []
        for number in range(runs):
            with (many / "BUILD.bazel").open("a") as build:
                build.write("# %d\nfilegroup(name = 'f%d')\n" % (number, number))
            run([BAZELW, "build", "--nobuild", "--noshow_progress", "//examples/airssys:host", "--define=x=%d" % number], repository)
            times.append(run([BAZELW, "build", "--nobuild", "--noshow_progress", "--define=x=%d" % number, "//many%d:all" % count], repository))
        seconds[count] = times
        row("analysis of %d components" % count, times)
    few, many = counts
    print("analysis, %d against %d x %d components     ratio %.2f" % (
        many, many // few, few, statistics.median(seconds[many]) / (many // few * statistics.median(seconds[few]))
    ))


def built(tool, scratch):
    """Builds a tool in a copy of the repository and returns its path. A variable such as `WIT_BIN` names one that is built."""
    repository = scratch / "repository"
    copy_repository(repository)
    if tool.upper() + "_BIN" in os.environ:
        return pathlib.Path(os.environ[tool.upper() + "_BIN"]).resolve()
    run([BAZELW, "build", "--noshow_progress", "//tools/" + tool], repository)
    info = subprocess.run([BAZELW, "info", "bazel-bin"], cwd=repository, capture_output=True, text=True, check=True)
    return (pathlib.Path(info.stdout.strip()) / "tools" / tool / tool).resolve()


def bench_wit(runs, scratch, counts):
    wit.bench_tool(built("wit", scratch), runs, scratch, counts)
    most = counts[-1]
    ours, theirs = wit.bench_analysis(BAZELW, scratch / "repository", run, runs, most)
    row("analysis of %d wit_library targets" % most, ours, theirs, "%d filegroups" % most)


def bench_compose(runs, scratch, counts):
    compose.bench(built("component", scratch), runs, scratch, counts)


def bench_dylib(runs, scratch, counts, smoke):
    tool = built("component", scratch)
    dylib.bench(tool, scratch / "repository", scratch, runs, counts, smoke)


def bench_cold(scratch, smoke):
    repository = scratch / "repository"
    copy_repository(repository)
    cold.bench(repository, None if smoke else scratch / "cache", scratch)


# Command -> sizes of its inputs, and those with --smoke.
SIZES = {
    "build": ((100, 1000), (2, 4)),
    "compose": ((1, 8, 64), (1, 2)),
    "dylib": ((1, 10, 100, 1000), (1, 2)),
    "split": ((7, 200), (5,)),
    "wit": ((10, 100, 1000), (5, 10)),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["build", "cold", "compose", "dylib", "split", "wit"])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", action="store_true", help="keep the working directory")
    parser.add_argument("--smoke", action="store_true", help="only show that the command works")
    options = parser.parse_args()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="rules_wit-bench-"))
    runs = 1 if options.smoke else options.runs
    sizes = SIZES.get(options.what, ((), ()))[options.smoke]
    try:
        if options.what == "build":
            bench_build(runs, scratch, sizes)
        elif options.what == "split":
            split.bench(runs, scratch, sizes)
        elif options.what == "compose":
            bench_compose(runs, scratch, sizes)
        elif options.what == "dylib":
            bench_dylib(runs, scratch, sizes, options.smoke)
        elif options.what == "wit":
            bench_wit(runs, scratch, sizes)
        else:
            bench_cold(scratch, options.smoke)
    finally:
        if (scratch / "repository").exists():
            # Nothing else would delete the outputs of this copy.
            subprocess.run([BAZELW, "clean", "--expunge"], cwd=scratch / "repository", capture_output=True)
        if options.keep:
            print("kept: %s" % scratch)
        else:
            shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
