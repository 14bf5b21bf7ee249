"""Chooses the version of each tool and the source of its program.

Pure functions. Fallible ones return `(err, value)`, of which one is None; `err` ends with a line `hint: ...`.
"""

load("//checksums/private:lookup.bzl", "find_tool", "find_version", "released_versions", "some", "update_command")
load("//checksums/private:versions.bzl", "nearest_first")
load(":prebuilt.bzl", "OWN", "own_error")

STRATEGIES = ["auto", "source", "release", "local"]

# Names that the template of a mirror can have in braces: keys of a release.
_MIRROR = ["github_repo", "tag", "asset", "url"]

def choose(modules, registry, defaults, source_versions):
    """Chooses the tools of a build.

    It is an error if the root module chooses a tool twice or one that is not available, or if another module requests a
    tool in a version that the root module does not choose.

    Args:
      modules: list[struct], the modules that use the extension: `name` (string), `is_root` (bool) and `tools` (list of
        structs with the strings `name`, `version`, `strategy`, `path`).
      registry: dict[string, dict], tool -> content of its JSON file.
      defaults: dict[string, string], tool -> its version if the root module chooses none.
      source_versions: dict[string, list[string]], tool -> versions that can be built from source.

    Returns:
      (err, dict[string, struct]): tool -> struct with the strings `version`, `strategy`, `path`.
    """
    chosen = {
        tool: struct(version = version, strategy = "auto", path = "")
        for tool, version in defaults.items()
    }
    root = ""
    named = {}
    for module in modules:
        if not module.is_root:
            continue
        root = module.name
        for tag in module.tools:
            tool = struct(
                name = tag.name,
                version = tag.version or defaults.get(tag.name, ""),
                strategy = tag.strategy,
                path = tag.path,
            )
            if tool.name in named:
                return "{} is chosen twice: {} and {}\nhint: remove one `rules_wit.tool`".format(tool.name, named[tool.name], tool.version), None
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
            if effective and tool.version in ("", effective.version):
                continue
            return "the module `{}` requests {} {}, but {}\nhint: to use {}, choose it in MODULE.bazel of the root module: {}".format(
                module.name,
                tool.name,
                tool.version,
                _root_choice(root, effective, tool.name in named),
                tool.version,
                tool_line(tool),
            ), None
    return None, chosen

def check_tool(tool, registry, source_versions):
    """Checks that a tool that the root module chooses is available.

    Args:
      tool: struct with the strings `name`, `version`, `strategy`, `path`.
      registry: dict[string, dict], tool -> content of its JSON file.
      source_versions: dict[string, list[string]], tool -> versions that can be built from source.

    Returns:
      string or None: the error, with a hint.
    """
    err, _ = find_tool(registry, tool.name)
    if err:
        return err
    if not tool.version:
        return "{} has no `version`\nhint: add one, as rules_wit uses none by default".format(tool.name)
    if tool.name == OWN:
        err = own_error(tool, source_versions[OWN][0])
        if err:
            return err
    if tool.strategy == "local":
        if not tool.path:
            return "{} has `strategy = \"local\"` but no `path`\nhint: set `path` to an absolute path, a path relative to the workspace, or a name on PATH".format(tool.name)
        return None
    if tool.path:
        return "{} has a `path`, which requires `strategy = \"local\"`, but `strategy = \"{}\"`\nhint: remove one of the two".format(tool.name, tool.strategy)

    released = released_versions(registry, tool.name)
    built = source_versions.get(tool.name, [])
    if tool.strategy in ("auto", "source"):
        if tool.version in built:
            return None
        return "{} {} cannot be built from source{}\nhint: {}".format(
            tool.name,
            tool.version,
            "; supported versions: " + ", ".join(built) if built else "",
            "use `strategy = \"release\"` with one of: {}".format(some(nearest_first(tool.version, released))) if released else "use `strategy = \"local\"`, with a program on this machine",
        )
    if tool.version in released:
        return None
    err, _ = find_version(registry, tool.name, tool.version)
    if err:
        return err
    return "{} {} has no releases in the registry{}\nhint: {}".format(
        tool.name,
        tool.version,
        "; versions with releases: " + some(nearest_first(tool.version, released)) if released else "",
        "use `strategy = \"source\"`" if tool.version in built else "add releases with `{}`".format(update_command(tool.name, tool.version)),
    )

def tool_line(tool):
    """Renders the statement of MODULE.bazel that chooses a tool.

    Args:
      tool: struct with the strings `name`, `version`, `strategy`.

    Returns:
      string.
    """
    strategy = "" if tool.strategy == "auto" else ", strategy = \"{}\"".format(tool.strategy)
    path = ", path = \"...\"" if tool.strategy == "local" else ""
    return "rules_wit.tool(name = \"{}\", version = \"{}\"{}{})".format(tool.name, tool.version, strategy, path)

def check_mirrors(mirrors):
    """Checks the templates of mirrors.

    Args:
      mirrors: list[string], templates of addresses.

    Returns:
      string or None: the error, with a hint.
    """
    for mirror in mirrors:
        rest = mirror
        for name in _MIRROR:
            rest = rest.replace("{%s}" % name, "")
        if "{" in rest or "}" in rest:
            err = "unknown name in braces; known names: {}".format(", ".join(_MIRROR))
        elif "{asset}" not in mirror and "{url}" not in mirror:
            err = "contains neither {asset} nor {url}"
        elif "://" not in mirror:
            err = "not an address"
        else:
            continue
        return "invalid mirror `{}`: {}\nhint: use a template such as `https://mirror.example/{{github_repo}}/{{tag}}/{{asset}}`".format(mirror, err)
    return None

def urls(release, mirrors):
    """Returns the addresses of a release, in the order in which they are tried.

    Args:
      release: dict, a result of `find_release`.
      mirrors: list[string], templates of addresses.

    Returns:
      list[string]: the mirrors, then upstream's address.
    """
    values = {name: release[name] for name in _MIRROR}
    return [mirror.format(**values) for mirror in mirrors] + [release["url"]]

def _root_choice(root, effective, named):
    """Returns, for a message, which version of a tool the root module uses."""
    module = "the root module `{}`".format(root) if root else "the root module"
    if not effective:
        return "{} chooses no version".format(module)
    if named:
        return "{} chooses {}".format(module, effective.version)
    return "{} uses the default {}".format(module, effective.version)
