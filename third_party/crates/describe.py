"""Reads how crates are built from the BUILD files that cargo-bazel writes."""

import re


class Select:
    """A sum of `select`s and plain values: `parts` is a list of dicts and values."""

    def __init__(self, parts):
        self.parts = parts

    def __add__(self, other):
        return Select(self.parts + (other.parts if isinstance(other, Select) else [other]))

    def __radd__(self, other):
        return Select([other] + self.parts)


class Calls(dict):
    """The global names of a BUILD file: functions that record their calls in `made`, as (name, attributes)."""

    def __init__(self):
        super().__init__()
        self.made = []

    def __missing__(self, name):
        if name == "select":
            return lambda branches: Select([branches])
        if name == "glob":
            return lambda *_args, **_kwargs: None
        return lambda *_args, **attributes: self.made.append((name, attributes))


# Attributes that every target has. The repository rule derives them.
COMMON = ["compile_data", "crate_name", "data", "name", "pkg_name", "rustc_flags", "srcs", "tags", "version", "visibility"]

# Name of an attribute -> its name in the data.
SHORT = {"crate_features": "features", "crate_root": "root", "rustc_env": "env"}


def crates(files, lock):
    """Returns dict[str, dict]: `name version` -> the attributes that differ from those of a plain library.

    `files` is the result of `build_files`, `lock` the text of Cargo.lock.
    """
    # Labels have a dash in place of the plus before build metadata.
    keys = {
        "%s-%s" % (name, version.replace("+", "-")): "%s %s" % (name, version)
        for name, version in re.findall(r'^name = "([^"]+)"\nversion = "([^"]+)"', lock, re.MULTILINE)
    }
    out = {}
    for file, text in files.items():
        folder = file.removesuffix(".BUILD.bazel").replace("+", "-")
        if folder not in keys:
            continue
        calls = Calls()
        exec(text, calls)  # Trusted: written by cargo-bazel, which this script ran.
        crate = {}
        for rule, attributes in calls.made:
            if rule in ("rust_library", "rust_proc_macro"):
                crate = describe(attributes, keys) | crate
                name = keys[folder].split()[0].replace("-", "_")
                if attributes["name"] != name:
                    crate["lib"] = attributes["name"]
                if rule == "rust_proc_macro":
                    crate["proc_macro"] = True
            elif rule == "cargo_build_script":
                script = describe(attributes, keys)
                script.pop("edition")
                crate["build_script"] = script
        script = crate.get("build_script", {})
        if script.get("root") == "build.rs":
            script.pop("root")
        inherit(script, crate)
        if crate["root"] == "src/lib.rs":
            crate.pop("root")
        out[keys[folder]] = crate
    return out


def inherit(script, crate):
    """Removes the features from the attributes of a build script, which has those of its crate."""
    if script:
        pairs = [(script, crate)]
        for triple in crate.get("platforms", {}).keys() | script.get("platforms", {}).keys():
            pairs.append((script.get("platforms", {}).get(triple, {}), crate.get("platforms", {}).get(triple, {})))
        for ours, theirs in pairs:
            assert ours.pop("features", []) == theirs.get("features", [])
        platforms = {triple: values for triple, values in script.pop("platforms", {}).items() if values}
        if platforms:
            script["platforms"] = platforms


def describe(attributes, keys):
    """Returns dict: the attributes of a target in the format of the data."""
    out = {}
    for name, value in attributes.items():
        if name in COMMON or (name == "aliases" and not value):
            continue
        name = SHORT.get(name, name)
        for part in value.parts if isinstance(value, Select) else [value]:
            if isinstance(part, dict) and "//conditions:default" in part:
                for platform, values in part.items():
                    if values:
                        triple = platform.rpartition(":")[2]
                        out.setdefault("platforms", {}).setdefault(triple, {})[name] = shorten(values, keys)
            elif part:
                out[name] = shorten(part, keys)
    return out


def shorten(value, keys):
    """Returns a value with its labels as `name version`, or `name version:target` if the target's name differs."""
    if isinstance(value, str):
        folder, colon, target = value.removeprefix("//vendor/").partition(":")
        if not value.startswith("//vendor/") or not colon:
            return value
        key = keys[folder]
        return key if target == key.split()[0].replace("-", "_") else "%s:%s" % (key, target)
    if isinstance(value, dict):
        return {shorten(key, keys): shorten(item, keys) for key, item in sorted(value.items())}
    short = [shorten(item, keys) for item in value]
    return [item for item in short if not item.endswith(":build_script_build")]
