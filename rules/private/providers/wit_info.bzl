"""WitInfo: a WIT package and its dependencies."""

DOC = "A validated WIT package with its dependencies."

FIELDS = {
    "dep_spans": "depset[File], `spans` of all direct and indirect dependencies.",
    "deps": "depset[File], `wit` of all direct and indirect dependencies.",
    "features": "depset[string], feature gates that this package and its dependencies open for their users.",
    "identified": "bool, whether the `id` of this package or of any dependency is set.",
    "package": "struct, this package: `id` (string, `namespace:name@version`, or empty if only the sources declare it), `label` (Label), `wit` and `spans` (File), `deps` (depset[File], as above), `dep_labels` (tuple[Label], the direct dependencies).",
    "packages": "depset[struct], `package` of all direct and indirect dependencies, and then of this package.",
    "spans": "File, JSON with the source location (file, line, column) of each item of the package.",
    "srcs": "depset[File], the WIT sources of this package and of its dependencies.",
    "wit": "File, the whole package as one WIT document, with doc comments and feature gates but without other comments. Its first line names the target.",
}

WitInfo = provider(doc = DOC, fields = FIELDS)

def wit_info(*, wit, spans, srcs, deps, label, id = "", features = []):
    """Makes a WitInfo.

    Args:
      wit: File, the package as one document.
      spans: File, the source locations of its items, as JSON.
      srcs: list[File], its sources.
      deps: list[WitInfo], its direct dependencies.
      label: Label, the target.
      id: string, `namespace:name@version`, or empty.
      features: list[string], feature gates that it opens.

    Returns:
      WitInfo
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
