"""Writes a local Bazel registry of the modules that Debian packages.

Each module gets a template of its MODULE.bazel. toolbox.sh inserts the version that a workspace requires; the module
is Debian's copy, whatever the version. The modules require version "0" of each other.

Format: https://bazel.build/external/registry#index_registry
"""

import json
import pathlib
import re
import shutil
import sys

SHARE = pathlib.Path("/usr/share/bazel")
OURS = pathlib.Path("/usr/share/rules_wit")

MODULES = {
    "bazel_features": SHARE / "tools/features",
    "bazel_lib": SHARE / "tools/bazel_lib",
    "bazel_skylib": SHARE / "tools/skylib",
    "platforms": SHARE / "tools/platforms",
    "rules_cc": OURS / "rules_cc",
    "rules_java": SHARE / "rules/java",
    "rules_license": SHARE / "rules/license",
    "rules_pkg": SHARE / "rules/pkg",
    "rules_proto": SHARE / "rules/proto",
    "rules_python": SHARE / "rules/python",
    "rules_rust": OURS / "rules_rust",
    "rules_shell": SHARE / "rules/shell",
    "rules_wit_toolbox": OURS / "rust",
    "stardoc": SHARE / "tools/stardoc",
}

# Dependencies of the modules above that Debian lacks. No target built here uses them.
STUBS = ["apple_support", "aspect_rules_js", "buildozer", "protobuf", "zlib"]

CALL = re.compile(r"^(\w+)\((?:[^()]|\([^()]*\))*\)\n", re.MULTILINE)


def template(name, text):
    """MODULE.bazel of a module, with @VERSION@ for its own version.

    Args:
        name: the module's name.
        text: its MODULE.bazel as Debian ships it.

    Returns:
        The template's text.
    """

    def call(match):
        kind, whole = match.group(1), match.group(0)
        if kind == "module":
            return f'module(name = "{name}", version = "@VERSION@")\n'
        if kind == "bazel_dep":
            if "dev_dependency" in whole:
                return ""
            return re.sub(r'version = "[^"]*"', 'version = "0"', whole)
        if kind == "local_path_override":
            return ""
        # The toolbox registers its own Rust toolchains.
        if kind == "register_toolchains" and name == "rules_rust":
            return ""
        return whole

    text = CALL.sub(call, text)
    if name == "platforms":
        # This module is in every graph, and brings the toolbox's toolchains into it.
        text += '\nbazel_dep(name = "rules_wit_toolbox", version = "0")\n'
    return text


def required(text):
    """Returns (name, version) of each bazel_dep in a MODULE.bazel."""
    return re.findall(r'bazel_dep\(\s*name = "([^"]+)",\s*version = "([^"]+)"', text)


def patch(path, *changes, count=1):
    """Replaces texts of a file.

    Args:
        path: the file.
        *changes: pairs (old, new).
        count: how often the file has each `old`; another number is an error.
    """
    text = path.read_text()
    for old, new in changes:
        if text.count(old) != count:
            sys.exit(f"{path} is not as expected: {text.count(old)} times {old!r}")
        text = text.replace(old, new)
    path.write_text(text)


def add_wasip2(rust):
    """Adds the triple wasm32-wasip2 and its constraint, which rules_rust has since 0.64."""
    wasi = """    if target_triple == "wasm32-{0}":
        return [
            "@platforms//cpu:wasm32",
            "@platforms//os:wasi",{1}
        ]
"""
    preview = '\n            "@rules_rust//rust/platform:wasi_preview_%d",'
    patch(rust / "platform/triple.bzl", ('"wasm32-wasip1")', '"wasm32-wasip1", "wasm32-wasip2")'))
    mappings = rust / "platform/triple_mappings.bzl"
    mappings.write_text(re.sub(r'    "wasip1": (.*),\n', r'    "wasip1": \1,\n    "wasip2": \1,\n', mappings.read_text()))
    patch(
        mappings,
        (wasi.format("wasip1", ""), wasi.format("wasip1", preview % 1) + wasi.format("wasip2", preview % 2)),
        (
            '    "wasm32-wasip1": _support',
            '    "wasm32-wasip2": _support(std = True, host_tools = False),\n    "wasm32-wasip1": _support',
        ),
    )
    with (rust / "platform/BUILD.bazel").open("a") as build_file:
        build_file.write(
            """
constraint_setting(name = "wasi_version", default_constraint_value = ":wasi_preview_1", visibility = ["//visibility:public"])

constraint_value(name = "wasi_preview_1", constraint_setting = ":wasi_version", visibility = ["//visibility:public"])

constraint_value(name = "wasi_preview_2", constraint_setting = ":wasi_version", visibility = ["//visibility:public"])
"""
        )


