"""The commands of remote.py, once the namespace of their processes is there."""

import json
import pathlib
import re
import time

import cluster
import faults
import hits
import session

# A build of each kind: WIT, bindings and components in Rust and C, composition, lowering, and their tests.
SAMPLE = [
    "//examples/airssys/...",
    "//examples/team/...",
    "//test/rules/breaking/...",
    "//test/rules/c/...",
    "//test/rules/compose/...",
    "//test/rules/lower/...",
]
# Bazel in Bazel and package registries, among others. Each target says why.
FILTERS = ["--test_tag_filters=-no-remote-exec", "--build_tag_filters=-no-remote-exec"]
# Suffixes of files that actions of compilers and tools write.
PRODUCTS = {".a", ".cwasm", ".o", ".rlib", ".rs", ".wasm"}
REMOTE = {"remote", "remote cache hit"}
# A `wasm_component_binary`, with an argument. Its component has this name and `_component`.
PROGRAM = ["//examples/team:app", "--", "4006381333931"]

failures = 0


def report(passed, text, details=()):
    """Prints the result of a check."""
    global failures
    failures += not passed
    print("PASS" if passed else "FAIL", text, flush=True)
    for line in details:
        print("    " + line, flush=True)


def tail(text, lines=25):
    return text.splitlines()[-lines:]


def run_remotely(farm, build, targets):
    """Builds and tests targets remotely, and compares all outputs with those of a local build."""
    build.clean()
    local = build.run("build", "--keep_going", *FILTERS, *targets, log=True)
    report(local.ok, f"local: {local.seconds:.0f} s, {describe(local.log)}", [] if local.ok else tail(local.text))
    build.clean()
    remote = build.run("test", "--keep_going", *FILTERS, *farm.flags(), "--remote_download_minimal", *targets, log=True)
    report(remote.ok, f"remote: {remote.seconds:.0f} s, {describe(remote.log)}", [] if remote.ok else tail(remote.text))
    tests = sum(remote.log.hits["TestRunner"].values())
    report(tests > 0, f"{tests} test actions ran remotely")
    elsewhere = sorted({f"{mnemonic} {target}: {runner}" for mnemonic, target, runner in remote.log.actions if runner not in REMOTE})
    report(not elsewhere, "no action ran on this machine", elsewhere[:20])
    downloaded = products(build, remote.log)
    report(not downloaded, "no output of an action was downloaded", sorted(map(str, downloaded))[:10])
    run_one(farm, build, remote.log)
    different, equal = session.compare(local.log, remote.log)
    report(not different and equal > 0, f"{equal} files are byte-identical to those of a local build", different)


def products(build, log):
    """Returns set[Path]: the outputs of compilers and tools that are on this machine. Bazel writes some files itself."""
    written = {path.partition("/bin/")[2] for _, _, path in log.outputs}
    found = set()
    for directory in (build.repository / "bazel-out").glob("*/bin"):
        for path in directory.rglob("*"):
            name = path.relative_to(directory).as_posix()
            if path.suffix in PRODUCTS and name in written and path.is_file() and not path.is_symlink():
                found.add(path.resolve())
    return found


def run_one(farm, build, log):
    """Runs a test and a program with `bazel run`, which has to download what they need, and nothing else."""
    targets = {target for _, target, _ in log.actions}
    tests = {target for mnemonic, target, _ in log.actions if mnemonic == "TestRunner"}
    if tests:
        run_target(farm, build, log, min(tests))
    if PROGRAM[0] + "_component" in targets:
        run_target(farm, build, log, *PROGRAM)


def run_target(farm, build, log, target, *arguments):
    """Runs a target with `bazel run`, without what earlier ones downloaded."""
    build.clean()
    result = build.run("run", *farm.flags(), "--remote_download_minimal", target, *arguments)
    report(result.ok, f"bazel run {target}", [] if result.ok else tail(result.text))
    manifests = (build.repository / "bazel-bin").rglob(target.rpartition(":")[2] + ".runfiles_manifest")
    needed = {pathlib.Path(line.partition(" ")[2]).resolve() for path in manifests for line in path.read_text().splitlines()}
    downloaded = products(build, log)
    report(bool(downloaded) and downloaded <= needed, f"it downloaded {len(downloaded)} files, all of which it runs", sorted(map(str, downloaded - needed))[:10])


def describe(log):
    if not log:
        return "no actions"
    return ", ".join(f"{count} {runner or 'unknown'}" for runner, count in sorted(log.runners.items()))


