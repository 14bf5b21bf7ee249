"""Measures a first build with empty caches, step by step, and which actions took longest."""

import collections
import gzip
import json
import os
import pathlib

from timing import row, run

# Name of a step -> arguments of bazelw. The first sets up the toolbox.
STEPS = [
    ("toolbox", ["--version"]),
    ("modules and crates", ["build", "--nobuild", "//examples/airssys:demo"]),
    ("tools wit and component", ["build", "//tools/wit", "//tools/component"]),
    ("runner, with wasmtime", ["build", "//tools/runner"]),
    ("the example's components", ["build", "//examples/airssys:demo"]),
    ("the demo", ["run", "//examples/airssys:demo"]),
]
TESTS = ("all tests", ["test", "//..."])

# Exists inside the toolbox only.
INSIDE = pathlib.Path("/usr/share/rules_wit/toolbox")

# The number of actions in the report.
LONGEST = 25


def actions(profile):
    """Returns dict[str, float]: the seconds of the actions in one of Bazel's profiles, by progress message.

    Args:
      profile: path of a gzipped file in the Trace Event Format.
    """
    seconds = collections.Counter()
    with gzip.open(profile) as file:
        for event in json.load(file)["traceEvents"]:
            if event.get("cat") == "action processing":
                seconds[event["name"]] += event.get("dur", 0) / 1e6
    return seconds


def bench(repository, cache, scratch):
    """Runs the steps in a copy of the repository and prints a line for each.

    Args:
      repository: path of the copy.
      cache: path of an empty directory for all caches. None uses those of this machine, and the steps after the first only
        load and analyse their targets.
      scratch: path of a directory for profiles.
    """
    env, startup, caches = None, [], []
    if cache:
        # The variable moves the toolbox and its caches. Bazel inside the toolbox ignores it, but not the flags.
        env = dict(os.environ, XDG_CACHE_HOME=str(cache))
        folder = cache / "rules_wit"
        startup = ["--output_user_root=%s" % (folder / "bazel")]
        caches = ["--disk_cache=%s" % (folder / "disk"), "--repository_cache=%s" % (folder / "repositories")]
    profile = scratch / "profile.gz"
    flags = ["--noshow_progress", "--profile=%s" % profile] + caches
    longest = collections.Counter()
    total = 0.0
    for name, (command, *arguments) in STEPS + [TESTS]:
        if not arguments:
            if INSIDE.exists():
                print("this is the toolbox, so its set-up is not measured; `python3 bench/bench.py cold` does that too", flush=True)
                continue
            seconds = run([repository / "bazelw", command], repository, env)
        else:
            if not cache:
                command, arguments = "build", ["--nobuild"] + arguments
            seconds = run([repository / "bazelw", *startup, command, *flags, *arguments], repository, env)
            longest.update(actions(profile))
        total += seconds
        row(name, [seconds])
        if name == STEPS[-1][0]:
            row("the demo, in all", [total])
    row("in all", [total])
    run([repository / "bazelw", *startup, "shutdown"], repository, env)
    print("\nlongest actions:")
    for name, seconds in longest.most_common(LONGEST):
        print("%8.1f s  %s" % (seconds, name))
