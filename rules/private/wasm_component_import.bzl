"""wasm_component_import: a component that was made elsewhere."""

load("//rules/private/common:actions.bzl", "COMPONENT_TOOLCHAIN", "validate_component")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo", "wasm_component_info")
load("//rules/private/providers:wit_info.bzl", "WitInfo", "named_world")

DOC = """Takes a component that was made elsewhere, so that other rules can use it.

The file is taken as it is. It is checked against the specification, and against a world if one is named, in an action of
its own, off the critical path.
"""

ATTRS = {
    "src": attr.label(
        doc = "The component (`.wasm`), in the repository or made by another rule.",
        allow_single_file = [".wasm"],
        mandatory = True,
    ),
    "wit": attr.label(
        doc = "The `wit_library` that has the world.",
        providers = [WitInfo],
    ),
    "wit_features": attr.string_list(
        doc = "Feature gates (`@unstable(feature = ...)`) that are open in that world.",
    ),
    "world": attr.string(
        doc = "The world that the component must fit.",
    ),
    "allow_imports": attr.string_list(
        doc = "Imports that the component may have beyond the world's; `*` stands for any text, as in `wasi:*`.",
    ),
}

def _impl(ctx):
    wit, world = named_world(ctx)
    component = ctx.file.src
    validated = validate_component(
        ctx,
        component,
        wit = wit,
        world = world,
        wit_features = ctx.attr.wit_features,
        allow_imports = ctx.attr.allow_imports,
    )
    return [
        DefaultInfo(
            files = depset([component]),
            runfiles = ctx.runfiles([component]),
        ),
        OutputGroupInfo(_validation = depset([validated])),
        wasm_component_info(component = component, wit = wit, world = world),
    ]

wasm_component_import = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmComponentInfo],
    toolchains = [COMPONENT_TOOLCHAIN],
)
