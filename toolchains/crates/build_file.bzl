"""Renders the BUILD file of a crate from the data of `third_party/crates/<workspace>.json`."""

_HEAD = """\
load("@rules_rust//cargo:defs.bzl", "cargo_build_script")
load("@rules_rust//rust:defs.bzl", "rust_library", "rust_proc_macro")

package(default_visibility = ["//visibility:public"])
"""

_PACKAGE_FILES = ["**/* *", ".tmp_git_root/**/*", "BUILD", "BUILD.bazel", "WORKSPACE", "WORKSPACE.bazel"]

# An expression, as opposed to a value, in the attributes of a target.
_SRCS = struct(text = "glob([\"**/*.rs\"], allow_empty = True)")
_DATA = struct(text = "glob([\"**\"], allow_empty = True, exclude = {})".format(_PACKAGE_FILES))
_SCRIPT_DATA = struct(text = "glob([\"**\"], allow_empty = True, exclude = {})".format(["**/*.rs"] + _PACKAGE_FILES))

# The key of an attribute in the data -> the attribute of the rule. What they hold is `deps`-like, names crates.
_ATTRIBUTES = {
    "aliases": "aliases",
    "deps": "deps",
    "env": "rustc_env",
    "features": "crate_features",
    "link_deps": "link_deps",
    "links": "links",
    "proc_macro_deps": "proc_macro_deps",
}

_NAMES_CRATES = ["aliases", "deps", "link_deps", "proc_macro_deps"]

def folder(crate):
    """The folder of a crate below `vendor`, as a label spells it.

    Args:
      crate: string, `name version`.

    Returns:
      string: the plus before build metadata is a dash.
    """
    return crate.replace(" ", "-").replace("+", "-")

def crate_label(crate):
    """The label of a crate's library.

    Args:
      crate: string, `name version`, or `name version:target` where the target has another name than the crate.

    Returns:
      string.
    """
    key, _, target = crate.partition(":")
    return "//vendor/{}:{}".format(folder(key), target or key.partition(" ")[0].replace("-", "_"))

def _value(name, value):
    """A value of the data as that of an attribute."""
    if name not in _NAMES_CRATES:
        return value
    if type(value) == "dict":
        return {crate_label(crate): alias for crate, alias in value.items()}
    return [crate_label(crate) for crate in value]

def _attributes(described):
    """The attributes of a target: those of every platform and, as a `select`, what some platforms add."""
    out = {}
    for name, attribute in _ATTRIBUTES.items():
        everywhere = _value(name, described[name]) if name in described else None
        branches = {
            "@rules_rust//rust/platform:" + triple: _value(name, values[name])
            for triple, values in described.get("platforms", {}).items()
            if name in values
        }
        if not branches:
            if everywhere != None:
                out[attribute] = everywhere
            continue
        if type(branches.values()[0]) == "dict":
            # Dictionaries cannot be added to a `select` on every supported Bazel.
            branches = {triple: (everywhere or {}) | values for triple, values in branches.items()}
            branches["//conditions:default"] = everywhere or {}
            everywhere = None
        else:
            branches["//conditions:default"] = []
        text = "select({})".format(repr(branches))
        out[attribute] = struct(text = text if everywhere == None else repr(everywhere) + " + " + text)
    return out

def _target(rule, attributes):
    lines = [
        "    {} = {},".format(name, value.text if type(value) == "struct" else repr(value))
        for name, value in attributes.items()
    ]
    return "\n{}(\n{}\n)\n".format(rule, "\n".join(lines))

def crate_build_file(crate, described):
    """The BUILD file of a crate.

    Args:
      crate: string, `name version`.
      described: dict, its entry in the data: `edition`; and where they differ from a plain library `aliases`, `deps`,
        `env`, `features`, `flags` (of rustc), `lib` (the target's name), `proc_macro`, `proc_macro_deps`, `root`,
        `build_script` (a dict of `root`, `links`, `link_deps` and the same) and `platforms` (triple -> what it adds).

    Returns:
      string.
    """
    name, _, version = crate.partition(" ")
    script = described.get("build_script")
    attributes = dict(
        {
            "name": described.get("lib", name.replace("-", "_")),
            "srcs": _SRCS,
            "compile_data": _DATA,
            "crate_root": described.get("root", "src/lib.rs"),
            "edition": described["edition"],
            "rustc_flags": ["--cap-lints=allow"] + described.get("flags", []),
            "version": version,
        },
        **_attributes(described)
    )
    if script != None:
        own = [":build_script_build"]
        deps = attributes.get("deps", [])
        attributes["deps"] = struct(text = repr(own) + " + " + deps.text) if type(deps) == "struct" else own + deps
    text = _HEAD + _target("rust_proc_macro" if described.get("proc_macro") else "rust_library", attributes)
    if script == None:
        return text
    inherited = {
        "features": described.get("features", []),
        "platforms": {
            triple: {key: value for key, value in values.items() if key == "features"}
            for triple, values in described.get("platforms", {}).items()
        },
    }
    for triple, values in script.get("platforms", {}).items():
        inherited["platforms"][triple] = inherited["platforms"].get(triple, {}) | values
    return text + _target("cargo_build_script", dict(
        {
            "name": "_bs",
            "srcs": _SRCS,
            "compile_data": _SCRIPT_DATA,
            "crate_name": "build_script_build",
            "crate_root": script.get("root", "build.rs"),
            "data": _DATA,
            "edition": described["edition"],
            "pkg_name": name,
            # A build script runs for milliseconds.
            "rustc_flags": ["--cap-lints=allow", "-Copt-level=0", "-Cdebug-assertions=off"],
            "version": version,
            "visibility": ["//visibility:private"],
        },
        **_attributes(script | inherited)
    )) + _target("alias", {"name": "build_script_build", "actual": ":_bs", "tags": ["manual"]})

def aliases_build_file(aliases):
    """The BUILD file at the root of the repository: an alias for each crate that a manifest names.

    Args:
      aliases: dict[string, string], name -> `name version` of a crate.

    Returns:
      string.
    """
    return "package(default_visibility = [\"//visibility:public\"])\n" + "".join([
        _target("alias", {"name": name, "actual": crate_label(crate)})
        for name, crate in sorted(aliases.items())
    ])
