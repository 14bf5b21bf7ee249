#!/usr/bin/env python3
"""Compares hosts: C with typed bindings, C with Wasmtime's functions alone, and Rust.

Arguments: the host in C, the host in Rust, the component, its machine code for the host in C and for that in Rust, and the
number of rounds. The programs run in turn; a ratio is the median of those of the rounds.
"""

import statistics
import subprocess
import sys
import time

# Name of a ratio -> its two sides, and the goal.
RATIOS = {
    "add: typed C / C by hand": ("add typed", "add manual", 0.95),
    "greet: typed C / C by hand": ("greet typed", "greet manual", 0.95),
    "total: typed C / C by hand": ("total typed", "total manual", 0.95),
    "add: typed C / Rust": ("add typed", "add rust", 0.8),
    "greet: typed C / Rust": ("greet typed", "greet rust", 0.8),
    "total: typed C / Rust": ("total typed", "total rust", 0.8),
    "call on one instance / new instance and call": ("add typed", "instantiate and add", None),
    "instance of a compiled component / compilation": ("instantiate", "load component", None),
    "machine code / compilation": ("load code", "load component", None),
    "process with one call, C: .cwasm / .wasm": ("process c .cwasm", "process c .wasm", None),
    "process with one call, Rust: .cwasm / .wasm": ("process rust .cwasm", "process rust .wasm", None),
    "process with one call, .wasm: C / Rust": ("process c .wasm", "process rust .wasm", None),
    "process with one call, .cwasm: C / Rust": ("process c .cwasm", "process rust .cwasm", None),
}

# Processes of each kind in a round.
PROCESSES = 10


def run(*command):
    """Returns dict[str, float]: name of a measurement -> times per second."""
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def processes(hosts, count):
    """Returns dict[str, float]: name -> processes per second, each of which loads a file and calls a function once.

    Args:
      hosts: dict[str, tuple], name -> a host, the component and its machine code.
      count: int, processes of each kind.
    """
    commands = {
        "process %s %s" % (name, kind): (host, "once", file)
        for name, (host, *files) in hosts.items()
        for kind, file in zip((".wasm", ".cwasm"), files)
    }
    seconds = {name: [] for name in commands}
    for _ in range(count):
        for name, command in commands.items():
            start = time.monotonic()
            subprocess.run(command, check=True)
            seconds[name].append(time.monotonic() - start)
    return {name: 1 / statistics.median(values) for name, values in seconds.items()}


def main():
    c, rust, component, c_code, rust_code, rounds = sys.argv[1:]
    is_smoke = int(rounds) == 1
    milliseconds = "5" if is_smoke else "300"
    hosts = {"c": (c, component, c_code), "rust": (rust, component, rust_code)}
    results = []
    for _ in range(int(rounds)):
        results.append(
            run(c, component, c_code, milliseconds)
            | run(rust, component, milliseconds)
            | processes(hosts, 1 if is_smoke else PROCESSES)
        )
    for result in results:
        result["instantiate and add"] = 1 / (1 / result["instantiate"] + 1 / result["add typed"])
    print("times per second")
    for name in results[0]:
        print("  %-20s %12.0f" % (name, statistics.median(result[name] for result in results)))
    print("ratios")
    for name, (one, two, goal) in RATIOS.items():
        ratio = statistics.median(result[one] / result[two] for result in results)
        print("  %-48s %8.2f%s" % (name, ratio, " (goal %.2f)" % goal if goal else ""))


main()
