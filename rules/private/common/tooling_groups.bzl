"""Output groups for linters and editors, which targets take over from the crates that they are made of."""

# The prefixes of output groups of a crate that the target has too -> the prefixes of their names there. The aspect of clippy
# fails at a target that already has the group `clippy_checks`.
_PREFIXES = {
    "clippy_": "guest_clippy_",
    "guest_clippy_": "guest_clippy_",
    "rust_analyzer_": "rust_analyzer_",
    "rust_generated_srcs": "rust_generated_srcs",
}

def tooling_groups(targets):
    """Returns the output groups that linters and editors read.

    Args:
      targets: list[Target], the crates, or targets that have taken the groups over.

    Returns:
      dict[string, depset[File]]
    """
    return {
        renamed + name.removeprefix(prefix): target[OutputGroupInfo][name]
        for target in targets
        if OutputGroupInfo in target
        for name in target[OutputGroupInfo]
        for prefix, renamed in _PREFIXES.items()
        if name.startswith(prefix)
    }
