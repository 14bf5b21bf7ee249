"""Finds the packages that a WAC source names.

The language: https://github.com/bytecodealliance/wac/blob/main/LANGUAGE.md
"""

# Characters that end a word. A colon does not, as in `ns:name`.
_SEPARATORS = "{}()[]<>;,=\t\n\r"

def _without_comments(source):
    """Returns a source without comments and strings."""
    out = []
    for number, block in enumerate(source.split("/*")):
        text = block.partition("*/")[2] if number else block
        for line in text.split("\n"):
            # Every second part is quoted.
            parts = line.partition("//")[0].split("\"")
            out.append(" ".join([parts[i] for i in range(0, len(parts), 2)]))
    return "\n".join(out)

def wac_packages(source):
    """Finds the packages that a source names.

    Args:
      source: string, a WAC source.

    Returns:
      list[tuple[string, string]], name and version (or an empty string) of each package, once. The first is the source's own.
    """
    text = _without_comments(source)
    for i in range(len(_SEPARATORS)):
        text = text.replace(_SEPARATORS[i], " ")
    out = {}
    for word in text.split(" "):
        path, _, version = word.partition("@")
        name = path.partition("/")[0]
        parts = name.split(":")
        if len(parts) > 1 and all(parts):
            out[(name, version)] = None
    return out.keys()

def wac_problems(source, deps):
    """Compares the packages that a source names with the dependencies of a target.

    Args:
      source: string, a WAC source.
      deps: list[string], the dependencies: `ns:name` or `ns:name@version`.

    Returns:
      list[string], errors, each with a hint.
    """
    packages = wac_packages(source)
    own = packages[0][0] if packages else ""
    used = {}
    problems = []
    for name, version in packages:
        if name == own:
            continue
        full = name + "@" + version if version else name
        found = [dep for dep in (full, name) if dep in deps]
        if found:
            used[found[0]] = None
            continue
        problems.append("no dependency provides `{}`; there are: {}\nhint: add `\"{}\": ...` to `deps`".format(
            full,
            ", ".join(sorted(deps)) or "none",
            full,
        ))
    for dep in deps:
        if dep not in used:
            problems.append("unused dependency `{}`\nhint: remove it from `deps`, or use it in the source".format(dep))
    return problems
