#!/usr/bin/env python3
"""Runs tests of this repository with the module graph of the Bazel Central Registry, in the toolbox.

The toolbox replaces modules by those of Debian, which are old. This test uses the versions that users get instead, without
access to their download servers: $MODULES is a directory with `bcr`, a copy of the registry, and `<name>/<version>`, the
sources of modules. It must not be below /tmp, which sandboxed actions do not see.

It builds all targets, runs two programs, and tests. Compiling everything takes an hour and more on two cores.

Usage: registry_test.py BAZELW TOOL...
Environment: MODULES; optionally BUILD, the targets to build, and TARGETS, the test targets.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

SYSTEM_RC = pathlib.Path("/etc/bazel/bazelrc")
RUST = pathlib.Path("/usr/share/rules_wit/rust")

# The program of stardoc is only in its release archive.
BUILD = ["//...", "-//docs/..."]
RUN = [["//examples/airssys:demo"], ["//examples/team:app", "--", "4006381333931"]]
TARGETS = ["//test/rules/...", "//test/unit/...", "//examples/airssys/...", "//examples/team/..."]

# Defaults of Bazel 8 and 9 that Bazel 7 has as flags, besides those in .bazelrc. Not these two, as modules that Bazel itself
# depends on fail with them on Bazel 7:
#   --incompatible_stop_exporting_language_modules     bazel_features and apple_support
#   --noincompatible_enable_deprecated_label_apis      rules_license
FLAGS = [
    "--incompatible_autoload_externally=",
    "--incompatible_use_plus_in_repo_names",
    # With this flag of .bazelrc, Bazel 7 rejects the toolchain for cc_test of rules_cc 0.2.
    "--noincompatible_check_visibility_for_toolchains",
]


def edit(path, *changes):
    """Replaces texts of a file, each of which it must contain."""
    text = path.read_text()
    for old, new in changes:
        if old not in text:
            sys.exit(f"error: {path} does not contain {old!r}")
        text = text.replace(old, new)
    path.write_text(text)


def prepare(modules, copies):
    """Copies the modules, and makes up for what differs from their release archives.

    Debian's Bazel reports an empty version, which some modules take for the newest.
    """
    version = subprocess.run(["bazel", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    for name in sorted(path.name for path in modules.iterdir() if path.name != "bcr"):
        for source in (modules / name).iterdir():
            copy = copies / name / source.name
            shutil.copytree(source, copy, symlinks=True, ignore=shutil.ignore_patterns(".bazelversion"))
            for file in copy.rglob("*.bzl"):
                text = file.read_text()
                if "native.bazel_version" in text:
                    file.write_text(text.replace("native.bazel_version", '(native.bazel_version or "%s")' % version))
            if name == "rules_rust":
                hashes = copy / "rust/private/known_shas.bzl"
                if not hashes.exists():
                    hashes.write_text('"""Hashes of downloads, of which there are none."""\n\nFILE_KEY_TO_SHA = {}\n')


def write_registry(overlay, registry, copies):
    """Writes a registry with the copied modules. Its MODULE.bazel files are those of the central registry."""
    overlay.mkdir()
    (overlay / "bazel_registry.json").write_text("{}\n")
    for copy in copies.glob("*/*"):
        entry = overlay / "modules" / copy.parent.name / copy.name
        entry.mkdir(parents=True)
        known = registry / "modules" / copy.parent.name / copy.name / "MODULE.bazel"
        module = known if known.exists() else copy / "MODULE.bazel"
        text = module.read_text()
        if copy.parent.name == "rules_kotlin":
            # Their package is complete only in a release archive.
            text = re.sub(r"^register_toolchains\(.*\n", "", text, flags=re.MULTILINE)
        # Bazel evaluates the one in the registry, and some sources have another version in theirs.
        for file in entry, copy:
            (file / "MODULE.bazel").write_text(text)
        (entry / "source.json").write_text(json.dumps({"type": "local_path", "path": str(copy)}) + "\n")


def write_prebuilt(repository, tools):
    """Declares programs as the toolchains of a copy of this repository, in its package //prebuilt.

    Targets that name a tool take the same files, so the copy compiles none.
    """
    prebuilt = repository / "prebuilt"
    prebuilt.mkdir()
    lines = [
        'load("@rules_shell//shell:sh_binary.bzl", "sh_binary")',
        'load("//toolchains:defs.bzl", "tool_toolchain")',
        'package(default_visibility = ["//visibility:public"])',
    ]
    for tool in tools:
        name = tool.name
        shutil.copy(tool, prebuilt / (name + ".bin"))
        version = ""
        if name == "wit_bindgen":
            version = subprocess.run([tool, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
        lines.append('tool_toolchain(name = "%s", tool = "%s.bin", version = "%s")' % (name, name, version))
        lines.append(
            'toolchain(name = "%s_toolchain", toolchain = "%s", toolchain_type = "//toolchains:%s_toolchain_type")' % (name, name, name)
        )
    programs = repository / "toolchains/private/prebuilt.bzl"
    for name in sorted({"component", "publisher", "runner", "wit"} & {tool.name for tool in tools}):
        lines.append('sh_binary(name = "%s_bin", srcs = ["%s.bin"])' % (name, name))
        edit(programs, ('Label("//tools/%s:%s_bin")' % (name, name), 'Label("//prebuilt:%s_bin")' % name))
    (prebuilt / "BUILD.bazel").write_text("\n".join(lines) + "\n")


def write_repository(repository, workspace, tools):
    """Copies this repository, with the tools of the outer build and the toolbox's Rust as toolchains."""
    ignored = shutil.ignore_patterns(".git", "bazel-*", "target")
    shutil.copytree(workspace, repository, symlinks=True, ignore=ignored)
    rust = repository / "rust_of_the_toolbox"
    shutil.copytree(RUST, rust, symlinks=True)
    module = repository / "MODULE.bazel"
    versions = dict(re.findall(r'bazel_dep\(name = "(\w+)", version = "([^"]+)"', module.read_text()))
    edit(
        rust / "MODULE.bazel",
        *[('name = "%s", version = "0"' % name, 'name = "%s", version = "%s"' % (name, versions[name])) for name in ("platforms", "rules_rust")],
    )
    with module.open("a") as file:
        file.write(
            '\nbazel_dep(name = "rules_wit_toolbox", version = "0")\n'
            'local_path_override(module_name = "rules_wit_toolbox", path = "rust_of_the_toolbox")\n'
            'register_toolchains("@rules_wit_toolbox//:all", "//prebuilt:all")\n'
        )
    with (repository / ".bazelignore").open("a") as file:
        file.write("rust_of_the_toolbox\n")
    write_prebuilt(repository, tools)


