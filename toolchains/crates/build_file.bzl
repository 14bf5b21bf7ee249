"""Renders BUILD files from the data of a Cargo workspace, `third_party/crates/<workspace>.json`. Pure functions."""

_HEAD = """\
load("@rules_rust//cargo:defs.bzl", "cargo_build_script")
load("@rules_rust//rust:defs.bzl", "rust_library", "rust_proc_macro")

package(default_visibility = ["//visibility:public"])
"""

_PACKAGE_FILES = ["**/* *", ".tmp_git_root/**/*", "BUILD", "BUILD.bazel", "WORKSPACE", "WORKSPACE.bazel"]

# Attributes that are expressions, unlike values, are structs with the field `text`.
_SRCS = struct(text = "glob([\"**/*.rs\"], allow_empty = True)")
_DATA = struct(text = "glob([\"**\"], allow_empty = True, exclude = {})".format(_PACKAGE_FILES))
_SCRIPT_DATA = struct(text = "glob([\"**\"], allow_empty = True, exclude = {})".format(["**/*.rs"] + _PACKAGE_FILES))

# Key in the data -> attribute of the rule.
_ATTRIBUTES = {
    "aliases": "aliases",
    "deps": "deps",
    "env": "rustc_env",
    "features": "crate_features",
    "link_deps": "link_deps",
    "links": "links",
    "proc_macro_deps": "proc_macro_deps",
}

# Keys whose values name crates; these become labels.
_NAMES_CRATES = ["aliases", "deps", "link_deps", "proc_macro_deps"]

def folder(crate):
    """Returns the folder of a crate below `vendor`.

    Args:
      crate: string, `name version`.

    Returns:
      string: `name-version`, with a dash for the plus before build metadata, as labels cannot contain a plus.
    """
    return crate.replace(" ", "-").replace("+", "-")

def crate_label(crate):
    """Returns the label of a crate's library.

    Args:
      crate: string, `name version`, or `name version:target` if the target's name differs from the crate's.

    Returns:
      string.
    """
    key, _, target = crate.partition(":")
    return "//vendor/{}:{}".format(folder(key), target or key.partition(" ")[0].replace("-", "_"))

def _value(name, value):
    """Converts a value of the data to the value of an attribute."""
    if name not in _NAMES_CRATES:
        return value
    if type(value) == "dict":
        return {crate_label(crate): alias for crate, alias in value.items()}
    return [crate_label(crate) for crate in value]

# Flags of rustc for programs that run for milliseconds, build scripts among them, and for the crates that only these use.
# Without optimisation, they compile in a quarter of the time. -Copt-level=0 alone enables debug assertions.
UNOPTIMISED_FLAGS = [
    "-Copt-level=0",
    "-Cdebug-assertions=off",
]

def _condition_name(condition):
    """Returns the name of the target for a condition: `a&b|c` is `a-and-b-or-c`."""
    return condition.replace("&", "-and-").replace("|", "-or-")

def _condition_label(condition, triple = None):
    """Returns the label of a condition on the chosen features, or on these and the platform."""
    return "//features:" + (triple + "-" if triple else "") + _condition_name(condition)

def _chosen(described, name):
    """Returns the values of a key that depend on chosen features: pairs of a label of a condition and a list."""
    out = []
    for condition, values in described.get("when", {}).items():
        if name in values:
            out.append((_condition_label(condition), _value(name, values[name])))
        for triple, more in values.get("platforms", {}).items():
            if name in more:
                out.append((_condition_label(condition, triple), _value(name, more[name])))
    return out

def _attributes(described):
    """Returns the attributes of a target; values that depend on the platform or on chosen features become a `select`."""
    out = _platform_attributes(described)
    for name, attribute in _ATTRIBUTES.items():
        chosen = ["select({})".format(repr({label: values, "//conditions:default": []})) for label, values in _chosen(described, name)]
        if chosen:
            value = out.get(attribute, [])
            out[attribute] = struct(text = " + ".join([value.text if type(value) == "struct" else repr(value)] + chosen))
    return out

def _platform_attributes(described):
    """Returns the attributes of a target without what depends on chosen features."""
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
            # Not every supported Bazel can add a dict to a `select`.
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

