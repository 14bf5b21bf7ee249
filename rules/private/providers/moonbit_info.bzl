"""MoonBitInfo: MoonBit packages that others can import."""

DOC = "MoonBit packages, compiled for each target of the compiler when an action needs them."

FIELDS = {
    "direct": "dict[string, File], target -> directory with the packages of this rule. A target is missing if the packages cannot be compiled for it.",
    "sources": "depset[struct], the sources of all direct and indirect dependencies, and then of this rule, as `moonbit_source` makes them; without those of generated bindings.",
    "path": "string or None, the import path of the package of this rule; None for generated bindings.",
    "packages": "dict[string, depset[File]], target -> `direct` of all direct and indirect dependencies, and then of this rule.",
}

MoonBitInfo = provider(doc = DOC, fields = FIELDS)

def moonbit_source(*, path, srcs, imports = [], stubs = []):
    """Makes an element of the field `sources`.

    Args:
      path: string, the import path of the package.
      srcs: list[File], the `.mbt` files.
      imports: list[string], the packages that it imports: `path=alias`.
      stubs: list[File], C sources, for the target `native`.

    Returns:
      struct
    """
    return struct(imports = tuple(imports), path = path, srcs = tuple(srcs), stubs = tuple(stubs))

def moonbit_info(*, direct, deps, source = None):
    """Makes a MoonBitInfo.

    Args:
      direct: dict[string, File], target -> directory with the packages.
      deps: list[MoonBitInfo], the direct dependencies.
      source: struct or None, the sources of the packages.

    Returns:
      MoonBitInfo
    """
    return MoonBitInfo(
        direct = direct,
        path = source.path if source else None,
        sources = depset([source] if source else [], order = "postorder", transitive = [dep.sources for dep in deps]),
        packages = {
            target: depset(
                [directory],
                order = "postorder",
                transitive = [dep.packages[target] for dep in deps if target in dep.packages],
            )
            for target, directory in direct.items()
        },
    )
