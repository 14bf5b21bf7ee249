"""Compares Cargo manifests with their templates, filled in with the chosen versions.

`//tools/checksum_updater` writes the manifests and renders templates in the same way. The comparison here makes a build
with an outdated manifest fail when it is loaded.
"""

def variables(versions, source_versions):
    """Returns the variables that `${...}` can name in a template.

    Args:
      versions: dict[string, string], in the format of TOOL_VERSIONS.
      source_versions: dict[string, list[string]], in the format of SOURCE_VERSIONS.

    Returns:
      (dict[string, string], dict[string, list[string]]): variables with one value, and variables with a list of values.
    """
    single = {_name(tool) + "_VERSION": version for tool, version in versions.items()}

    # The libraries of wasm-tools 1.N.P are the crates with version 0.N.P.
    if "wasm-tools" in versions:
        single["WASM_TOOLS_CRATES_VERSION"] = "0." + versions["wasm-tools"].partition(".")[2]
    return single, {_name(tool) + "_VERSIONS": listed for tool, listed in source_versions.items()}

def _name(tool):
    return tool.upper().replace("-", "_")

def render(template, single, lists):
    """Renders a template.

    A line that names a list is repeated for each version in it. `${X_VERSIONS}` is the version, `${X_VERSIONS_SLUG}` the
    version with dashes in place of dots.

    Args:
      template: string.
      single: dict[string, string], the first result of `variables`.
      lists: dict[string, list[string]], the second result of `variables`.

    Returns:
      (err, string): an error if the template names an unknown variable.
    """
    out = []
    for number, line in enumerate(template.split("\n")):
        named = [name for name in lists if "${%s}" % name in line or "${%s_SLUG}" % name in line]
        repeated = [
            line.replace("${%s}" % named[0], version).replace("${%s_SLUG}" % named[0], version.replace(".", "-"))
            for version in lists[named[0]]
        ] if named else [line]
        for text in repeated:
            for name, value in single.items():
                text = text.replace("${%s}" % name, value)
            if "${" in text:
                return "line {}: unknown variable {}".format(number + 1, text.partition("${")[2].partition("}")[0]), None
            out.append(text)
    return None, "\n".join(out)

def manifest_error(name, template, manifest, versions, source_versions):
    """Compares a manifest with its rendered template.

    Args:
      name: string, the path of the manifest in the repository.
      template: string, the text of `<name>.template`.
      manifest: string, the text of the manifest.
      versions: dict[string, string], in the format of TOOL_VERSIONS.
      source_versions: dict[string, list[string]], in the format of SOURCE_VERSIONS.

    Returns:
      string or None: an error with the first line that differs and the command that fixes it.
    """
    single, lists = variables(versions, source_versions)
    err, expected = render(template, single, lists)
    if err:
        return "{}.template: {}\nhint: add the version to toolchains/tool_versions.bzl".format(name, err)
    if manifest == expected:
        return None
    actual_lines = manifest.split("\n")
    expected_lines = expected.split("\n")
    for number in range(max(len(actual_lines), len(expected_lines))):
        actual_line = actual_lines[number] if number < len(actual_lines) else ""
        expected_line = expected_lines[number] if number < len(expected_lines) else ""
        if actual_line != expected_line:
            return "{}:{} does not match toolchains/tool_versions.bzl\n  expected: {}\n  actual:   {}\nhint: bazel run //tools/checksum_updater -- sync".format(
                name,
                number + 1,
                expected_line or "(nothing)",
                actual_line or "(nothing)",
            )
    return None
