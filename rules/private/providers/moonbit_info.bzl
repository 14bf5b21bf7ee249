"""MoonBitInfo: MoonBit packages that others can import."""

DOC = "MoonBit packages, compiled for each target of the compiler when an action needs them."

FIELDS = {
    "direct": "dict[string, File], target -> directory with the packages of this rule. A target is missing if the packages cannot be compiled for it.",
    "packages": "dict[string, depset[File]], target -> `direct` of all direct and indirect dependencies, and then of this rule.",
}

MoonBitInfo = provider(doc = DOC, fields = FIELDS)

def moonbit_info(*, direct, deps):
    """Makes a MoonBitInfo.

    Args:
      direct: dict[string, File], target -> directory with the packages.
      deps: list[MoonBitInfo], the direct dependencies.

    Returns:
      MoonBitInfo
    """
    return MoonBitInfo(
        direct = direct,
        packages = {
            target: depset(
                [directory],
                order = "postorder",
                transitive = [dep.packages[target] for dep in deps if target in dep.packages],
            )
            for target, directory in direct.items()
        },
    )
