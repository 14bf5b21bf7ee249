"""Writes a local Bazel registry of the modules that Debian packages.

Each module gets a template of its MODULE.bazel, in which toolbox.sh fills in the version that a workspace asks
for: whatever is asked, Debian's copy is what there is. Between themselves the modules ask for version "0".

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
    "rules_cc": SHARE / "rules/cc",
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

# Named by the modules above, missing in Debian, and used by nothing that is built here.
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
        # Toolchains of rules_rust's extensions would be loaded for nothing; the toolbox has its own.
        if kind == "register_toolchains" and name == "rules_rust":
            return ""
        return whole

    text = CALL.sub(call, text)
    if name == "platforms":
        # In every graph, so the toolbox's toolchains are too.
        text += '\nbazel_dep(name = "rules_wit_toolbox", version = "0")\n'
    return text


def asked(text):
    """(name, version) of each bazel_dep in a MODULE.bazel."""
    return re.findall(r'bazel_dep\(\s*name = "([^"]+)",\s*version = "([^"]+)"', text)


def patch(path, old, new):
    text = path.read_text()
    if new not in text:
        if old not in text:
            sys.exit(f"{path} is not as expected: no {old!r}")
        path.write_text(text.replace(old, new, 1))


def patch_rules_rust():
    """Teaches Debian's rules_rust what releases since 0.64 know of wasm32-wasip2."""
    copy = MODULES["rules_rust"]
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(SHARE / "rules/rust", copy, symlinks=True)
    patch(copy / "rust/platform/triple.bzl", '"wasm32-wasip1")', '"wasm32-wasip1", "wasm32-wasip2")')
    mappings = copy / "rust/platform/triple_mappings.bzl"
    mappings.write_text(re.sub(r'    "wasip1": (.*),\n', r'    "wasip1": \1,\n    "wasip2": \1,\n', mappings.read_text()))
    wasi = """    if target_triple == "wasm32-{0}":
        return [
            "@platforms//cpu:wasm32",
            "@platforms//os:wasi",{1}
        ]
"""
    preview = '\n            "@rules_rust//rust/platform:wasi_preview_%d",'
    patch(
        mappings,
        wasi.format("wasip1", ""),
        wasi.format("wasip1", preview % 1) + wasi.format("wasip2", preview % 2),
    )
    patch(
        mappings,
        '    "wasm32-wasip1": _support',
        '    "wasm32-wasip2": _support(std = True, host_tools = False),\n    "wasm32-wasip1": _support',
    )
    setting = copy / "rust/platform/BUILD.bazel"
    setting.write_text(
        setting.read_text()
        + """
constraint_setting(name = "wasi_version", default_constraint_value = ":wasi_preview_1", visibility = ["//visibility:public"])

constraint_value(name = "wasi_preview_1", constraint_setting = ":wasi_version", visibility = ["//visibility:public"])

constraint_value(name = "wasi_preview_2", constraint_setting = ":wasi_version", visibility = ["//visibility:public"])
"""
    )


def main(out):
    out = pathlib.Path(out)
    shutil.rmtree(out, ignore_errors=True)
    (out / "templates").mkdir(parents=True)
    (out / "bazel_registry.json").write_text("{}\n")
    patch_rules_rust()

    # What Bazel itself asks for: in its tools' module, and in one that it makes up for the host platform.
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
        versions = {"0"} | {version for other, version in asked(built_in) if other == name}
        for version in versions:
            entry = out / "modules" / name / version
            entry.mkdir(parents=True)
            (entry / "MODULE.bazel").write_text(text.replace("@VERSION@", version))
            source = {"type": "local_path", "path": str(MODULES[name])}
            (entry / "source.json").write_text(json.dumps(source) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
