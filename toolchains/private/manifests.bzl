"""Whether the manifests are what their templates and the versions make of them.

The same rendering as in `//tools/checksum_updater`, which writes the manifests; here, so that a build whose manifests lag
behind says so before it does anything.
"""

def variables(versions, source_versions):
    """What `${...}` can name in a template.

    Args:
      versions: dict[string, string], as TOOL_VERSIONS.
      source_versions: dict[string, list[string]], as SOURCE_VERSIONS.

    Returns:
      (dict[string, string], dict[string, list[string]]): variables with one value, and those that repeat their line.
    """
    single = {_name(tool) + "_VERSION": version for tool, version in versions.items()}

    # The program wasm-tools 1.N.P has the crates 0.N.P.
    if "wasm-tools" in versions:
        single["WASM_TOOLS_CRATES_VERSION"] = "0." + versions["wasm-tools"].partition(".")[2]
    return single, {_name(tool) + "_VERSIONS": listed for tool, listed in source_versions.items()}

def _name(tool):
    return tool.upper().replace("-", "_")

def render(template, single, lists):
    """Fills a template in.

    A line that names a list is written once for each of its versions; `${X_VERSIONS_SLUG}` is the version with dashes.

    Args:
      template: string.
      single: dict[string, string], of `variables`.
      lists: dict[string, list[string]], of `variables`.

    Returns:
      (err, string).
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
                return "line {}: no version is called {}".format(number + 1, text.partition("${")[2].partition("}")[0]), None
            out.append(text)
    return None, "\n".join(out)

def manifest_error(name, template, manifest, versions, source_versions):
    """What is wrong with a manifest.

    Args:
      name: string, the path of the manifest in the repository.
      template: string, what is in `<name>.template`.
      manifest: string, what is in the manifest.
      versions: dict[string, string], as TOOL_VERSIONS.
      source_versions: dict[string, list[string]], as SOURCE_VERSIONS.

    Returns:
      string or None: the first difference and the command that mends it.
    """
    single, lists = variables(versions, source_versions)
    err, expected = render(template, single, lists)
    if err:
        return "{}.template: {}\nhint: the versions are in toolchains/tool_versions.bzl".format(name, err)
    if manifest == expected:
        return None
    have = manifest.split("\n")
    want = expected.split("\n")
    for number in range(max(len(have), len(want))):
        has = have[number] if number < len(have) else ""
        wants = want[number] if number < len(want) else ""
        if has != wants:
            return "{}:{} lags behind toolchains/tool_versions.bzl\n  it has:         {}\n  it should have: {}\nhint: bazel run //tools/checksum_updater -- sync".format(
                name,
                number + 1,
                has or "(nothing)",
                wants or "(nothing)",
            )
    return None