def crate_build_file(crate, described, rustc_flags = []):
    """Renders the BUILD file of a crate.

    Args:
      crate: string, `name version`.
      described: dict, the entry of the crate in the data, as `third_party/crates/update.py` writes it. `edition` (string)
        is required. Optional:
        `aliases` (dict: crate -> name in the source), `deps` and `proc_macro_deps` (lists of crates);
        `env` (dict: variables for rustc), `features` (list of strings);
        `lib` (string, the name of the library if it is not that of the crate), `root` (string, its root file);
        `proc_macro` (bool), `replace` (dict: file -> pairs of strings; the repository rule applies it), `unoptimised` (bool, whether to compile it with UNOPTIMISED_FLAGS);
        `build_script` (dict with the same keys and `links`, a string, and `link_deps`, a list of crates);
        `platforms` (dict: target triple -> dict with the same keys, which are added on that platform);
        `when` (dict: condition -> dict with `deps`, `features`, `proc_macro_deps` and `platforms`, which are added where the
        condition holds for the features that a build chooses).
      rustc_flags: list of strings, further flags of rustc if the crate is optimised.

    Returns:
      string: the text of the BUILD file.
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
            "rustc_flags": ["--cap-lints=allow"] + (UNOPTIMISED_FLAGS if described.get("unoptimised") else rustc_flags),
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
        "when": _features_when(described, script),
    }
    for triple, values in script.get("platforms", {}).items():
        inherited["platforms"][triple] = inherited["platforms"].get(triple, {}) | values
    return text + _target("cargo_build_script", dict(
        {
            "name": "_bs",
            "srcs": _SRCS,
            # Debug information of C contains the directory of the build.
            "build_script_env": {"DEBUG": "false"},
            "compile_data": _SCRIPT_DATA,
            "crate_name": "build_script_build",
            "crate_root": script.get("root", "build.rs"),
            "data": _DATA,
            "edition": described["edition"],
            "pkg_name": name,
            "rustc_flags": ["--cap-lints=allow"] + UNOPTIMISED_FLAGS,
            "version": version,
            "visibility": ["//visibility:private"],
        },
        **_attributes(script | inherited)
    )) + _target("alias", {"name": "build_script_build", "actual": ":_bs", "tags": ["manual"]})

def _features_when(described, script):
    """Returns the key `when` of a build script: its own, and the features of its crate."""
    out = {condition: dict(values) for condition, values in script.get("when", {}).items()}
    for condition, values in described.get("when", {}).items():
        own = out.setdefault(condition, {})
        if "features" in values:
            own["features"] = values["features"]
        platforms = dict(own.get("platforms", {}))
        for triple, more in values.get("platforms", {}).items():
            if "features" in more:
                platforms[triple] = platforms.get(triple, {}) | {"features": more["features"]}
        own["platforms"] = platforms
    return out

def _conditions(crates):
    """Returns the conditions that crates use: dict of dicts, condition -> target triple -> None."""
    out = {}
    for described in crates.values():
        for target in [described, described.get("build_script", {})]:
            for condition, values in target.get("when", {}).items():
                out.setdefault(condition, {}).update({triple: None for triple in values.get("platforms", {})})
    return out

def features_build_file(setting, chosen, crates):
    """Renders the BUILD file with the conditions on the features that a build chooses.

    Args:
      setting: string, the label of the build setting that lists the chosen features.
      chosen: list[string], the features among which a build chooses.
      crates: dict[string, dict], crate -> the second argument of `crate_build_file`.

    Returns:
      string: the text of the BUILD file.
    """
    text = "load(\"@bazel_skylib//lib:selects.bzl\", \"selects\")\n\npackage(default_visibility = [\"//visibility:public\"])\n"
    for feature in chosen:
        text += _target("config_setting", {"name": feature, "flag_values": {setting: feature}})
    groups = {}
    for condition, triples in _conditions(crates).items():
        clauses = condition.split("|")
        for clause in clauses:
            if "&" in clause:
                groups[clause] = {"match_all": [":" + feature for feature in clause.split("&")]}
        if len(clauses) > 1:
            groups[condition] = {"match_any": [":" + _condition_name(clause) for clause in clauses]}
        for triple in triples:
            groups[triple + "-" + condition] = {"match_all": ["@rules_rust//rust/platform:" + triple, ":" + _condition_name(condition)]}
    for condition, attributes in sorted(groups.items()):
        text += _target("selects.config_setting_group", {"name": _condition_name(condition)} | attributes)
    return text

def aliases_build_file(aliases):
    """Renders the BUILD file at the root of the repository, with an alias for each crate that a manifest names.

    Args:
      aliases: dict[string, string], name of an alias -> `name version` of a crate.

    Returns:
      string: the text of the BUILD file.
    """
    return "package(default_visibility = [\"//visibility:public\"])\n" + "".join([
        _target("alias", {"name": name, "actual": crate_label(crate)})
        for name, crate in sorted(aliases.items())
    ])
