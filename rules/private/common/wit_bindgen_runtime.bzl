"""The crate that bindings are linked with, and whether it fits their generator."""

load("//checksums/private:check.bzl", "runtime_error")

# What `runtime` of rust_wit_bindgen can be besides a label.
RUNTIMES = {
    "embedded": Label("//rules/runtime:embedded"),
    "official": Label("//rules/runtime:official"),
    "static": Label("//rules/runtime:static"),
}

WitBindgenRuntimeInfo = provider(
    doc = "What is known of a runtime crate before anything is compiled.",
    fields = {
        "label": "Label: the target.",
        "version": "string: `embedded`, or the version of the crate; empty if its target tells none.",
    },
)

def _aspect_impl(target, ctx):
    # Of the target that an alias stands for.
    if target.label in (RUNTIMES["embedded"], RUNTIMES["static"]):
        version = "embedded"
    else:
        version = getattr(ctx.rule.attr, "version", "")
    return [WitBindgenRuntimeInfo(label = target.label, version = version)]

wit_bindgen_runtime_aspect = aspect(
    implementation = _aspect_impl,
    doc = "Reads the version of a runtime crate from its `rust_library`.",
)

def check_runtime(generator, runtime):
    """Tells whether bindings of a generator can be linked with a runtime crate.

    Args:
      generator: string, the version of the generator; empty if its toolchain tells none.
      runtime: WitBindgenRuntimeInfo.

    Returns:
      string or None: what is wrong, with a hint.
    """
    if not generator:
        return None
    if not runtime.version or runtime.version == "0.0.0":
        return "`{}` does not tell its version, so it cannot be compared with wit-bindgen {}\nhint: set `version` of that `rust_library`, or use `runtime = \"official\"`".format(
            runtime.label,
            generator,
        )
    return runtime_error(generator, runtime.version)
