"""Checks that versions of tools work together, according to the tables that `//test/version_matrix` writes.

Pure functions.
"""

load("//checksums/private:compatibility.bzl", "TOOL_COMPATIBILITY", "TOOL_INCOMPATIBILITY")
load("//checksums/private:versions.bzl", "version_key")

# Tool -> its name in messages.
_TITLES = {
    "runtime": "the runtime",
    "wasm-tools": "wasm-tools",
    "wit-bindgen": "wit-bindgen",
}

def nearest(version, known):
    """Returns the known version that is nearest to another one.

    Args:
      version: string, which need not be known.
      known: list[string], not empty.

    Returns:
      string: the highest known version that is not above `version`, otherwise the lowest known version.
    """
    below = [other for other in known if version_key(other) <= version_key(version)]
    if below:
        return sorted(below, key = version_key)[-1]
    return sorted(known, key = version_key)[0]

def _works(tool, version, other, compatibility):
    """Returns the versions of another tool that work with a version of a tool."""
    return compatibility[tool].get(version, {}).get(other, [])

def _nearest_set(generator, runtime, compatibility):
    """Returns the nearest set of versions that work together, as text for a message."""
    generators = sorted(compatibility["wit-bindgen"], key = version_key)
    generator = nearest(generator, generators)
    works = _works("wit-bindgen", generator, "runtime", compatibility)
    if runtime not in works:
        runtime = generator if generator in works else works[-1] if works else None
    encoders = [
        version
        for version in sorted(compatibility["wasm-tools"], key = version_key)
        if generator in _works("wasm-tools", version, "wit-bindgen", compatibility)
    ]
    text = "wit-bindgen {} with the runtime {}".format(generator, runtime)
    return text + (" and wasm-tools " + encoders[-1] if encoders else "")

def _pair_error(tool, version, other, value, nearest_set, compatibility, incompatibility):
    """Returns the error if a version of a tool does not work with version `value` of another, or None."""
    rows = compatibility[tool]
    if version not in rows:
        return "no compatibility data for {title} {version}\n  versions with data: {known}\nnearest set that works: {nearest}\nhint: {hint}".format(
            title = _TITLES[tool],
            version = version,
            known = ", ".join(sorted(rows, key = version_key)),
            nearest = nearest_set,
            hint = "choose one of these versions, or add it to SOURCE_VERSIONS of toolchains/tool_versions.bzl and run " +
                   "`bazel run //tools/checksum_updater -- sync` and `bazel run //test/version_matrix:update`",
        )
    if value in _works(tool, version, other, compatibility):
        return None
    error = incompatibility[tool].get(version, {}).get(other, {}).get(value)
    fitting = [
        row
        for row in sorted(rows, key = version_key)
        if value in _works(tool, row, other, compatibility)
    ]
    return "{title} {version} does not work with {other} {value}\n  {error}\n  {title} {version} works with {other} {works}\n  {other} {value} works with {title} {fitting}\nnearest set that works: {nearest}\nhint: {hint}".format(
        title = _TITLES[tool],
        version = version,
        other = _TITLES[other],
        value = value,
        error = "measured: " + error if error else "no compatibility data for this pair",
        works = ", ".join(_works(tool, version, other, compatibility)) or "(none)",
        fitting = ", ".join(fitting) or "(none)",
        nearest = nearest_set,
        hint = "use `runtime = \"official\"`, or a crate of the generator's version" if other == "runtime" else "choose versions that work together",
    )

def compatibility_errors(tools, compatibility = TOOL_COMPATIBILITY, incompatibility = TOOL_INCOMPATIBILITY):
    """Checks that versions of tools work together.

    Args:
      tools: dict[string, string], tool -> version, of `wit-bindgen` (the bindings generator), `runtime` (the version of
        the crate `wit-bindgen` that guests link, or `embedded`) and `wasm-tools` (the encoder of components). Other keys
        are ignored. Missing tools are not checked.
      compatibility: dict, in the format of TOOL_COMPATIBILITY.
      incompatibility: dict, in the format of TOOL_INCOMPATIBILITY.

    Returns:
      list[string]: the errors, empty if the versions work together. Each names the versions that the tools work with and
      the nearest set that works, and ends with a hint.
    """
    errors = []
    generator = tools.get("wit-bindgen")
    encoder = tools.get("wasm-tools")
    runtime = tools.get("runtime")
    near = _nearest_set(generator or nearest("999", compatibility["wit-bindgen"].keys()), runtime, compatibility)
    if generator and generator not in compatibility["wit-bindgen"]:
        errors.append(_pair_error("wit-bindgen", generator, "runtime", runtime, near, compatibility, incompatibility))
    elif generator and runtime:
        errors.append(_pair_error("wit-bindgen", generator, "runtime", runtime, near, compatibility, incompatibility))
    if encoder and encoder not in compatibility["wasm-tools"]:
        errors.append(_pair_error("wasm-tools", encoder, "wit-bindgen", generator, near, compatibility, incompatibility))
    elif encoder and generator and generator in compatibility["wit-bindgen"]:
        errors.append(_pair_error("wasm-tools", encoder, "wit-bindgen", generator, near, compatibility, incompatibility))
    return [error for error in errors if error]

def runtime_error(generator, runtime):
    """Checks that bindings of a generator work with a runtime crate.

    Args:
      generator: string, the version of the bindings generator.
      runtime: string, the version of the crate `wit-bindgen`, or `embedded`.

    Returns:
      string or None: the error, with a hint.
    """
    errors = compatibility_errors({"runtime": runtime, "wit-bindgen": generator})
    return errors[0] if errors else None
