"""Measures the tool `wit` and the analysis of wit_library: times and memory, as ratios in one run."""

import os
import shutil
import subprocess
import sys
import time

SHAPES = ("chain", "fan", "diamond")


def uses(shape, number):
    """What a package of a shape uses, by their numbers."""
    if number == 0:
        return []
    if shape == "chain":
        return [number - 1]
    if shape == "fan":
        return [0]
    # Each uses two of the row before, in rows of four.
    row, column = divmod(number, 4)
    return sorted({(row - 1) * 4 + column, (row - 1) * 4 + (column + 1) % 4}) if row else []


def package(shape, number):
    """The text of a package: types, functions, comments, as people write them."""
    lines = ["/// What package %d is for." % number, "package bench:p%d@1.0.0;" % number, "", "/// Its types.", "interface types {"]
    for used in uses(shape, number):
        lines.append("    use bench:p%d/types@1.0.0.{item%d};" % (used, used))
    lines += ["    /// One thing.", "    record item%d {" % number, "        /// Its name.", "        name: string,"]
    lines += ["    }", "    variant problem { none, other(string) }"]
    # What is used stands in functions, not in the record: a record of a thousand levels is nobody's, and wit-parser
    # walks all levels again for each function.
    lines += ["    from%d: func(it: item%d) -> item%d;" % (used, used, number) for used in uses(shape, number)]
    for i in range(10):
        lines += ["    /// Does something with it.", "    act%d: func(it: item%d, more: list<u8>) -> result<item%d, problem>;" % (i, number, number)]
    return "\n".join(lines + ["}", ""])


def write_tree(root, shape, count):
    """Packages in directories beside each other."""
    for number in range(count):
        folder = root / ("p%d" % number)
        folder.mkdir(parents=True)
        (folder / "types.wit").write_text(package(shape, number))
        manifest = ["[dependencies]"] + ['p%d = { path = "../p%d" }' % (used, used) for used in uses(shape, number)]
        (folder / "deps.toml").write_text("\n".join(manifest) + "\n")


def write_flat(root, shape, count):
    """The same packages as upstream wants them: all but the last, which uses others, in `deps`."""
    (root / "deps").mkdir(parents=True)
    for number in range(count):
        folder = root if number == count - 1 else root / "deps" / ("p%d" % number)
        folder.mkdir(exist_ok=True)
        (folder / "types.wit").write_text(package(shape, number))


def peak(pid):
    """The most memory that a process has had so far, in megabytes; None when it has ended."""
    try:
        with open("/proc/%d/status" % pid) as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return None


def measure(commands, runs):
    """Seconds of processor time and megabytes of each command, which are run in turn.

    Processor time, and the least of all runs: a machine that does other things too adds to wall times without end, and
    to processor times what it costs to share caches.
    """
    return list(zip(*[[once(command) for command in commands] for _ in range(runs)]))


def least(results):
    """Of several runs the least time and the most memory, which is looked at from time to time only."""
    seconds, megabytes = zip(*results)
    return min(seconds), max(megabytes)


def once(command):
    """Seconds of processor time and megabytes of one run."""
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    # What the system says at the end would count this program as well, of which the other was begun.
    most = 0
    while True:
        most = max(most, peak(process.pid) or 0)
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        time.sleep(0.0005)
    process.returncode = os.waitstatus_to_exitcode(status)
    error = process.stderr.read()
    if process.returncode:
        sys.exit("error: failed to run %s\n%s" % (" ".join(map(str, command)), error.decode()))
    return usage.ru_utime + usage.ru_stime, most


def bench_tool(wit, runs, scratch):
    """`check` on trees of three sizes, and against upstream on what belongs together."""
    upstream = shutil.which("wasm-tools")
    if not upstream:
        sys.exit("error: there is no `wasm-tools` on PATH\nhint: the toolbox of ./bazelw has it")
    for shape in SHAPES:
        before = None
        for count in (10, 100, 1000):
            tree = scratch / shape / str(count)
            write_tree(tree, shape, count)
            # What starts in a millisecond needs more runs than what takes a second.
            [results] = measure([[wit, "check", tree]], runs * max(1, 200 // count))
            seconds, megabytes = least(results)
            text = "check, %s of %d packages" % (shape, count)
            text = "%-44s %8.1f ms %6.1f MB" % (text, seconds * 1000, megabytes)
            if before:
                text += "   of the tenth: %.1f times the time, %.1f times the memory" % (seconds / before[0], megabytes / before[1])
            print(text, flush=True)
            before = seconds, megabytes
        flat = scratch / shape / "flat"
        write_flat(flat, shape, 100)
        ours, theirs = map(least, measure([[wit, "check", flat], [upstream, "component", "wit", flat, "-o", os.devnull]], runs * 4))
        print("%-44s %8.1f ms %6.1f MB   wasm-tools component wit %.1f ms %.1f MB   ratio %.2f, memory %.2f" % (
            "check, %s of 100 packages in deps/" % shape,
            ours[0] * 1000, ours[1], theirs[0] * 1000, theirs[1], ours[0] / theirs[0], ours[1] / theirs[1],
        ), flush=True)


def write_targets(folder, rule, count):
    """Targets that depend on one another in a diamond."""
    folder.mkdir()
    text = ['load("//rules:wit.bzl", "wit_library")'] if rule == "wit_library" else []
    for number in range(count):
        (folder / ("p%d.wit" % number)).write_text(package("diamond", number))
        deps = ['":p%d"' % used for used in uses("diamond", number)]
        if rule == "wit_library":
            text.append('wit_library(name = "p%d", srcs = ["p%d.wit"], deps = [%s])' % (number, number, ", ".join(deps)))
        else:
            text.append('filegroup(name = "p%d", srcs = ["p%d.wit", %s])' % (number, number, ", ".join(deps)))
    (folder / "BUILD.bazel").write_text("\n".join(text) + "\n")


def bench_analysis(bazelw, repository, run, runs):
    """The analysis of many wit_library targets against as many filegroups."""
    seconds = {}
    for rule in ("wit_library", "filegroup"):
        write_targets(repository / ("many_" + rule), rule, 1000)
        seconds[rule] = []
    for number in range(runs):
        # Another configuration makes Bazel analyse anew; the toolchains come before what is measured.
        define = "--define=bench=%d" % number
        build = [bazelw, "build", "--nobuild", "--noshow_progress", define]
        run(build + ["//examples/airssys/wit:plugin"], repository)
        null = run(build + ["//examples/airssys/wit:plugin"], repository)
        for rule in seconds:
            seconds[rule].append(run(build + ["//many_%s:all" % rule], repository) - null)
    return seconds["wit_library"], seconds["filegroup"]
