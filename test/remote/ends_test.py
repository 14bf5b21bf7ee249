#!/usr/bin/env python3
"""Everything that //test/remote starts ends with it: after Ctrl-C, when it is terminated, and when it is killed.

Usage: bazel run //test/remote:ends_test, in the toolbox and as root.
"""

import os
import pathlib
import signal
import subprocess
import sys
import time

REMOTE = pathlib.Path(__file__).resolve().parent / "remote.py"
# Servers of a farm, as the kernel names their processes. Those of the second root, such as nginx, have the name of its loader.
EXPECTED = {"ld-linux-x86-64", "postgres"}


def processes():
    """Returns dict[int, tuple]: the parent, start time and name of each process."""
    found = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().partition("(")[2].rpartition(") ")
        except OSError:
            continue
        fields = rest.split()
        found[int(path.parent.name)] = int(fields[1]), fields[19], name
    return found


def below(root):
    """Returns dict[int, tuple]: the processes that descend from one, and itself."""
    everything = processes()
    found, more = {}, {root} & set(everything)
    while more:
        found |= {pid: everything[pid] for pid in more}
        more = {pid for pid, (parent, _, _) in everything.items() if parent in more} - set(found)
    return found


def alive(started):
    """Returns dict[int, tuple]: which of these processes are still there."""
    now = processes()
    return {pid: entry for pid, entry in started.items() if pid in now and now[pid][1:] == entry[1:]}


def check(name, end):
    """Starts a farm and ends it. Returns whether all of its processes ended."""
    farm = subprocess.Popen(
        [sys.executable, "-B", REMOTE, "up"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    output = []
    for line in farm.stdout:
        output.append(line)
        if "Ctrl-C ends it" in line:
            break
    started = below(farm.pid)
    names = {entry[2] for entry in started.values()}
    if not EXPECTED <= names:
        farm.kill()
        print(f"FAIL {name}: the farm did not start: {sorted(names)}\n" + "".join(output))
        return False
    end(farm)
    deadline = time.monotonic() + 30
    while alive(started) and time.monotonic() < deadline:
        farm.poll()
        time.sleep(0.1)
    left = sorted(entry[2] for entry in alive(started).values())
    print(f"{'FAIL' if left else 'PASS'} {name}: {len(started)} processes, left: {left}", flush=True)
    for pid in alive(started):
        os.kill(pid, signal.SIGKILL)
    farm.wait()
    return not left


def main():
    results = [
        check("Ctrl-C", lambda farm: os.killpg(farm.pid, signal.SIGINT)),
        check("terminated", lambda farm: farm.terminate()),
        check("killed", lambda farm: farm.kill()),
    ]
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
