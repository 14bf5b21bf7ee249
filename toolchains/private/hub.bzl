"""The repository rule for `rules_wit_tools`, the hub of the chosen tools."""

load("//checksums/private:lookup.bzl", "PLATFORMS")
load(":prebuilt.bzl", "OWN")

DOC = """Declares an alias for each chosen tool, and lists the chosen versions.

- `:<tool>` is the program for the platform that it runs on. A tool is fetched or built only when the alias is
  used, and only for that platform.
- `:versions.bzl` defines `CHOSEN`, a dict from tool to a dict with `version` and `strategy`.
- `:rules_wit_<program>` is a program of rules_wit: `checksum_updater`, `component`, `publisher`, `runner` or `wit`.
- `:wit-bindgen_toolchain` is a `tool_toolchain` of the bindings generator with its version.
- `:wit-bindgen_runtime` is the runtime crate that generated bindings call.
- `//c:all` are the C toolchains of the chosen WASI SDK. There are none if none is chosen.
"""

ATTRS = {
    "chosen": attr.string(
        doc = "A JSON object: tool -> object with `version`, `strategy`, `programs` and, for the bindings generator, `runtime` (a label), and for a WASI SDK, `c_toolchains` (an object: platform -> package with its toolchains). `programs` is an object: alias -> object with `platforms` (an object: platform -> label) and `otherwise` (a label for other platforms), of which one can be missing.",
        mandatory = True,
    ),
}

_SETTING = """
config_setting(
    name = "{platform}",
    constraint_values = [
        "@platforms//cpu:{cpu}",
        "@platforms//os:{os}",
    ],
)
"""

_ALIAS = """
alias(
    name = "{alias}",
    actual = {actual},
    visibility = ["//visibility:public"],
)
"""

_GENERATOR = """
tool_toolchain(
    name = "{tool}_toolchain",
    tool = ":{tool}",
    version = "{version}",
    visibility = ["//visibility:public"],
)

alias(
    name = "{tool}_runtime",
    actual = "{runtime}",
    visibility = ["//visibility:public"],
)
"""

_C_TOOLCHAINS = """
c_toolchains(
    name = "{platform}",
    exec_compatible_with = [
        "@platforms//cpu:{cpu}",
        "@platforms//os:{os}",
    ],
    repository = "{repository}",
)
"""

_SELECT = """select(
        {{
{cases}
        }},
        no_match_error = {no_match},
    )"""

_NO_MATCH = "error: {tool} {version} is not released for this platform, only for {platforms}; hint: use `strategy = \"{strategy}\"`{how}"

def hub_files(chosen):
    """Renders the files of the repository.

    Args:
      chosen: dict[string, dict], the decoded attribute `chosen`.

    Returns:
      dict[string, string]: name of a file -> its text.
    """
    build = "load(\"@rules_wit//toolchains:defs.bzl\", \"tool_toolchain\")\n"
    for platform, (cpu, os) in PLATFORMS.items():
        build += _SETTING.format(platform = platform, cpu = cpu, os = os)
    c = "load(\"@rules_wit//toolchains/cc:toolchains.bzl\", \"c_toolchains\")\n"
    versions = ""
    for tool in sorted(chosen):
        entry = chosen[tool]
        for alias, program in sorted(entry["programs"].items()):
            build += _ALIAS.format(alias = alias, actual = _actual(tool, entry["version"], program))
        if "runtime" in entry:
            build += _GENERATOR.format(tool = tool, version = entry["version"], runtime = entry["runtime"])
        for platform, repository in sorted(entry.get("c_toolchains", {}).items()):
            cpu, os = PLATFORMS[platform]
            c += _C_TOOLCHAINS.format(platform = platform, cpu = cpu, os = os, repository = repository)
        versions += "    \"{}\": {{\n        \"strategy\": \"{}\",\n        \"version\": \"{}\",\n    }},\n".format(
            tool,
            entry["strategy"],
            entry["version"],
        )
    return {
        "BUILD.bazel": build,
        "c/BUILD.bazel": c,
        "versions.bzl": "\"\"\"The tools that were chosen in MODULE.bazel.\"\"\"\n\nCHOSEN = {\n" + versions + "}\n",
    }

def _actual(tool, version, program):
    """Renders the attribute `actual` of a program's alias."""
    platforms = program.get("platforms", {})
    otherwise = program.get("otherwise")
    if not platforms:
        return _quoted(otherwise)
    cases = {":" + platform: platforms[platform] for platform in sorted(platforms)}
    if otherwise:
        cases["//conditions:default"] = otherwise
    return _SELECT.format(
        cases = "\n".join(["            {}: {},".format(_quoted(case), _quoted(label)) for case, label in cases.items()]),
        no_match = _quoted(_NO_MATCH.format(
            tool = tool,
            version = version,
            platforms = ", ".join(sorted(platforms)),
            strategy = "source" if tool == OWN else "local",
            how = "" if tool == OWN else ", with a program on this machine",
        )),
    )

def _quoted(text):
    return "\"{}\"".format(text.replace("\"", "\\\""))

def _impl(rctx):
    for name, content in hub_files(json.decode(rctx.attr.chosen)).items():
        rctx.file(name, content, executable = False)

hub_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