def bazel(repository, startup, command, *args):
    """Runs Bazel in the copy. Returns whether it succeeded."""
    environment = {name: os.environ[name] for name in ("HOME", "PATH", "USER", "JAVA_HOME") if name in os.environ}
    line = ["bazel", *startup, command, *args]
    print("+", *line, flush=True)
    return subprocess.run(line, cwd=repository, env=environment, stdin=subprocess.DEVNULL).returncode == 0


def main(bazelw, *tools):
    modules = os.environ.get("MODULES")
    if not modules:
        sys.exit("error: MODULES is not set\nhint: bazel test //test/e2e/registry --test_env=MODULES=<directory>; see registry_test.py")
    if not (SYSTEM_RC.exists() and RUST.exists()):
        sys.exit("error: this test only runs in the toolbox\nhint: see CONTRIBUTING.md, bazelw")
    modules = pathlib.Path(modules).resolve()
    workspace = pathlib.Path(bazelw).resolve().parent
    scratch = pathlib.Path(os.environ["TEST_TMPDIR"]).resolve()
    copies, overlay, repository = scratch / "modules", scratch / "registry", scratch / "repository"
    prepare(modules, copies)
    write_registry(overlay, modules / "bcr", copies)
    write_repository(repository, workspace, [pathlib.Path(tool).absolute() for tool in tools])

    dropped = ("common --registry=", "common --lockfile_mode=", "common --extra_toolchains=")
    lines = [line for line in SYSTEM_RC.read_text().splitlines() if not line.startswith(dropped)]
    lines += [f"common --registry=file://{overlay} --registry=file://{modules / 'bcr'} --lockfile_mode=off"]
    lines += ["common --check_direct_dependencies=error"]
    lines += ["build " + flag for flag in FLAGS]
    rc = scratch / "bazelrc"
    rc.write_text("\n".join(lines) + "\n")

    startup = ["--nosystem_rc", "--nohome_rc", f"--bazelrc={rc}", "--max_idle_secs=60"]
    build = os.environ.get("BUILD", " ".join(BUILD)).split()
    targets = os.environ.get("TARGETS", " ".join(TARGETS)).split()
    print("modules:", *sorted(" ".join(path.parts[-2:]) + "," for path in copies.glob("*/*")))
    passed = bazel(repository, startup, "build", "--keep_going", "--", *build)
    for program in RUN:
        passed &= bazel(repository, startup, "run", *program)
    passed &= bazel(repository, startup, "test", "--keep_going", "--test_summary=short", "--", *targets)
    bazel(repository, startup, "shutdown")
    sys.exit(not passed)


if __name__ == "__main__":
    main(*sys.argv[1:])
