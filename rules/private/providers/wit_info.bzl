"""WitInfo: a WIT package and what it depends on."""

load("//rules/private/common:actions.bzl", "label_text")

DOC = "A WIT package, checked, with the packages that it depends on."

FIELDS = {
    "wit": "File, the whole package as one WIT document: doc comments and feature gates kept, other comments dropped. Its first line names the label that provides it.",
    "spans": "File, JSON: where in the sources each item of the package is declared (file, line, column).",
    "srcs": "depset[File], the WIT sources of this package and of all that it depends on.",
    "deps": "depset[File], the `wit` of every package that this one depends on, directly or not.",
    "dep_spans": "depset[File], the `spans` of every package that this one depends on, directly or not.",
    "features": "depset[string], the feature gates that this package and those that it depends on have open for who uses them.",
    "identified": "bool, whether the `id` of any package of the closure is known.",
    "package": "struct, this package: `id` (string, `namespace:name@version`, or empty where only the sources tell), `label` (Label), `wit` and `spans` (File), `deps` (depset[File], as above), `dep_labels` (tuple[Label], what it names in `deps`).",
    "packages": "depset[struct], such a `package` for each package that this one depends on, directly or not, and then for itself.",
}

WitInfo = provider(doc = DOC, fields = FIELDS)

def wit_info(*, wit, spans, srcs, deps, label, id = "", features = []):
    """Makes a WitInfo.

    Args:
      wit: File, the whole package as one document.
      spans: File, the package's source positions as JSON.
      srcs: list[File], the package's own sources.
      deps: list[WitInfo], the packages that it names in `deps`.
      label: Label, the target.
      id: string, `namespace:name@version`, or empty.
      features: list[string], the feature gates that the package has open.

    Returns:
      WitInfo, with the dependencies' closure.
    """
    dep_wits = depset([dep.wit for dep in deps], transitive = [dep.deps for dep in deps])
    package = struct(
        dep_labels = tuple([dep.package.label for dep in deps]),
        deps = dep_wits,
        id = id,
        label = label,
        spans = spans,
        wit = wit,
    )
    return WitInfo(
        wit = wit,
        spans = spans,
        srcs = depset(srcs, transitive = [dep.srcs for dep in deps]),
        deps = dep_wits,
        dep_spans = depset([dep.spans for dep in deps], transitive = [dep.dep_spans for dep in deps]),
        identified = bool(id) or any([dep.identified for dep in deps]),
        features = depset(features, transitive = [dep.features for dep in deps]),
        package = package,
        packages = depset([package], transitive = [dep.packages for dep in deps], order = "postorder"),
    )

def provided_twice(packages):
    """Finds a package that two targets of a closure provide.

    Args:
      packages: list[struct], as in `packages` of a WitInfo.

    Returns:
      string or None: what is wrong, with a hint.
    """
    providers = {}
    for package in packages:
        if not package.id:
            continue
        other = providers.setdefault(package.id, package.label)
        if other != package.label:
            return "package `{}` is provided twice, by `{}` and by `{}`\nhint: let all depend on one of the two, or give one package another version".format(
                package.id,
                label_text(other),
                label_text(package.label),
            )
    return None

def named_world(ctx):
    """The world that the attributes `wit` and `world` name; fails where only one of them is set.

    Args:
      ctx: the rule's context.

    Returns:
      (WitInfo or None, string or None): the package of the world, and its name.
    """
    if bool(ctx.attr.wit) != bool(ctx.attr.world):
        fail("error: {}: `wit` and `world` go together\nhint: set both, or neither".format(label_text(ctx.label)))
    return (ctx.attr.wit[WitInfo] if ctx.attr.wit else None, ctx.attr.world or None)
