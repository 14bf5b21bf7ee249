"""Breaks the farm or a cache in the middle of builds. Each build must end with the right outputs, or with an error.

A fault is a function that starts a build, breaks something and returns the build's result. Its docstring is its row in the
table. After an error, the same build is run once more on the repaired farm, and must succeed.
"""

import hashlib
import pathlib
import random
import shutil
import time

import session

# WIT, bindings, Rust, C, a linked component and its test, with few other crates.
TARGETS = ["//test/rules/static:c_test"]
PACKAGE = "test/rules/static"
# Longer than any build here. A build that takes longer hangs.
SECONDS = 900

FAULTS = []


def fault(function):
    FAULTS.append(function)
    return function


class Bench:
    """A farm and a copy of the repository, with the right outputs of the targets."""

    def __init__(self, farm, build, report):
        self.farm, self.build = farm, build
        local = build.run("test", "--remote_download_all", *TARGETS, log=True)
        if not local.ok:
            raise SystemExit("error: failed to build locally\n" + local.text[-3000:])
        self.right, self.right_files = local.log, self.files()
        # Fills the stores of the workers, so that builds consist of actions and not of uploads.
        warm = self.remote()
        if not warm.ok:
            raise SystemExit("error: failed to build remotely\n" + warm.text[-3000:])
        different, equal = session.compare(local.log, warm.log)
        report(not different, f"{equal} files are byte-identical to those of a local build, {warm.seconds:.0f} s", different)

    def files(self):
        """Returns set[tuple[str, str]]: names and hashes of the targets' outputs on this machine, of all configurations."""
        found = set()
        for path in (self.build.repository / "bazel-out").glob(f"*/bin/{PACKAGE}/*"):
            if path.is_file() and path.suffix in (".a", ".o", ".rlib", ".rs", ".wasm", ".wit"):
                found.add((path.name, hashlib.sha256(path.read_bytes()).hexdigest()))
        return found

    def start(self, *flags):
        """Starts a remote build that runs all actions."""
        self.build.clean()
        flags = [*self.farm.flags(), "--noremote_accept_cached", "--remote_download_all", "--remote_timeout=30", *flags]
        return self.build.start("test", *flags, *TARGETS, log=True)[1]

    def remote(self, *flags):
        return self.start(*flags)(SECONDS)

    def cached(self, *flags):
        """Builds locally with the HTTP cache."""
        self.build.clean()
        flags = ["--disk_cache=", f"--remote_cache={self.farm.cache}", "--remote_download_all", "--remote_timeout=5", *flags]
        return self.build.run("test", *flags, *TARGETS, log=True, timeout=SECONDS)

    def filled_cache(self):
        """Fills the HTTP cache and returns its directory."""
        directory, full = self.farm.directory / "cache", self.farm.directory / "full-cache"
        shutil.rmtree(directory)
        if full.exists():
            shutil.copytree(full, directory)
        else:
            directory.mkdir()
            self.cached()
            shutil.copytree(directory, full)
        return directory

    def busy(self):
        """Waits until a worker runs an action that takes a while, and returns the worker's name."""
        names = [name for name in self.farm.processes if name.startswith("worker")]
        end = time.monotonic() + 300
        seen = {}
        while time.monotonic() < end:
            for name in names:
                running = [pid for pid in self.farm.running(name)]
                # The same process twice: not one that just ends.
                if seen.get(name) and set(seen[name]) & set(running):
                    return name
                seen[name] = running
            time.sleep(0.2)
        raise SystemExit("error: failed to find a running action")

    def restart_workers(self):
        for name in [name for name in self.farm.processes if name.startswith("worker")]:
            self.farm.stop(name)
        for name in ("worker0", "worker1"):
            self.farm.start_worker(name)

    def blob(self, suffix):
        """Returns path: the stored blob of an output of the targets."""
        hashes = [next(iter(hashes)) for (target, _, path), hashes in self.right.outputs.items() if path.endswith(suffix) and PACKAGE in path]
        return next(path for path in (self.farm.directory / "storage/cas/objects").rglob(f"*{hashes[0][2:]}*"))


@fault
def worker_killed(bench):
    """A worker is killed in the middle of an action, and another one goes on."""
    finish = bench.start()
    name = bench.busy()
    bench.farm.stop(name)
    result = finish(SECONDS)
    bench.farm.start_worker(name)
    return result