def add_lto(rust):
    """Adds the setting `lto`, which rules_rust has since 0.56. It has no effect: Debian's copy passes no flags of LTO."""
    with (rust / "settings/BUILD.bazel").open("a") as build_file:
        build_file.write(
            """
string_flag(
    name = "lto",
    build_setting_default = "unspecified",
    values = ["manual", "unspecified", "off", "thin", "fat"],
    visibility = ["//visibility:public"],
)
"""
        )


def add_link_deps(rust):
    """Adds the attribute `link_deps` for native libraries, which rules_rust has since 0.71."""
    patch(
        rust / "private/rust.bzl",
        ("transform_deps(ctx.attr.deps)", 'transform_deps(ctx.attr.deps + getattr(ctx.attr, "link_deps", []))'),
        count=3,
    )
    patch(
        rust / "private/rust.bzl",
        (
            '    "edition": attr.string(\n        doc = "The rust edition to use for this crate.',
            '    "link_deps": attr.label_list(doc = "Native libraries to link.", providers = [CcInfo]),\n'
            '    "edition": attr.string(\n        doc = "The rust edition to use for this crate.',
        ),
    )


def add_test_crate_info(rust):
    """Declares that linked libraries describe their crates, as releases since 0.60 do. Aspects visit only declared crates."""
    patch(
        rust / "private/rust.bzl",
        ("    provides = [CcInfo],\n", "    provides = [CcInfo, rust_common.test_crate_info],\n"),
        count=2,
    )


def add_extensions(rust):
    """Adds the name of the module extension of crate_universe that newer releases use."""
    (rust.parent / "crate_universe/extensions.bzl").write_text(
        '"""The module extension of crate_universe."""\n\n'
        'load(":extension.bzl", _crate = "crate")\n\ncrate = _crate\n'
    )


def copied(name, source):
    """Copies a module of Debian, to be changed. Returns the copy's path."""
    copy = MODULES[name]
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(SHARE / source, copy, symlinks=True)
    return copy


def patch_rules_cc():
    """Adds the target of `cc_library.bzl` and the like to Debian's copy of rules_cc, which releases have since 0.1.2."""
    with (copied("rules_cc", "rules/cc") / "cc/BUILD").open("a") as build_file:
        build_file.write('\nbzl_library(name = "core_rules", srcs = ["cc_library.bzl"], visibility = ["//visibility:public"])\n')


def patch_rules_rust():
    """Adds to Debian's copy of rules_rust what the rules here use of newer releases."""
    copy = copied("rules_rust", "rules/rust")
    for add in add_wasip2, add_lto, add_link_deps, add_test_crate_info, add_extensions:
        add(copy / "rust")


def main(out):
    out = pathlib.Path(out)
    shutil.rmtree(out, ignore_errors=True)
    (out / "templates").mkdir(parents=True)
    (out / "bazel_registry.json").write_text("{}\n")
    patch_rules_cc()
    patch_rules_rust()

    # Modules that Bazel itself requires: for its tools, and in the module that it generates for the host platform.
    built_in = (SHARE / "embedded_tools/MODULE.bazel").read_text() + 'bazel_dep(name = "platforms", version = "0.0.7")'
    sources = {name: (path / "MODULE.bazel").read_text() for name, path in MODULES.items()}
    for name in STUBS:
        stub = OURS / "stubs" / name
        stub.mkdir(parents=True, exist_ok=True)
        (stub / "BUILD.bazel").touch()
        sources[name] = f'module(name = "{name}")\n'
        MODULES[name] = stub
    for name, text in sources.items():
        text = template(name, text)
        (out / "templates" / name).write_text(text)
        versions = {"0"} | {version for other, version in required(built_in) if other == name}
        for version in versions:
            entry = out / "modules" / name / version
            entry.mkdir(parents=True)
            (entry / "MODULE.bazel").write_text(text.replace("@VERSION@", version))
            source = {"type": "local_path", "path": str(MODULES[name])}
            (entry / "source.json").write_text(json.dumps(source) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
