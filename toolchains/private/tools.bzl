"""Declares the repository `rules_wit_tools`, with the tools that modules choose."""

load("//checksums/private:check.bzl", "compatibility_errors")
load("//checksums/private:lookup.bzl", "find_release", "or_fail", "supported_platforms")
load("//toolchains:tool_versions.bzl", "SOURCE_VERSIONS", "TOOL_VERSIONS")
load(":choice.bzl", "check_mirrors", "choose", "urls")
load(":hub.bzl", "hub_repository")
load(":index.bzl", "add_index", "parse_index")
load(":local.bzl", "local_repository")
load(":release.bzl", "release_repository")

def declare_tools(mctx, registry):
    """Declares `rules_wit_tools` and the repositories that its aliases refer to.

    Fails if tags are invalid or contradict each other, or if the chosen versions are not known to work together.

    Args:
      mctx: module_ctx, whose modules have the tags `index`, `mirrors` and `tool`.
      registry: dict[string, dict], tool -> content of its JSON file.
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
        # The official runtime crate. Targets that use another one are checked when they are analyzed.
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
    """Declares the repositories of a tool and returns its entry in the hub's attribute `chosen`."""
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
