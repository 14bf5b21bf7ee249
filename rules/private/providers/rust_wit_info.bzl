"""RustWitInfo: Rust bindings with a crate for each WIT package."""

DOC = "The Rust bindings of a WIT package and of its dependencies, a crate for each package."

FIELDS = {
    "crates": "depset[DepVariantInfo], the crates of the package and of its dependencies.",
    "descriptions": "depset[File], JSON for each crate: the module of each interface.",
    "packages": "depset[Label], the `wit_library` targets of these packages.",
    "runtime": "Label, the runtime crate that the crates call.",
    "rust_analyzer": "depset[RustAnalyzerInfo], the crates' descriptions for editors.",
    "sources": "depset[File], the generated sources of the crates.",
}

RustWitInfo = provider(doc = DOC, fields = FIELDS)

def rust_wit_info(*, crate, description, label, runtime, rust_analyzer, source, deps):
    """Makes a RustWitInfo.

    Args:
      crate: DepVariantInfo, the crate of the package.
      description: File, JSON with the module of each interface.
      label: Label, the `wit_library` of the package.
      runtime: Label, the runtime crate.
      rust_analyzer: RustAnalyzerInfo, the crate's description for editors.
      source: File, the root of the crate.
      deps: list[RustWitInfo], the direct dependencies of the package.

    Returns:
      RustWitInfo
    """
    return RustWitInfo(
        crates = depset([crate], transitive = [dep.crates for dep in deps]),
        descriptions = depset([description], transitive = [dep.descriptions for dep in deps]),
        packages = depset([label], transitive = [dep.packages for dep in deps]),
        runtime = runtime,
        rust_analyzer = depset([rust_analyzer], transitive = [dep.rust_analyzer for dep in deps]),
        sources = depset([source], transitive = [dep.sources for dep in deps]),
    )
