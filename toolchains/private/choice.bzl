"""Which version of each tool is used, and where it comes from.

Plain functions that return `(err, value)`.
"""

load("//checksums/private:lookup.bzl", "find_tool", "find_version", "released_versions", "some", "update_command")
load("//checksums/private:versions.bzl", "nearest_first")

STRATEGIES = ["source", "release", "local"]

_MIRROR = ["github_repo", "tag", "asset", "url"]

def choose(modules, registry, defaults, source_versions):
    """Decides on the tools of a build.

    Args:
      modules: list of structs with `name`, `is_root` and `tools` (list of structs with `name`, `version`, `strategy`,
        `path`), one for each module that uses the extension.
      registry: dict, tool -> what is known of it.
      defaults: dict, tool -> version; these are there without being chosen, from source.
      source_versions: dict, tool -> list of the versions that can be built from source.

    Returns:
      (err, dict): tool -> struct with `version`, `strategy`, `path`.
    """
    chosen = {
        tool: struct(version = version, strategy = "source", path = "")
        for tool, version in defaults.items()
    }
    root = ""
    named = {}
    for module in modules:
        if not module.is_root:
            continue
        root = module.name
        for tool in module.tools:
            if tool.name in named:
                return "{} is chosen twice: {} and {}\nhint: keep one `rules_wit.tool`".format(tool.name, named[tool.name], tool.version), None
            named[tool.name] = tool.version
            err = check_tool(tool, registry, source_versions)
            if err:
                return err, None
            chosen[tool.name] = struct(version = tool.version, strategy = tool.strategy, path = tool.path)

    for module in modules:
        if module.is_root:
            continue
        for tool in module.tools:
            effective = chosen.get(tool.name)
            if effective and effective.version == tool.version:
                continue
            return "the module `{}` wants {} {}, but {}\nhint: the root module decides; for {} in its MODULE.bazel: {}".format(
                module.name,
                tool.name,
                tool.version,
                _root_says(root, tool.name, effective, tool.name in named),
                tool.version,
                tool_line(tool),
            ), None
    return None, chosen

def check_tool(tool, registry, source_versions):
    """Whether what the root module asks for can be had.

    Args:
      tool: struct with `name`, `version`, `strategy`, `path`.
      registry: dict.
      source_versions: dict, tool -> list of versions.

    Returns:
      string or None: what is wrong.
    """
    err, _ = find_tool(registry, tool.name)
    if err:
        return err
    if tool.strategy == "local":
        if not tool.path:
            return "`local` {} has no `path`\nhint: `path` is absolute, relative to the workspace, or a name to look for on PATH".format(tool.name)
        return None
    if tool.path:
        return "`path` of {} goes with `strategy = \"local\"`, not with `{}`\nhint: drop one of the two".format(tool.name, tool.strategy)

    released = released_versions(registry, tool.name)
    built = source_versions.get(tool.name, [])
    if tool.strategy == "source":
        if tool.version in built:
            return None
        return "{} {} cannot be built from source{}\nhint: {}".format(
            tool.name,
            tool.version,
            ", only " + ", ".join(built) if built else "",
            "`strategy = \"release\"` has {}".format(some(nearest_first(tool.version, released))) if released else "`strategy = \"local\"` takes one of this machine",
        )
    if tool.version in released:
        return None
    err, _ = find_version(registry, tool.name, tool.version)
    if err:
        return err
    return "{} {} has no release archives in the registry{}\nhint: {}".format(
        tool.name,
        tool.version,
        ", only " + some(nearest_first(tool.version, released)) if released else "",
        "`strategy = \"source\"` builds it" if tool.version in built else "add them with `{}`".format(update_command(tool.name, tool.version)),
    )

def tool_line(tool):
    """The line of MODULE.bazel that chooses a tool.

    Args:
      tool: struct with `name`, `version`, `strategy`.

    Returns:
      string.
    """
    strategy = "" if tool.strategy == "source" else ", strategy = \"{}\"".format(tool.strategy)
    path = ", path = \"...\"" if tool.strategy == "local" else ""
    return "rules_wit.tool(name = \"{}\", version = \"{}\"{}{})".format(tool.name, tool.version, strategy, path)

def check_mirrors(mirrors):
    """Whether mirrors can be used.

    Args:
      mirrors: list[string], templates.

    Returns:
      string or None: what is wrong.
    """
    for mirror in mirrors:
        rest = mirror
        for name in _MIRROR:
            rest = rest.replace("{%s}" % name, "")
        if "{" in rest or "}" in rest:
            err = "has something else in braces than {}".format(", ".join(_MIRROR))
        elif "{asset}" not in mirror and "{url}" not in mirror:
            err = "is one address for everything"
        elif "://" not in mirror:
            err = "is no address"
        else:
            continue
        return "the mirror `{}` {}\nhint: such as `https://mirror.example/{{github_repo}}/{{tag}}/{{asset}}`".format(mirror, err)
    return None

def urls(release, mirrors):
    """Where to download a release from, in the order to try.

    Args:
      release: dict, of `find_release`.
      mirrors: list[string], templates.

    Returns:
      list[string].
    """
    values = {name: release[name] for name in _MIRROR}
    return [mirror.format(**values) for mirror in mirrors] + [release["url"]]

def _root_says(root, tool, effective, named):
    module = "the root module `{}`".format(root) if root else "the root module"
    if not effective:
        return "{} chooses none".format(module)
    if named:
        return "{} chooses {}".format(module, effective.version)
    return "{} leaves it at {}, the default of `rules_wit`".format(module, effective.version)