def measure(farm, build, targets):
    """Times clean builds, and counts the actions of more and more components.

    A build is local, remote, or all hits. Every build starts with an analysed graph, and without outputs.
    """
    targets = targets or ["//examples/..."]
    build.run("build", "--nobuild", *targets)
    seconds = {}

    def clean_build(name, *flags):
        build.clean()
        result = build.run("build", *FILTERS, *flags, *targets, log=True)
        report(result.ok, f"{name}: {result.seconds:.1f} s, ratio to local {result.seconds / seconds.get('local', result.seconds):.2f}, {describe(result.log)}")
        seconds[name] = result.seconds
        if result.ok:
            print("    " + shares(result.log, build.repository), flush=True)

    clean_build("local", "--disk_cache=", "--jobs=2")
    clean_build("remote, two workers", *farm.flags(), "--remote_download_minimal")
    clean_build("remote, all hits", *farm.flags(), "--remote_download_minimal")
    farm.stop("worker1")
    time.sleep(12)
    clean_build("remote, one worker", *farm.flags(), "--remote_download_minimal", "--noremote_accept_cached")
    first = None
    for count in (10, 100, 1000):
        actions, edges, size = (total / count for total in graph(build, count))
        first = first or (actions, edges, size)
        # Names get longer.
        constant = (actions, edges) == first[:2] and size < 1.1 * first[2]
        report(constant, f"{count} components: {actions:.1f} actions, {edges:.1f} input edges and {size:.0f} bytes of command lines for each")


def shares(log, workspace):
    """Returns str: which part of the time of all actions those of the rules take, and which part of that is no execution."""
    names = hits.mnemonics(workspace)
    own = sum(log.seconds[name] for name in names)
    executed = sum(log.executed[name] for name in names)
    every = sum(log.seconds.values())
    return f"actions of the rules: {own:.1f} of {every:.1f} s, {own / every if every else 0:.1%}; {own - executed:.1f} s of these in queues and transfers"


COMPONENT = """
wit_library(name = "w{n}", srcs = ["w{n}.wit"])
rust_wasm_component(name = "c{n}", srcs = ["c.rs"], wit = ":w{n}", world = "w")
"""


def graph(build, count):
    """Writes a package with components, and counts the actions of the rules, their inputs and the bytes of their commands."""
    package = build.repository / f"simulated_{count}"
    package.mkdir()
    text = 'load("//rules:rust.bzl", "rust_wasm_component")\nload("//rules:wit.bzl", "wit_library")\n'
    for n in range(count):
        text += COMPONENT.format(n=n)
        (package / f"w{n}.wit").write_text(f"package simulated:p{n};\nworld w {{ export f: func(); }}\n")
    (package / "BUILD.bazel").write_text(text)
    (package / "c.rs").write_text("")
    query = f"mnemonic('^(Wit|Wasm).*', //{package.name}:all)"
    actions, edges, size = 0, 0, 0
    result = build.run("aquery", "--output=jsonproto", "--ui_event_filters=-info,-debug,-warning", query)
    data = json.loads(result.text[result.text.index("{\n") :])
    sets = {entry["id"]: entry for entry in data.get("depSetOfFiles", [])}

    def members(number, seen):
        if number not in seen:
            seen.add(number)
            for child in sets[number].get("transitiveDepSetIds", []):
                members(child, seen)

    for action in data["actions"]:
        actions += 1
        seen = set()
        for number in action.get("inputDepSetIds", []):
            members(number, seen)
        edges += sum(len(sets[number].get("directArtifactIds", [])) for number in seen)
        size += sum(len(word) + 1 for word in action.get("arguments", []))
    return actions, edges, size


def write_row(workspace, fault, outcome):
    """Writes a row of the table in docs/remote.md, or replaces the one of this fault."""
    path = workspace / "docs/remote.md"
    before, mark, rest = path.read_text(encoding="utf-8").partition("<!-- faults -->\n")
    table, end, after = rest.partition("<!-- /faults -->")
    rows = dict(re.findall(r"^\| (.*) \| (.*) \|$", table, flags=re.MULTILINE))
    rows.pop("fault", None)
    rows[fault] = outcome
    lines = ["| fault | the build ends with |", "|---|---|"] + [f"| {name} | {rows[name]} |" for name in rows]
    path.write_text(before + mark + "\n" + "\n".join(lines) + "\n\n" + end + after, encoding="utf-8")


def run(arguments, workspace, scratch, toolbox, extra, site):
    """Runs a command. Returns whether all checks passed."""
    farm = cluster.Farm(scratch / "farm", toolbox, extra, site)
    begin = time.monotonic()
    farm.start()
    print(f"started in {time.monotonic() - begin:.0f} s: BuildGrid, PostgreSQL, nginx and two workers; root {farm.root}", flush=True)
    if arguments.command == "up":
        print("bazel build " + " ".join(farm.flags()))
        print(f"a cache: --remote_cache={farm.cache}\nCtrl-C ends it", flush=True)
        while True:
            time.sleep(3600)
    build = session.Session(workspace, scratch, arguments.tool)
    try:
        if arguments.command == "run":
            run_remotely(farm, build, arguments.targets or (SAMPLE if arguments.sample else ["//..."]))
        elif arguments.command == "cache":
            hits.check(workspace, scratch, arguments.tool, ["--disk_cache=", f"--remote_cache={farm.cache}"], report)
        elif arguments.command == "bench":
            measure(farm, build, arguments.targets)
        elif arguments.command == "faults":
            faults.run(farm, build, report, arguments.names, lambda *row: write_row(workspace, *row) if arguments.write else None)
    finally:
        build.shutdown()
        farm.stop_all()
    print(f"{'all checks passed' if not failures else f'{failures} failed'}, {time.monotonic() - begin:.0f} s")
    return not failures
