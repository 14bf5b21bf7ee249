"""Measures components in interpreted languages: calls, start-up and sizes, against those of other tools.

Also the generation of dylibs, and the time from an edited script to a component. Environment variables
name the programs of the other tools; one that is not named or cannot be used is reported as `not run`.
"""

import os
import pathlib
import re
import subprocess
import sys
import time

from timing import BAZELW, row, run
from wit import least, measure

# Program -> the variable that names it, and the arguments that make a component.
OTHERS = {
    "componentize-qjs": ("COMPONENTIZE_QJS", "--wit {wit} --js {folder}/functions.js --world functions --sync -o {out}"),
    "componentize-js": (
        "COMPONENTIZE_JS",
        "{folder}/functions.js --wit {wit} -n functions -d stdio random clocks http fetch-event -o {out}",
    ),
    "componentize-py": ("COMPONENTIZE_PY", "-d {wit} -w functions componentize -p {folder} functions -o {out}"),
}

# Language -> interpreter, extension.
LANGUAGES = {
    "javascript": ("//rules/interpreters/javascript", "js"),
    "lua": ("//rules/interpreters/lua", "lua"),
    "rhai": ("//rules/interpreters/rhai", "rhai"),
}

# componentize-js takes minutes on a busy machine.
TIMEOUT = 1200


def attempt(command, cwd):
    """Runs a command. Returns its seconds, or the reason why it cannot be run as a string."""
    start = time.monotonic()
    try:
        result = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True, timeout=TIMEOUT)
    except FileNotFoundError:
        return "`%s` is not on PATH" % command[0]
    except subprocess.TimeoutExpired:
        return "`%s` takes more than %d s" % (command[0], TIMEOUT)
    if result.returncode:
        lines = (result.stderr + result.stdout).strip().splitlines()
        return lines[-1] if lines else "exit code %d" % result.returncode
    return time.monotonic() - start


class Other:
    """A tool of others, and the component that it makes."""

    def __init__(self, name, scratch, sources):
        variable, self.arguments = OTHERS[name]
        self.name = name
        self.program = os.environ.get(variable)
        self.sources = sources
        self.out = scratch / (name + ".wasm")
        self.problem = None if self.program else "%s names no program" % variable

    def make(self):
        """Makes the component. Returns the seconds, or None if that fails."""
        arguments = self.arguments.format(wit=self.sources / "functions.wit", folder=self.sources, out=self.out)
        result = attempt([self.program] + arguments.split(), self.sources)
        if isinstance(result, str):
            self.problem = result
            return None
        return result


def outputs(repository, label):
    """Returns the first output of a target that is built."""
    query = [BAZELW, "cquery", "--noshow_progress", "--output=files", label]
    files = subprocess.run(query, cwd=repository, capture_output=True, text=True, check=True).stdout.split()
    root = subprocess.run([BAZELW, "info", "execution_root"], cwd=repository, capture_output=True, text=True, check=True).stdout.strip()
    return pathlib.Path(root) / files[0]


def size_rows(files, sources):
    print("%-32s %9s   %s" % ("bytes", "component", "interpreter, dylib, script"))
    for language, (_, extension) in LANGUAGES.items():
        sizes = [files[language], files[language + " interpreter"], files["dylib"], sources / ("functions." + extension)]
        sizes = [path.stat().st_size for path in sizes]
        print("%-32s %9d   %d, %d, %d" % (language, *sizes))


def calls(repository, others, smoke):
    """Prints the table of calls."""
    target = "//bench/dylib:%s" % ("smoke_test" if smoke else "calls")
    command = [BAZELW, "run", "--noshow_progress", "--ui_event_filters=-info", target, "--"]
    command += ["%s=%s" % (other.name, other.out) for other in others if not other.problem]
    # The program fails if a component cannot be run, and reports that in its output.
    result = subprocess.run(command, cwd=repository, capture_output=True, text=True)
    table = [line for line in result.stdout.splitlines() if not line.startswith("Error:")]
    start = next((i for i, line in enumerate(table) if re.match("component +bytes|.* not run: ", line)), None)
    if start is None or (smoke and result.returncode):
        sys.exit("error: failed to measure components\n%s%s" % (result.stdout, result.stderr))
    print("\n".join(table[start:]))
    for other in others:
        if other.problem:
            print("%-32s not run: %s" % (other.name, other.problem))
    sys.stdout.flush()


