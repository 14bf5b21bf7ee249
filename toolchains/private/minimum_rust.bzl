"""minimum_rust: a check that rustc is new enough for the tools of this repository."""

load("//checksums/private:versions.bzl", "is_rolling", "version_key")

DOC = """Fails if the version of the Rust toolchain is known and lower than `version`.

A tool has it in `compile_data`, so that an old rustc is one error during analysis in place of hundreds in crates. It has no
files, so it changes no action.
"""

ATTRS = {
    "version": attr.string(
        doc = "The lowest version.",
        mandatory = True,
    ),
}

_RUST_TOOLCHAIN = Label("@rules_rust//rust:toolchain_type")

def rust_error(version, minimum):
    """Checks the version of Rust.

    Args:
      version: string, that of the toolchain, such as `1.80.0`. A channel, such as `nightly`, or an empty string passes.
      minimum: string, the lowest version.

    Returns:
      string or None: the error, with a hint.
    """
    if is_rolling(version) or version_key(version) >= version_key(minimum):
        return None
    return ("the tools of rules_wit require Rust {minimum} or newer, but the toolchain is Rust {version}\n" +
            "hint: set `versions = [\"{minimum}\"]` in `rust.toolchain` of MODULE.bazel, or use prebuilt tools: see docs/toolchains.md of rules_wit").format(
        minimum = minimum,
        version = version,
    )

def _impl(ctx):
    # Toolchains of old versions of rules_rust do not say their version.
    error = rust_error(getattr(ctx.toolchains[_RUST_TOOLCHAIN], "version", ""), ctx.attr.version)
    if error:
        fail("\nerror: " + error)
    return [DefaultInfo()]

minimum_rust = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    toolchains = [_RUST_TOOLCHAIN],
)