@fault
def workers_killed(bench):
    """All workers are killed, and a new one starts 15 s later."""
    finish = bench.start()
    bench.busy()
    for name in ("worker0", "worker1"):
        bench.farm.stop(name)
    time.sleep(15)
    bench.farm.start_worker("worker0")
    result = finish(SECONDS)
    bench.farm.start_worker("worker1")
    return result


@fault
def worker_cut_off(bench):
    """A worker loses its network in the middle of an action, and has it back 20 s later."""
    finish = bench.start()
    name = bench.busy()
    bench.farm.cables[name].cut()
    time.sleep(20)
    bench.farm.cables[name].restore()
    return finish(SECONDS)


@fault
def worker_disconnected(bench):
    """All connections of the workers are closed, several times."""
    finish = bench.start()
    bench.busy()
    for _ in range(4):
        for name in ("worker0", "worker1"):
            bench.farm.cables[name].reset()
        time.sleep(2)
    return finish(SECONDS)


@fault
def client_cut_off(bench):
    """Bazel loses its network during the build, and has it back 10 s later."""
    finish = bench.start()
    bench.busy()
    bench.farm.cables["client"].cut()
    time.sleep(10)
    bench.farm.cables["client"].restore()
    return finish(SECONDS)


@fault
def postgres_restarted(bench):
    """PostgreSQL is restarted during the build."""
    finish = bench.start()
    bench.busy()
    bench.farm.stop("postgres", 2)
    time.sleep(2)
    bench.farm.start_postgres()
    return finish(SECONDS)


@fault
def scheduler_restarted(bench):
    """BuildGrid is killed and started again during the build. Its action cache is in memory, so it is empty then."""
    finish = bench.start()
    bench.busy()
    bench.farm.stop("buildgrid")
    bench.farm.start_buildgrid()
    return finish(SECONDS)


@fault
def blob_corrupted(bench):
    """A byte of an output is flipped in the CAS, and new workers and Bazel read it."""
    bench.remote()
    blob = bench.blob(".rs")
    flip(blob)
    bench.build.clean()
    bench.restart_workers()
    result = bench.build.run("test", *bench.farm.flags(), "--remote_download_all", *TARGETS, log=True, timeout=SECONDS)
    # The CAS does not replace what it has.
    blob.unlink()
    return result


@fault
def blob_lost(bench):
    """An output is removed from the CAS, while the action cache still has it."""
    bench.remote()
    bench.blob(".rs").unlink()
    bench.build.clean()
    bench.restart_workers()
    return bench.build.run("test", *bench.farm.flags(), "--remote_download_all", *TARGETS, log=True, timeout=SECONDS)


@fault
def other_clang(bench):
    """A worker with another clang joins. The other clang fails, so an action on that worker would fail."""
    clang = bench.farm.directory / "clang"
    clang.write_text("#!/bin/sh\necho 'another clang' >&2\nexit 1\n")
    clang.chmod(0o755)
    other = bench.farm.start_worker("worker2", clang=clang)
    assert other != bench.farm.root, "the fingerprints are equal"
    result = bench.remote()
    ran = "Runner exited" in bench.farm.log("worker2")
    bench.farm.stop("worker2")
    assert not ran, "an action ran on the worker with another clang"
    return result


@fault
def only_other_clang(bench):
    """All workers have another clang. No worker fits, so Bazel is interrupted after 30 s."""
    clang = bench.farm.directory / "clang"
    for name in ("worker0", "worker1"):
        bench.farm.stop(name)
    bench.farm.start_worker("worker2", clang=clang)
    time.sleep(12)
    result = bench.start()(30)
    ran = "Runner exited" in bench.farm.log("worker2")
    bench.farm.stop("worker2")
    assert not ran, "an action ran on the worker with another clang"
    for name in ("worker0", "worker1"):
        bench.farm.start_worker(name)
    return result


@fault
def disk_full(bench):
    """The disks of all workers are full."""
    for name in ("worker0", "worker1"):
        bench.farm.stop(name)
        bench.farm.start_worker(name, disk="16m")
    result = bench.remote()
    bench.restart_workers()
    return result