def generation(tool, scratch, runs, counts):
    """Prints the processor time of generating a dylib for worlds of several sizes."""
    before = None
    for count in counts:
        wit = scratch / ("world%d.wit" % count)
        functions = "\n".join(
            "    export call%d: func(a: list<string>, b: option<u32>) -> result<tuple<u32, string>, string>;" % n for n in range(count)
        )
        wit.write_text("package bench:generated;\n\nworld generated {\n%s\n}\n" % functions)
        command = [tool, "dylib", "--wit", wit, "--world", "generated", "-o", scratch / "generated.so"]
        [results] = measure([command], runs * 4)
        seconds, megabytes = least(results)
        text = "dylib of a world of %d functions" % count
        text = "%-44s %8.1f ms %6.1f MB" % (text, seconds * 1000, megabytes)
        if before:
            text += "   %.1f times the time of %d functions" % (seconds / before[0], before[1])
        print(text, flush=True)
        before = seconds, count


def edit(path, number):
    """Changes the greeting in a script."""
    text = path.read_text()
    path.write_text(re.sub(r'"Hello,( \d+)? ', '"Hello, %d ' % number, text))


def edits(tool, repository, files, others, runs):
    """Prints the time from an edited script to a component."""
    sources = repository / "bench/dylib"
    out = sources / "edited.wasm"
    core = sources / "edited.core.wasm"
    for language, (_, extension) in LANGUAGES.items():
        script = sources / ("functions." + extension)
        build = [BAZELW, "build", "--noshow_progress", "//bench/dylib:" + language]
        run(build, repository)
        place = [tool, "place", files[language + " interpreter"], "--dylib", files["dylib"]]
        place += ["--source", "%s=%s" % (script.name, script), "-o", core]
        times = {"build": [], "place": [], "new": []}
        for number in range(runs):
            edit(script, number)
            times["build"].append(run(build, repository))
            times["place"].append(run(place, repository))
            times["new"].append(run([tool, "new", core, "-o", out], repository))
        row("edit of a script: %s, bazelw build" % language, times["build"])
        row("edit of a script: %s, both actions" % language, [sum(pair) for pair in zip(times["place"], times["new"])])
    for other in others:
        if other.problem:
            continue
        times = []
        for number in range(runs):
            for script in ("functions.js", "functions.py"):
                edit(sources / script, number)
            times.append(other.make())
        if None not in times:
            row("edit of a script: %s" % other.name, times)


def bench(tool, repository, scratch, runs, counts, smoke):
    """Prints all tables.

    Args:
      tool: path of the program `component`.
      repository: path of a copy of this repository, whose scripts are edited.
      scratch: path of a directory.
      runs: the number of runs of each measurement.
      counts: list[int], the numbers of functions in worlds.
      smoke: whether to measure once, and without tools of others.
    """
    sources = repository / "bench/dylib"
    others = [] if smoke else [Other(name, scratch, sources) for name in OTHERS]
    for other in others:
        if not other.problem:
            other.make()
    labels = {language: "//bench/dylib:" + language for language in LANGUAGES}
    labels.update({language + " interpreter": interpreter for language, (interpreter, _) in LANGUAGES.items()})
    labels["dylib"] = "//bench/dylib:dylib"
    run([BAZELW, "build", "--noshow_progress"] + list(labels.values()), repository)
    # The link `bazel-out` of a copy is not used, so the files are read where Bazel writes them.
    files = {name: outputs(repository, label) for name, label in labels.items()}
    calls(repository, others, smoke)
    size_rows(files, sources)
    generation(tool, scratch, runs, counts)
    edits(tool, repository, files, others, runs)
