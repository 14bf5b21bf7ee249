"""WitInfo: a WIT package and what it depends on."""

DOC = "A WIT package, checked, with the packages that it depends on."

FIELDS = {
    "wit": "File, the whole package as one WIT document: doc comments and feature gates kept, other comments dropped. Its first line names the label that provides it.",
    "spans": "File, JSON: where in the sources each item of the package is declared (file, line, column).",
    "srcs": "depset[File], the WIT sources of this package and of all that it depends on.",
    "deps": "depset[File], the `wit` of every package that this one depends on, directly or not.",
    "dep_spans": "depset[File], the `spans` of every package that this one depends on, directly or not.",
}

WitInfo = provider(doc = DOC, fields = FIELDS)

def wit_info(*, wit, spans, srcs, deps):
    """Makes a WitInfo.

    Args:
      wit: File, the whole package as one document.
      spans: File, the package's source positions as JSON.
      srcs: list[File], the package's own sources.
      deps: list[WitInfo], the packages that it names in `deps`.

    Returns:
      WitInfo, with the dependencies' closure.
    """
    return WitInfo(
        wit = wit,
        spans = spans,
        srcs = depset(srcs, transitive = [dep.srcs for dep in deps]),
        deps = depset([dep.wit for dep in deps], transitive = [dep.deps for dep in deps]),
        dep_spans = depset([dep.spans for dep in deps], transitive = [dep.dep_spans for dep in deps]),
    )
