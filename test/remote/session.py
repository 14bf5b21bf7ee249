"""Runs Bazel on a copy of this repository, and reads what it did from the execution log."""

import collections
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e/registry"))
import registry_test

# Results of tests contain times.
NOT_COMPARED = {"TestRunner"}

# Files with absolute paths, which nothing reads: suffixes of paths.
NOT_REPRODUCIBLE = (
    # The build script of the crate cranelift-assembler-x64 lists its outputs for a program that is not built.
    "/generated-files.rs",
)


def spawns(path):
    """Yields dict: the entries of an execution log in JSON."""
    decoder, text, at = json.JSONDecoder(), pathlib.Path(path).read_text(encoding="utf-8"), 0
    while at < len(text):
        entry, at = decoder.raw_decode(text, at)
        yield entry
        while at < len(text) and text[at].isspace():
            at += 1


def duration(spawn, name):
    """Returns float: a time of an entry of an execution log, in seconds."""
    return float(spawn.get("metrics", {}).get(name, "0s").removesuffix("s"))


class Log:
    """What a build did.

    Attributes:
      outputs: dict[tuple, set[str]], target, mnemonic and path of each output -> its hashes.
      runners: collections.Counter, how often actions ran where. `remote cache hit` and `disk cache hit` are such places.
      hits: dict[str, collections.Counter], mnemonic -> where its actions ran.
      actions: list[tuple[str, str, str]], the mnemonic, target and runner of each.
      seconds: collections.Counter, mnemonic -> time of its actions, with queues and transfers.
      executed: collections.Counter, mnemonic -> time of its processes.
    """

    def __init__(self, path):
        self.outputs = collections.defaultdict(set)
        self.runners = collections.Counter()
        self.hits = collections.defaultdict(collections.Counter)
        self.actions = []
        self.seconds = collections.Counter()
        self.executed = collections.Counter()
        for spawn in spawns(path):
            mnemonic, runner, target = spawn["mnemonic"], spawn.get("runner", ""), spawn.get("targetLabel", "")
            self.runners[runner] += 1
            self.hits[mnemonic][runner] += 1
            self.actions.append((mnemonic, target, runner))
            self.seconds[mnemonic] += duration(spawn, "totalTime")
            self.executed[mnemonic] += duration(spawn, "executionWallTime")
            if mnemonic in NOT_COMPARED:
                continue
            for output in spawn.get("actualOutputs", []):
                if output["path"].endswith(NOT_REPRODUCIBLE):
                    continue
                # The digest of an empty file has no size, and that of a symbolic link is its target.
                digest = output.get("digest", {}).get("hash") or output.get("symlinkTargetPath", "")
                self.outputs[target, mnemonic, output["path"]].add(digest)


def compare(log, other):
    """Compares the outputs of two builds.

    Returns:
      (list[str], int): the outputs that differ or that one lacks, and how many are equal.
    """
    different, equal = [], 0
    for key in sorted(set(log.outputs) | set(other.outputs)):
        if log.outputs.get(key) == other.outputs.get(key):
            equal += len(log.outputs[key])
        else:
            different.append(" ".join(key))
    return different, equal


class Result:
    """A finished command.

    Attributes:
      ok: bool, whether it succeeded.
      text: str, its output.
      seconds: float.
      log: Log or None.
    """

    def __init__(self, ok, text, seconds, log):
        self.ok, self.text, self.seconds, self.log = ok, text, seconds, log

    def error(self):
        """Returns str: the first line with an error, and the one after it if that has the reason."""
        lines = self.text.splitlines()
        for line, following in zip(lines, lines[1:] + [""]):
            if "ERROR:" in line or "FATAL:" in line or "error:" in line:
                return f"{line} {following.strip()}" if line.endswith(":") else line
        return (lines or [""])[-1]


class Session:
    """A copy of this repository with an output base of its own."""

    def __init__(self, workspace, scratch, tools=(), name="repository"):
        """Copies the repository.

        Args:
          workspace: path.
          scratch: path of a directory for the copy, the output base and logs.
          tools: list of paths, programs that the copy uses instead of compiling them.
          name: str, of the copy.
        """
        self.scratch = pathlib.Path(scratch)
        self.repository = self.scratch / name
        self.base = self.scratch / (name + "-base")
        ignored = shutil.ignore_patterns(".git", "bazel-*", "target")
        shutil.copytree(workspace, self.repository, symlinks=True, ignore=ignored)
        self.flags = []
        if tools:
            registry_test.write_prebuilt(self.repository, [pathlib.Path(tool) for tool in tools])
            # The last ones have precedence over those of MODULE.bazel.
            self.flags = ["--extra_toolchains=//prebuilt:all"]
        self.environment = {name: os.environ[name] for name in ("BAZEL", "HOME", "PATH", "USER", "JAVA_HOME") if name in os.environ}
        self._number = 0

    def start(self, command, *arguments, log=False):
        """Starts a command, and returns the process and a function that waits for its Result."""
        self._number += 1
        actions = self.scratch / f"{self.repository.name}-{self._number}.json"
        output = self.scratch / f"{self.repository.name}-{self._number}.log"
        line = [self.repository / "bazelw", f"--output_base={self.base}", "--max_idle_secs=30", "--host_jvm_args=-Xmx2g", command]
        if command not in ("shutdown", "info", "clean"):
            line += ["--noshow_progress", "--curses=no", "--color=no", *self.flags]
        if log:
            line.append(f"--execution_log_json_file={actions}")
        begin = time.monotonic()
        with output.open("w") as file:
            process = subprocess.Popen(
                line + list(arguments),
                cwd=self.repository,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )

        def finish(timeout=None):
            try:
                code = process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
                code = process.wait() or 1
            seconds = time.monotonic() - begin
            text = output.read_text(encoding="utf-8", errors="replace")
            return Result(code == 0, text, seconds, Log(actions) if log and actions.exists() else None)

        return process, finish

    def run(self, command, *arguments, log=False, timeout=None):
        """Runs a command and returns its Result. It is interrupted after the timeout in seconds."""
        return self.start(command, *arguments, log=log)[1](timeout)

    def clean(self):
        self.run("clean")

    def shutdown(self):
        if self.base.exists():
            self.run("shutdown")
