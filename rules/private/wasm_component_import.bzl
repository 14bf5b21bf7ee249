"""wasm_component_import: an existing component file as a target."""

load("//rules/private/common:component.bzl", "component_providers")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN")
load("//rules/private/common:world.bzl", "WORLD_ATTRS", "named_world")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")

DOC = """Makes a component file available to the other rules.

The file is used unchanged. A validation action checks it against the specification and, if `wit` and `world` are set,
against that world.
"""

ATTRS = WORLD_ATTRS | {
    "allow_imports": attr.string_list(
        doc = "Imports to allow in addition to those of the world; `*` matches any text, as in `wasi:*`.",
    ),
    "src": attr.label(
        doc = "The component (`.wasm`), a source file or an output of another rule.",
        allow_single_file = [".wasm"],
        mandatory = True,
    ),
}

def _impl(ctx):
    return component_providers(
        ctx,
        ctx.file.src,
        world = named_world(ctx),
        allow_imports = ctx.attr.allow_imports,
    )

wasm_component_import = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmComponentInfo],
    toolchains = [COMPONENT_TOOLCHAIN],
)
