"""rules_wit_tools: the tools that were chosen."""

load("//checksums/private:lookup.bzl", "PLATFORMS")

DOC = """One alias for each chosen tool, and which they are.

`@rules_wit_tools//:<tool>` is the program for the platform that it runs on. `@rules_wit_tools//:versions.bzl` has
`CHOSEN`: tool -> `version` and `strategy`. `:wit-bindgen_toolchain` and `:wit-bindgen_runtime` are what the rules take of
the generator of bindings: itself with its version, and the crate that its bindings call. Nothing is fetched or built before an alias is used, and then for one
platform only.
"""

ATTRS = {
    "chosen": attr.string(
        doc = "JSON: tool -> `version`, `strategy`, and either `actual` (a label) or `platforms` (platform -> label); with `runtime` (a label) for a generator of bindings.",
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
    name = "{tool}",
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

_SELECT = """select(
        {{
{cases}
        }},
        no_match_error = "error: {tool} {version} is not released for this platform, only for {platforms}; hint: `strategy = \\"local\\"` takes one of this machine",
    )"""

def hub_files(chosen):
    """What is in the repository.

    Args:
      chosen: dict, as in the attribute.

    Returns:
      dict: name of a file -> what is in it.
    """
    build = "load(\"@rules_wit//toolchains:defs.bzl\", \"tool_toolchain\")\n"
    for platform, (cpu, os) in PLATFORMS.items():
        build += _SETTING.format(platform = platform, cpu = cpu, os = os)
    versions = ""
    for tool in sorted(chosen):
        entry = chosen[tool]
        if "actual" in entry:
            actual = "\"{}\"".format(entry["actual"])
        else:
            actual = _SELECT.format(
                tool = tool,
                version = entry["version"],
                platforms = ", ".join(sorted(entry["platforms"])),
                cases = "\n".join([
                    "            \":{}\": \"{}\",".format(platform, entry["platforms"][platform])
                    for platform in sorted(entry["platforms"])
                ]),
            )
        build += _ALIAS.format(tool = tool, actual = actual)
        if "runtime" in entry:
            build += _GENERATOR.format(tool = tool, version = entry["version"], runtime = entry["runtime"])
        versions += "    \"{}\": {{\n        \"strategy\": \"{}\",\n        \"version\": \"{}\",\n    }},\n".format(
            tool,
            entry["strategy"],
            entry["version"],
        )
    return {
        "BUILD.bazel": build,
        "versions.bzl": "\"\"\"The tools that were chosen in MODULE.bazel.\"\"\"\n\nCHOSEN = {\n" + versions + "}\n",
    }

def _impl(rctx):
    for name, content in hub_files(json.decode(rctx.attr.chosen)).items():
        rctx.file(name, content, executable = False)

hub_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
