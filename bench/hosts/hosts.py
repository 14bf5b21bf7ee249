#!/usr/bin/env python3
"""Compares hosts: C with typed bindings, C with Wasmtime's functions alone, and Rust.

Arguments: the host in C, the host in Rust, the component, its machine code, and the number of rounds. The programs run in
turn; a ratio is the median of those of the rounds.
"""

import statistics
import subprocess
import sys

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
}


def run(*command):
    """Returns dict[str, float]: name of a measurement -> times per second."""
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def main():
    c, rust, component, code, rounds = sys.argv[1:]
    time = "300" if int(rounds) > 1 else "5"
    results = [run(c, component, code, time) | run(rust, component, time) for _ in range(int(rounds))]
    for result in results:
        result["instantiate and add"] = 1 / (1 / result["instantiate"] + 1 / result["add typed"])
    print("times per second")
    for name in results[0]:
        print("  %-16s %12.0f" % (name, statistics.median(result[name] for result in results)))
    print("ratios")
    for name, (one, two, goal) in RATIOS.items():
        ratio = statistics.median(result[one] / result[two] for result in results)
        print("  %-48s %8.2f%s" % (name, ratio, " (goal %.2f)" % goal if goal else ""))


main()
