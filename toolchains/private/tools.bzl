"""The part of the module extension that users talk to: which tools, from where."""

load("//checksums/private:check.bzl", "compatibility_errors")
load("//checksums/private:data.bzl", "TOOLS")
load("//checksums/private:lookup.bzl", "find_release", "or_fail", "supported_platforms")
load("//toolchains:tool_versions.bzl", "SOURCE_VERSIONS", "TOOL_VERSIONS")
load(":choice.bzl", "STRATEGIES", "check_mirrors", "choose", "urls")
load(":hub.bzl", "hub_repository")
load(":index.bzl", "add_index", "parse_index")
load(":local.bzl", "local_repository")
load(":release.bzl", "release_repository")

_tool = tag_class(
    doc = "Chooses the version of a tool and where it comes from. The root module decides; what another module says has to agree with it.",
    attrs = {
        "name": attr.string(
            doc = "A tool of the registry, such as `wit-bindgen`.",
            mandatory = True,
        ),
        "path": attr.string(
            doc = "With `local`: absolute, relative to the workspace, or a name to look for on PATH.",
        ),
        "strategy": attr.string(
            doc = "`source` builds it, `release` downloads what its makers released, `local` takes what is at `path`.",
            default = "source",
            values = STRATEGIES,
        ),
        "version": attr.string(
            doc = "The version; with `local`, the one that is there.",
            mandatory = True,
        ),
    },
)

_index = tag_class(
    doc = "Adds a registry file of your own, in the form of `checksums/schema.json`. Heeded in the root module only.",
    attrs = {
        "file": attr.label(
            doc = "The file. It can add tools, versions and platforms, but not contradict what is known.",
            mandatory = True,
        ),
    },
)

_mirrors = tag_class(
    doc = "Addresses to try before those of the makers, in this order. Heeded in the root module only.",
    attrs = {
        "urls": attr.string_list(
            doc = "Templates: `{github_repo}`, `{tag}` and `{asset}`, or `{url}` for the whole original address.",
            mandatory = True,
        ),
    },
)

TAG_CLASSES = {
    "index": _index,
    "mirrors": _mirrors,
    "tool": _tool,
}

def read_registry(mctx, *, check):
    """Returns the registry of checksums.

    Args:
      mctx: the module extension's context.
      check: bool, whether to compare it with the JSON files that it is generated from.

    Returns:
      dict, tool -> what its JSON file says.
    """
    if check:
        for tool in TOOLS:
            file = Label("//checksums:tools/{}.json".format(tool))
            if json.decode(mctx.read(file)) != TOOLS[tool]:
                fail("\nerror: checksums/private/data.bzl lags behind {}/{}\nhint: bazel run //tools/checksum_updater -- sync".format(
                    file.package,
                    file.name,
                ))
    return TOOLS

def declare_tools(mctx, registry):
    """Declares `rules_wit_tools` and the repositories behind it.

    Args:
      mctx: the module extension's context.
      registry: dict, of `read_registry`.
    """
    mirrors = []
    for module in mctx.modules:
        if not module.is_root:
            continue
        for tag in module.tags.index:
            name = "//{}:{}".format(tag.file.package, tag.file.name)
            document = or_fail(parse_index(name, mctx.read(mctx.path(tag.file))))
            registry = or_fail(add_index(registry, name, document))
        for tag in module.tags.mirrors:
            mirrors += tag.urls
    err = check_mirrors(mirrors)
    if err:
        fail("\nerror: " + err)

    chosen = or_fail(choose(
        modules = [
            struct(name = module.name, is_root = module.is_root, tools = module.tags.tool)
            for module in mctx.modules
        ],
        registry = registry,
        defaults = {"wit-bindgen": TOOL_VERSIONS["wit-bindgen"]},
        source_versions = SOURCE_VERSIONS,
    ))
    generator = chosen["wit-bindgen"].version
    errors = compatibility_errors({
        # The official runtime crate, whichever targets ask for another one.
        "runtime": generator,
        "wasm-tools": TOOL_VERSIONS["wasm-tools"],
        "wit-bindgen": generator,
    })
    if errors:
        fail("\nerror: " + "\nerror: ".join(errors))
    hub_repository(
        name = "rules_wit_tools",
        chosen = json.encode({
            name: _declare(name, tool, registry, mirrors)
            for name, tool in chosen.items()
        }),
    )

def _declare(name, tool, registry, mirrors):
    """Declares the repositories of a tool; returns what the hub has to know of it."""
    entry = {"strategy": tool.strategy, "version": tool.version}
    if name == "wit-bindgen":
        entry["runtime"] = str(Label("//third_party/wit_bindgen:runtime_" + tool.version))
    repository = "rules_wit_tool_" + name
    if tool.strategy == "source":
        return entry | {"actual": str(Label("//third_party/wit_bindgen:wit_bindgen_" + tool.version))}
    if tool.strategy == "local":
        local_repository(
            name = repository + "_local",
            tool = name,
            path = tool.path,
        )
        return entry | {"actual": "@{}_local//:{}".format(repository, name)}

    platforms = {}
    for platform in or_fail(supported_platforms(registry, name, tool.version)):
        release = or_fail(find_release(registry, name, tool.version, platform))
        release_repository(
            name = "{}_{}".format(repository, platform),
            asset = release["asset"].rpartition("/")[2],
            binary = release["binary"],
            platform = platform,
            sha256 = release["sha256"],
            tool = name,
            urls = urls(release, mirrors),
            version = tool.version,
        )
        platforms[platform] = "@{}_{}//:{}".format(repository, platform, name)
    return entry | {"platforms": platforms}
