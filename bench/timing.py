"""Runs and times commands, and prints lines of the report."""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(os.environ.get("BUILD_WORKSPACE_DIRECTORY", ".")).resolve()
BAZELW = ROOT / "bazelw"


def run(command, cwd, env=None):
    """Runs a command and returns its seconds. Ends the benchmark if it fails."""
    start = time.monotonic()
    result = subprocess.run([str(word) for word in command], cwd=cwd, env=env, capture_output=True, text=True)
    seconds = time.monotonic() - start
    if result.returncode:
        sys.exit("error: failed to run %s in %s\n%s%s" % (" ".join(map(str, command)), cwd, result.stdout, result.stderr))
    return seconds


def row(name, ours, other=None, what=""):
    """Prints one line: the medians, and the ratio if there is another side."""
    text = "%-44s %8.2f s" % (name, statistics.median(ours))
    if other:
        ratio = statistics.median(one / two for one, two in zip(ours, other))
        text += "   %s %.2f s   ratio %.2f" % (what, statistics.median(other), ratio)
    print(text, flush=True)


def copy_repository(to):
    shutil.copytree(ROOT, to, ignore=shutil.ignore_patterns(".git", "bazel-*", "target"))
