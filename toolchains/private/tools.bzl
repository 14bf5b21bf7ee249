"""Declares the repository `rules_wit_tools`, with the tools that modules choose."""

load("//checksums/private:check.bzl", "compatibility_errors")
load("//checksums/private:lookup.bzl", "find_release", "or_fail", "supported_platforms")
load("//toolchains:tool_versions.bzl", "SOURCE_VERSIONS", "TOOL_VERSIONS")
load(":choice.bzl", "check_mirrors", "choose", "urls")
load(":hub.bzl", "hub_repository")
load(":index.bzl", "add_index", "parse_index")
load(":local.bzl", "local_repository")
load(":prebuilt.bzl", "GENERATOR", "OWN", "PROGRAMS", "own_programs")
load(":release.bzl", "release_repository")

# The tool whose releases have C toolchains.
_WASI_SDK = "wasi-sdk"

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
        defaults = {tool: TOOL_VERSIONS[tool] for tool in (OWN, GENERATOR)},
        source_versions = SOURCE_VERSIONS | {OWN: [TOOL_VERSIONS[OWN]]},
    ))
    generator = chosen[GENERATOR].version
    errors = compatibility_errors({
        # The official runtime crate. Targets that use another one are checked when they are analyzed.
        "runtime": generator,
        "wasm-tools": TOOL_VERSIONS["wasm-tools"],
        "wit-bindgen": generator,
    })
    if errors:
        fail("\nerror: " + "\nerror: ".join(errors))

    archives = _release(OWN, TOOL_VERSIONS[OWN], registry, mirrors, programs = sorted(PROGRAMS) + [GENERATOR])
    programs = own_programs(
        chosen,
        sorted(archives),
        TOOL_VERSIONS[GENERATOR],
        # Who works on rules_wit itself uses the tools in the working tree.
        prefer_source = any([module.is_root and module.name == OWN for module in mctx.modules]),
    )
    hub_repository(
        name = "rules_wit_tools",
        chosen = json.encode({
            name: _declare(name, tool, registry, mirrors, programs, archives)
            for name, tool in chosen.items()
        }),
    )

def _declare(name, tool, registry, mirrors, programs, archives):
    """Declares the repositories of a tool and returns its entry in the hub's attribute `chosen`."""
    entry = {"strategy": tool.strategy, "version": tool.version}
    if name == OWN:
        return _strategy(entry, programs["wit"]) | {"programs": {
            "{}_{}".format(OWN, program): _own(program, str(target), programs[program], archives)
            for program, target in PROGRAMS.items()
        }}
    if name == GENERATOR:
        entry["runtime"] = str(Label("//third_party/wit_bindgen:runtime_" + tool.version))
        if name in programs:
            source = str(Label("//third_party/wit_bindgen:wit_bindgen_" + tool.version))
            return _strategy(entry, programs[name]) | {"programs": {name: _own(name, source, programs[name], archives)}}
    if tool.strategy == "local":
        repository = "rules_wit_tool_{}_local".format(name)
        local_repository(
            name = repository,
            tool = name,
            path = tool.path,
        )
        return entry | {"programs": {name: {"otherwise": "@{}//:{}".format(repository, name)}}}
    repositories = _release(name, tool.version, registry, mirrors)
    entry["programs"] = {name: {"platforms": _labels(name, repositories, repositories)}}
    if name == _WASI_SDK:
        entry["c_toolchains"] = {platform: "@{}//".format(repository) for platform, repository in repositories.items()}
    return entry

def _strategy(entry, program):
    """Returns the entry with `source` in place of `auto` where no platform has an archive."""
    return entry if program.platforms else entry | {"strategy": "source"}

def _own(program, source, where, archives):
    """Returns the alias of a program in the release of rules_wit."""
    platforms = _labels(program, where.platforms, archives)
    return {"platforms": platforms} | ({"otherwise": source} if where.source else {})

def _labels(program, platforms, repositories):
    return {platform: "@{}//:{}".format(repositories[platform], program) for platform in platforms}

def _release(name, version, registry, mirrors, programs = []):
    """Declares a repository for each platform of a release, and returns their names by platform.

    A repository is fetched when a target in it is used.
    """
    repositories = {}
    for platform in or_fail(supported_platforms(registry, name, version)):
        release = or_fail(find_release(registry, name, version, platform))
        repositories[platform] = "rules_wit_tool_{}_{}".format(name, platform)
        release_repository(
            name = repositories[platform],
            asset = release["asset"].rpartition("/")[2],
            binary = release["binary"],
            platform = platform,
            programs = programs,
            sha256 = release["sha256"],
            tool = name,
            urls = urls(release, mirrors),
            version = version,
            wasi_sdk = name == _WASI_SDK,
        )
    return repositories
