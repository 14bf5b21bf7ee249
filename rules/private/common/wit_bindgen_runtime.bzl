"""Runtime crates: the crate `wit_bindgen` that generated bindings call."""

load("//checksums/private:check.bzl", "runtime_error")
load("//rules/private/common:labels.bzl", "label_text")
load("//rules/private/providers:wit_bindgen_runtime_info.bzl", "WitBindgenRuntimeInfo", "wit_bindgen_runtime_info")
load("//toolchains:tool_versions.bzl", "SOURCE_VERSIONS")

# Values of `runtime` that are not labels.
RUNTIMES = {
    "embedded": Label("//rules/runtime:embedded"),
    "official": Label("//rules/runtime:official"),
    "static": Label("//rules/runtime:static"),
}

def _aspect_impl(target, ctx):
    # The label of the target itself, even if the attribute names an alias of it.
    if target.label in (RUNTIMES["embedded"], RUNTIMES["static"]):
        version = "embedded"
    else:
        version = getattr(ctx.rule.attr, "version", "")
    return [wit_bindgen_runtime_info(label = target.label, version = version)]

wit_bindgen_runtime_aspect = aspect(
    implementation = _aspect_impl,
    doc = "Reads the version of a runtime crate from its `rust_library`.",
    provides = [WitBindgenRuntimeInfo],
)

def check_runtime(generator, runtime):
    """Checks that bindings of a generator work with a runtime crate.

    Args:
      generator: string, the version of the generator; empty if its toolchain has none.
      runtime: WitBindgenRuntimeInfo.

    Returns:
      string or None, an error with a hint.
    """
    if not generator:
        return None
    if not runtime.version or runtime.version == "0.0.0":
        return "`{}` has no `version` to compare with wit-bindgen {}\nhint: set `version` in that `rust_library`, or use `runtime = \"official\"`".format(
            label_text(runtime.label),
            generator,
        )
    return runtime_error(generator, runtime.version)

def has_async(runtime):
    """Whether a runtime crate supports async functions, futures and streams.

    Args:
      runtime: WitBindgenRuntimeInfo.

    Returns:
      bool: False for the embedded runtimes, and for old versions of the official one. A crate of the user may support them.
    """
    if runtime.version == "embedded":
        return False

    # `//rules/runtime:official` is an alias of a crate in this repository.
    is_official = "rules_wit_runtime_crates" in str(runtime.label)
    return not is_official or runtime.version in SOURCE_VERSIONS["async-runtime"]
