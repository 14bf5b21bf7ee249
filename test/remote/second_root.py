"""A root beside the toolbox with servers and clients that only some tests need. No build uses it."""

import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
WORKSPACE = HERE.parent.parent
# The toolbox has this file.
TOOLBOX = pathlib.Path("/usr/share/rules_wit/toolbox")


def fail(what, hint):
    """Ends the program, because of what this machine lacks or does not permit."""
    print(f"error: {what}\nhint: {hint}", file=sys.stderr)
    sys.exit(3)


def outside():
    """Returns int: the nearest ancestor that is not in the toolbox but in the machine's own root."""
    own = os.readlink("/proc/self/ns/mnt")
    pid = os.getppid()
    try:
        while os.readlink(f"/proc/{pid}/ns/mnt") == own:
            pid = int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        fail("no parent process is outside of the toolbox", "start `bazel run` from a shell that stays")
    return pid


def set_up():
    """Sets up the root with the packages of packages.txt, if it is not there.

    Returns:
      path of its directory, in which `root` is the root.
    """
    if not TOOLBOX.exists():
        fail("this is not in the toolbox", "RULES_WIT_TOOLBOX=1 ./bazelw")
    if os.getuid():
        fail("this needs root, to leave the toolbox", "run it as root")
    # The toolbox has no apt.
    leave = ["nsenter", "--mount", "--target", str(outside()), "--wdns=" + str(WORKSPACE), "--"]
    script, packages = HERE / "root.sh", HERE / "packages.txt"
    result = subprocess.run([*leave, "sh", script, packages], stdout=subprocess.PIPE, text=True)
    if result.returncode:
        fail("failed to set up the second root", f"run {script.relative_to(WORKSPACE)} {packages.relative_to(WORKSPACE)}")
    return pathlib.Path(result.stdout.split("\n")[-2])