@fault
def cache_slow(bench):
    """The HTTP cache delays each block of a reply by 0.2 s."""
    bench.filled_cache()
    cable = bench.farm.cables["cache"]
    cable.delay = 0.2
    result = bench.cached()
    cable.delay = 0
    return result


@fault
def cache_errors(bench):
    """The HTTP cache answers every request with status 500."""
    bench.filled_cache()
    cable = bench.farm.cables["cache"]
    cable.corrupt = lambda block: b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n" if block.startswith(b"HTTP/") else b""
    result = bench.cached()
    cable.corrupt = None
    return result


@fault
def cache_truncates(bench):
    """The HTTP cache closes the connection in the middle of longer replies."""
    bench.filled_cache()
    cable = bench.farm.cables["cache"]

    def truncate(block):
        if len(block) > 2000:
            raise OSError
        return block

    cable.corrupt = truncate
    result = bench.cached()
    cable.corrupt = None
    return result


@fault
def cache_hangs(bench):
    """The HTTP cache accepts connections and never answers."""
    bench.filled_cache()
    bench.farm.cables["cache"].cut()
    result = bench.cached()
    bench.farm.cables["cache"].restore()
    return result


@fault
def cache_down(bench):
    """The HTTP cache is not running."""
    bench.farm.stop("nginx")
    result = bench.cached()
    bench.farm.start_nginx()
    return result


@fault
def cache_corrupted(bench):
    """A byte is flipped in each blob of the HTTP cache."""
    for path in (bench.filled_cache() / "cas").iterdir():
        flip(path)
    return bench.cached()


@fault
def results_corrupted(bench):
    """A byte is flipped in each entry of the HTTP action cache."""
    for path in (bench.filled_cache() / "ac").iterdir():
        flip(path)
    return bench.cached()


@fault
def results_empty(bench):
    """Each entry of the HTTP action cache says that the action succeeded without outputs."""
    for path in (bench.filled_cache() / "ac").iterdir():
        path.write_bytes(b"")
    return bench.cached()


@fault
def results_swapped(bench):
    """Each entry of the HTTP action cache is that of another action."""
    paths = sorted((bench.filled_cache() / "ac").iterdir())
    contents = [path.read_bytes() for path in paths]
    for path, content in zip(paths, contents[1:] + contents[:1]):
        path.write_bytes(content)
    return bench.cached()


def flip(path):
    """Flips a byte of a file."""
    data = bytearray(path.read_bytes())
    if data:
        data[random.Random(len(data)).randrange(len(data))] ^= 0x20
        path.chmod(0o644)
        path.write_bytes(data)


def run(farm, build, report, names, write):
    """Tries faults.

    Args:
      farm: cluster.Farm.
      build: session.Session.
      report: function of a bool, a text and lines of details.
      names: list[str], of the faults. Empty: all.
      write: function of the description of a fault and how the build ended.
    """
    bench = Bench(farm, build, report)
    known = {function.__name__: function for function in FAULTS}
    for function in [known[name] for name in names] or FAULTS:
        try:
            result = function(bench)
        except AssertionError as error:
            report(False, f"{function.__name__}: {error}")
            continue
        different, equal = [], 0
        if result.log:
            for key, hashes in result.log.outputs.items():
                if hashes == bench.right.outputs.get(key):
                    equal += 1
                elif result.ok or hashes - {""}:
                    different.append(" ".join(key))
        files = bench.files()
        different += [name for name, _ in files - bench.right_files]
        if result.ok:
            outcome = "right outputs"
            if not equal or not files:
                different.append("no outputs to compare")
        else:
            again = bench.remote()
            # Without the action, which is another one each time.
            error = result.error().rpartition(" failed: ")[2]
            for directory in (build.repository, build.base):
                error = error.replace(f"{directory}/", "")
            outcome = f"error: `{shorten(error)}`; right outputs when built again"
            if not again.ok or bench.files() != bench.right_files:
                different.append("it does not build again: " + again.error())
        report(
            not different,
            f"{function.__name__}: {outcome}; {equal} outputs and {len(files)} files compared, {result.seconds:.0f} s",
            different[:10],
        )
        write(function.__doc__.split("\n")[0], "**wrong**" if different else outcome)


def shorten(text):
    text = text.replace("`", "'").replace("|", "/")
    return text if len(text) < 200 else text[:197] + "..."
