"""Measures `component plug` and `component compose` against upstream's `wac`. Environment: WAC, its path."""

import os
import shutil
import subprocess
import sys

from wit import least, measure

# The plugs have realistic sizes.
FUNCTIONS = 20
BYTES = 20000


def plug(number):
    """Returns a component that exports an interface, as text."""
    numbers = range(FUNCTIONS)
    return "\n".join(
        ['(component (core module $m (memory 1) (data (i32.const 0) "%s")' % ("x" * BYTES)]
        + ['(func (export "f%d") (param i32) (result i32) (local.get 0))' % n for n in numbers]
        + [") (core instance $i (instantiate $m))"]
        + ['(func $f%d (param "a" u32) (result u32) (canon lift (core func $i "f%d")))' % (n, n) for n in numbers]
        + ["(instance $api"]
        + ['(export "f%d" (func $f%d))' % (n, n) for n in numbers]
        + [') (export "bench:c%d/api@1.0.0" (instance $api)))' % number]
    )


def socket(count):
    """Returns a component that imports all plugs and exports a function of each, as text."""
    imports = "\n".join(
        '(import "bench:c%d/api@1.0.0" (instance $c%d %s))' % (
            number,
            number,
            " ".join('(export "f%d" (func (param "a" u32) (result u32)))' % n for n in range(FUNCTIONS)),
        )
        for number in range(count)
    )
    exports = "\n".join('(alias export $c%d "f0" (func $e%d)) (export "e%d" (func $e%d))' % (n, n, n, n) for n in range(count))
    return "(component\n%s\n%s)" % (imports, exports)


def source(count):
    """Returns the composition as a WAC source."""
    lines = ["package bench:composed;"]
    lines += ["let c%d = new bench:c%d {};" % (n, n) for n in range(count)]
    arguments = ", ".join('"bench:c%d/api@1.0.0": c%d["bench:c%d/api@1.0.0"]' % (n, n, n) for n in range(count))
    lines += ["let s = new bench:socket { %s };" % arguments, "export s...;"]
    return "\n".join(lines) + "\n"


def write(folder, name, text):
    """Encodes a component and returns its path."""
    (folder / (name + ".wat")).write_text(text)
    path = folder / (name + ".wasm")
    result = subprocess.run(["wasm-tools", "parse", folder / (name + ".wat"), "-o", path], capture_output=True, text=True)
    if result.returncode:
        sys.exit("error: failed to encode a component\n" + result.stderr)
    return path


def bench(tool, runs, scratch, counts):
    """Prints a row for each number of plugs in `counts`."""
    wac = shutil.which(os.environ.get("WAC", "wac"))
    if not wac:
        sys.exit("error: upstream's wac is not on PATH\nhint: install the crate wac-cli, or name the program with WAC")
    for count in counts:
        folder = scratch / str(count)
        folder.mkdir()
        plugs = [write(folder, "c%d" % number, plug(number)) for number in range(count)]
        into = write(folder, "socket", socket(count))
        (folder / "source.wac").write_text(source(count))
        out = folder / "out.wasm"
        dep = ["--dep", "bench:socket=%s" % into]
        for number, plug in enumerate(plugs):
            dep += ["--dep", "bench:c%d=%s" % (number, plug)]
        options = [word for plug in plugs for word in ("--plug", plug)]
        for what, ours, theirs in (
            ("plug", [tool, "plug", into] + options + ["-o", out], [wac, "plug", into] + options + ["-o", out]),
            ("compose", [tool, "compose", folder / "source.wac"] + dep + ["-o", out], [wac, "compose", folder / "source.wac"] + dep + ["-o", out]),
        ):
            first, second = map(least, measure([ours, theirs], runs * 4))
            print("%-44s %8.1f ms %6.1f MB   wac %.1f ms %.1f MB   ratio %.2f" % (
                "%s, %d components" % (what, count),
                first[0] * 1000, first[1], second[0] * 1000, second[1], first[0] / second[0],
            ), flush=True)
