"""RustWitInfo: the Rust bindings of a WIT package and of what it depends on."""

DOC = "The Rust bindings of a WIT package, as a crate of its own, with the crates of the packages that it depends on."

FIELDS = {
    "crates": "depset[DepVariantInfo], the crate, and those of all packages that it depends on.",
    "descriptions": "depset[File], JSON for each of these crates: which interface is in which of its modules.",
    "rust_analyzer": "depset[RustAnalyzerInfo], what editors are told of these crates.",
    "sources": "depset[File], the generated source of each of these crates.",
}

RustWitInfo = provider(doc = DOC, fields = FIELDS)

def rust_wit_info(*, crate, description, source, rust_analyzer, deps):
    """Makes a RustWitInfo.

    Args:
      crate: DepVariantInfo, the package's own crate.
      description: File, which interface is in which of its modules.
      source: File, the crate's root.
      rust_analyzer: RustAnalyzerInfo of it.
      deps: list[RustWitInfo], the packages that it names in `deps`.

    Returns:
      RustWitInfo, with the dependencies' closure.
    """
    return RustWitInfo(
        crates = depset([crate], transitive = [dep.crates for dep in deps]),
        descriptions = depset([description], transitive = [dep.descriptions for dep in deps]),
        rust_analyzer = depset([rust_analyzer], transitive = [dep.rust_analyzer for dep in deps]),
        sources = depset([source], transitive = [dep.sources for dep in deps]),
    )
