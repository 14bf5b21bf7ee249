"""wasm_component_preinit: a component that starts with the state that another one has after it has started."""

load("//rules/private/common:component.bzl", "component_providers")
load("//rules/private/common:preinit.bzl", "make_snapshot")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN", "RUNNER_TOOLCHAIN")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")

DOC = """Starts a component when it is built, and takes a snapshot of its memories and globals.

The result starts with that state: an interpreter has loaded its script, and a table that constructors compute is there.
Nothing of the machine is in the snapshot, so equal components give equal snapshots. There are no arguments, environment
variables, directories or input; clocks stand still at 2020-01-01; random bytes are constants, also where they seed hash
tables. What the component prints is shown. It may use WASI, but must not hold resources of it, such as open streams,
when it has started. If it traps, or calls another import, the build fails.

The component must be one core module per instance, as rules for single components make it: take the snapshot of a part
before it is composed.

Outputs: `<name>.wasm`.
"""

ATTRS = {
    "component": attr.label(
        doc = "The component to start.",
        providers = [WasmComponentInfo],
        mandatory = True,
    ),
}

def _impl(ctx):
    info = ctx.attr.component[WasmComponentInfo]
    component = make_snapshot(ctx, info.component)
    return component_providers(
        ctx,
        component,
        world = struct(features = [], name = info.world, wit = info.wit),
        allow_imports = ["wasi:*"],
    )

wasm_component_preinit = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmComponentInfo],
    toolchains = [
        COMPONENT_TOOLCHAIN,
        RUNNER_TOOLCHAIN,
    ],
)
