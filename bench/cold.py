"""Measures a first build with empty caches, step by step, and which actions took longest."""

import collections
import gzip
import json

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


def bench(repository, env, scratch, smoke=False):
    """Runs the steps in a copy of the repository and prints a line for each.

    Args:
      repository: path of the copy.
      env: dict[str, str], the environment, with an empty cache directory.
      scratch: path of a directory for profiles.
      smoke: whether the steps after the first only load and analyse their targets.
    """
    longest = collections.Counter()
    total = 0.0
    for name, (command, *arguments) in STEPS + [TESTS]:
        profile = scratch / "profile.gz"
        if smoke and arguments:
            command, arguments = "build", ["--nobuild"] + arguments
        flags = ["--noshow_progress", "--profile=%s" % profile] if arguments else []
        seconds = run([repository / "bazelw", command] + flags + arguments, repository, env)
        if flags:
            longest.update(actions(profile))
        total += seconds
        row(name, [seconds])
        if name == STEPS[-1][0]:
            row("the demo, in all", [total])
    row("in all", [total])
    print("\nlongest actions:")
    for name, seconds in longest.most_common(LONGEST):
        print("%8.1f s  %s" % (seconds, name))
