"""Measures time and memory of the tool `wit`, and the analysis of wit_library, as ratios within one run."""

import os
import shutil
import subprocess
import sys
import time

SHAPES = ("chain", "fan", "diamond")


def uses(shape, number):
    """Returns the numbers of the packages that a package uses in a graph of a shape."""
    if number == 0:
        return []
    if shape == "chain":
        return [number - 1]
    if shape == "fan":
        return [0]
    # Rows of four; each package uses two of the previous row.
    row, column = divmod(number, 4)
    return sorted({(row - 1) * 4 + column, (row - 1) * 4 + (column + 1) % 4}) if row else []


def package(shape, number):
    """Returns the text of a package with types, functions and comments."""
    lines = ["/// Package %d." % number, "package bench:p%d@1.0.0;" % number, "", "/// Its types.", "interface types {"]
    for used in uses(shape, number):
        lines.append("    use bench:p%d/types@1.0.0.{item%d};" % (used, used))
    lines += ["    /// An item.", "    record item%d {" % number, "        /// Its name.", "        name: string,"]
    lines += ["    }", "    variant problem { none, other(string) }"]
    # Used types are in functions, not in the record: real records are not nested a thousand levels deep, and wit-parser
    # visits all levels for each function.
    lines += ["    from%d: func(it: item%d) -> item%d;" % (used, used, number) for used in uses(shape, number)]
    for i in range(10):
        lines += ["    /// Processes an item.", "    act%d: func(it: item%d, more: list<u8>) -> result<item%d, problem>;" % (i, number, number)]
    return "\n".join(lines + ["}", ""])


def write_tree(root, shape, count):
    """Writes packages in sibling directories."""
    for number in range(count):
        folder = root / ("p%d" % number)
        folder.mkdir(parents=True)
        (folder / "types.wit").write_text(package(shape, number))
        manifest = ["[dependencies]"] + ['p%d = { path = "../p%d" }' % (used, used) for used in uses(shape, number)]
        (folder / "deps.toml").write_text("\n".join(manifest) + "\n")


def write_flat(root, shape, count):
    """Writes the packages in upstream's layout: the last one at the root, all others in `deps`."""
    (root / "deps").mkdir(parents=True)
    for number in range(count):
        folder = root if number == count - 1 else root / "deps" / ("p%d" % number)
        folder.mkdir(exist_ok=True)
        (folder / "types.wit").write_text(package(shape, number))


def peak(pid):
    """Returns the peak memory of a running process in megabytes, or None if it has ended."""
    try:
        with open("/proc/%d/status" % pid) as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return None


def measure(commands, runs):
    """Runs commands in turn and returns processor time in seconds and peak megabytes of each run.

    Processor times depend less on other load than wall times. Load still costs cache misses, so `least` takes the minimum.
    """
    return list(zip(*[[once(command) for command in commands] for _ in range(runs)]))


def least(results):
    """Returns the minimal time and the maximal memory of several runs. Memory is sampled, so the maximum is closest."""
    seconds, megabytes = zip(*results)
    return min(seconds), max(megabytes)


def once(command):
    """Runs a command once and returns its processor time in seconds and its peak megabytes."""
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    # Sampled, as ru_maxrss includes the memory of this program before exec.
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


def bench_tool(wit, runs, scratch, counts):
    """Measures `check` on trees of these sizes, and against upstream on one package with its dependencies."""
    upstream = shutil.which("wasm-tools")
    if not upstream:
        sys.exit("error: no `wasm-tools` on PATH\nhint: install it, or run the benchmark with ./bazelw, whose toolbox contains it")
    for shape in SHAPES:
        before = None
        for count in counts:
            tree = scratch / shape / str(count)
            write_tree(tree, shape, count)
            # Shorter commands need more runs.
            [results] = measure([[wit, "check", tree]], runs * max(1, 200 // count))
            seconds, megabytes = least(results)
            text = "check, %s of %d packages" % (shape, count)
            text = "%-44s %8.1f ms %6.1f MB" % (text, seconds * 1000, megabytes)
            if before:
                text += "   %.1f times the time and %.1f times the memory of %d packages" % (seconds / before[0], megabytes / before[1], before[2])
            print(text, flush=True)
            before = seconds, megabytes, count
        middle = counts[len(counts) // 2]
        flat = scratch / shape / "flat"
        write_flat(flat, shape, middle)
        ours, theirs = map(least, measure([[wit, "check", flat], [upstream, "component", "wit", flat, "-o", os.devnull]], runs * 4))
        print("%-44s %8.1f ms %6.1f MB   wasm-tools component wit %.1f ms %.1f MB   ratio %.2f, memory %.2f" % (
            "check, %s of %d packages in deps/" % (shape, middle),
            ours[0] * 1000, ours[1], theirs[0] * 1000, theirs[1], ours[0] / theirs[0], ours[1] / theirs[1],
        ), flush=True)


def write_targets(folder, rule, count):
    """Writes targets whose dependencies form diamonds."""
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


def bench_analysis(bazelw, repository, run, runs, count):
    """Measures the analysis of a number of wit_library targets and of as many filegroups."""
    seconds = {}
    for rule in ("wit_library", "filegroup"):
        write_targets(repository / ("many_" + rule), rule, count)
        seconds[rule] = []
    for number in range(runs):
        # Another configuration makes Bazel analyse again. The toolchains are analysed before the measurement.
        define = "--define=bench=%d" % number
        build = [bazelw, "build", "--nobuild", "--noshow_progress", define]
        run(build + ["//examples/airssys/wit:plugin"], repository)
        null = run(build + ["//examples/airssys/wit:plugin"], repository)
        for rule in seconds:
            seconds[rule].append(run(build + ["//many_%s:all" % rule], repository) - null)
    return seconds["wit_library"], seconds["filegroup"]
