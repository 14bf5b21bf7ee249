"""Starts a worker in its root: prints the root's fingerprint, and then runs BuildBox.

Bazel sends the fingerprint as a platform property. It is part of the key of each action, and the scheduler assigns an action
only to workers that have it. So a worker with other tools neither runs actions of this root nor shares results with it.

Usage: worker.py BUILDBOX NAME JOBS, where BUILDBOX is the directory of the root with BuildBox.
       worker.py, which only prints the fingerprint.
"""

import concurrent.futures
import hashlib
import os
import pathlib
import subprocess
import sys
import time

# What actions may read. Left out is what they cannot depend on: a browser and the JVM of Bazel's server.
TREES = ["usr/bin", "usr/include", "usr/lib"]
LEFT_OUT = ["usr/lib/chromium", "usr/lib/jvm"]
PORT = 50051
LOCAL_PORT = 50011


def entry(path):
    """Returns bytes: a file's path, whether it is executable, and its contents or the target of its symbolic link."""
    if os.path.islink(path):
        what = "link " + os.readlink(path)
    else:
        with open(path, "rb") as file:
            what = hashlib.file_digest(file, "sha256").hexdigest()
        what = ("program " if os.access(path, os.X_OK) else "file ") + what
    return f"{what} {path}\n".encode()


def fingerprint(root="/"):
    """Returns str: a hash of the programs, libraries and headers of a root."""
    os.chdir(root)
    paths = []
    for tree in TREES:
        for directory, names, files in os.walk(tree):
            names[:] = [name for name in names if f"{directory}/{name}" not in LEFT_OUT]
            links = [name for name in names if os.path.islink(f"{directory}/{name}")]
            paths += [f"{directory}/{name}" for name in files + links]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        entries = pool.map(entry, sorted(path for path in paths if os.path.islink(path) or os.path.isfile(path)))
        return hashlib.sha256(b"".join(entries)).hexdigest()[:32]


def program(buildbox, name):
    """Returns list[str]: the command for a program of the other root, with the libraries of that root."""
    return [
        f"{buildbox}/lib64/ld-linux-x86-64.so.2",
        "--library-path",
        f"{buildbox}/usr/lib/x86_64-linux-gnu",
        f"{buildbox}/usr/bin/{name}",
    ]


def main(buildbox=None, name="", jobs="1"):
    root = fingerprint()
    print(root, flush=True)
    if not buildbox:
        return
    runner = pathlib.Path("/tmp/buildbox-run")
    runner.write_text('#!/bin/sh\nexec %s "$@"\n' % " ".join(program(buildbox, "buildbox-run-hosttools")))
    runner.chmod(0o755)
    remote = f"--cas-remote=http://127.0.0.1:{PORT}"
    casd = [*program(buildbox, "buildbox-casd"), remote, f"--bind=127.0.0.1:{LOCAL_PORT}"]
    worker = [
        *program(buildbox, "buildbox-worker"),
        f"--bots-remote=http://127.0.0.1:{PORT}",
        f"--cas-remote=http://127.0.0.1:{LOCAL_PORT}",
        f"--buildbox-run={runner}",
        f"--concurrent-jobs={jobs}",
        "--bots-retry-limit=100",
        "--request-timeout=30",
        "--platform",
        "OSFamily=Linux",
        "--platform",
        f"root={root}",
        name,
    ]
    subprocess.Popen(casd + ["/tmp/cas"])
    time.sleep(1)
    # BuildBox ends when it loses its session. A service manager would start it again.
    while True:
        print("ended with", subprocess.run(worker).returncode, flush=True)
        time.sleep(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
