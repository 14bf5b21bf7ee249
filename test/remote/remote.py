#!/usr/bin/env python3
"""Runs builds of this repository remotely, on a build farm that it starts on this machine.

Usage: bazel run //test/remote -- run [--sample] [TARGET...]   builds and tests with every action remote, and compares with
                                                               a local build; without targets, all
       bazel run //test/remote -- faults [--write] [NAME...]   breaks the farm and caches during builds
       bazel run //test/remote -- cache                        counts hits of a second client in an HTTP cache
       bazel run //test/remote -- bench                        times builds: local, with one and two workers, and cached
       bazel run //test/remote -- up                           only starts the farm, until it is interrupted
       bazel run //test/remote -- down                         ends what another terminal runs

It requires the toolbox and root. The servers come from a second root beside the toolbox, which the first run sets up (600 MB
of Debian's packages and 180 MB from PyPI on disk). All processes are in a namespace that ends with this program, however it ends.
"""

import argparse
import ctypes
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import sys

from second_root import HERE, TOOLBOX, WORKSPACE, fail, set_up as set_up_root

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "rules_wit"
LOCK = CACHE / "remote.lock"


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def set_up():
    """Sets up the second root and BuildGrid. Returns both paths."""
    box = set_up_root()
    requirements = HERE / "requirements.txt"
    site = box / "site"
    stamp = box / "site.txt"
    if not stamp.exists() or stamp.read_text() != requirements.read_text():
        print("fetching BuildGrid", file=sys.stderr, flush=True)
        shutil.rmtree(site, ignore_errors=True)
        pip = ["python3", "-m", "pip", "install", "--quiet", "--root-user-action=ignore", "--no-deps", "--require-hashes", "--only-binary=:all:"]
        if subprocess.run([*pip, "--target", site, "-r", requirements]).returncode:
            fail("failed to install BuildGrid", "see pip's message above; requirements.txt is for the Python of the toolbox on x86_64")
        stamp.write_text(requirements.read_text())
    return box / "root", site


def remove(scratch, keep):
    """Removes the files of a run, except for output bases if they are kept."""
    if not keep:
        shutil.rmtree(scratch, ignore_errors=True)
    elif scratch.exists():
        for path in scratch.iterdir():
            if not path.name.endswith("-base"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def outer(arguments, keep):
    """Starts this program again as the first process of a namespace, with which all others end."""
    CACHE.mkdir(parents=True, exist_ok=True)
    lock = open(LOCK, "a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fail("it is running already", "bazel run //test/remote -- down")
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    extra, site = set_up()
    scratch = CACHE / "remote"
    remove(scratch, keep)
    scratch.mkdir(exist_ok=True)
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable, "-B", __file__]
    environment = dict(os.environ, RULES_WIT_REMOTE=f"{scratch}:{extra}:{site}")
    child = subprocess.Popen(command + arguments, env=environment, preexec_fn=die_with_parent)

    def end(number, _):
        child.kill()
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, end)
    # The terminal interrupts the child too, which then ends in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = child.wait()
    finally:
        child.wait()
        remove(scratch, keep)
    sys.exit(code if code >= 0 else 128 - code)


def reap():
    """Forks. The first process of the namespace only reaps others, and ends with the one that goes on from here."""
    child = os.fork()
    if child:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            pid, status = os.wait()
            if pid == child:
                os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def down():
    with open(LOCK, "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            print("nothing is running")
        except BlockingIOError:
            lock.seek(0)
            os.kill(int(lock.read()), signal.SIGTERM)
            fcntl.flock(lock, fcntl.LOCK_EX)
            print("ended")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", action="append", default=[], help=argparse.SUPPRESS)
    parser.add_argument("--keep", action="store_true", help="keep output bases, so that the next run fetches no crates")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run")
    run.add_argument("--sample", action="store_true")
    run.add_argument("targets", nargs="*")
    faults = commands.add_parser("faults")
    faults.add_argument("--write", action="store_true")
    faults.add_argument("names", nargs="*")
    bench = commands.add_parser("bench")
    bench.add_argument("targets", nargs="*")
    for name in ("cache", "up", "down"):
        commands.add_parser(name)
    arguments = parser.parse_args()
    if arguments.command == "down":
        down()
        return
    arguments.tool = [str(pathlib.Path(tool).absolute()) for tool in arguments.tool]
    paths = os.environ.get("RULES_WIT_REMOTE")
    if not paths:
        own = [word for word in sys.argv[1:] if not word.startswith("--tool=")]
        outer([f"--tool={tool}" for tool in arguments.tool] + own, arguments.keep)
    reap()
    # After the fork, so that the farm is this process's own.
    import commands as command_functions

    scratch, extra, site = paths.split(":")
    box = pathlib.Path(TOOLBOX.read_text().strip())
    try:
        passed = command_functions.run(arguments, WORKSPACE, pathlib.Path(scratch), box / "root", extra, site)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        passed = False
    sys.exit(not passed)


if __name__ == "__main__":
    main()
