"""wasm_component_targets_test: a test that a component fits a world."""

load("//rules/private/common:labels.bzl", "label_text")
load("//rules/private/common:launch.bzl", "launch_tool", "runfiles_path")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN")
load("//rules/private/common:world.bzl", "add_world", "named_world", "world_attrs")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")

DOC = """Fails if a component does not fit a world, and shows both sides.

A component fits a world if it exports everything that the world exports, with the same types, and imports only what the
world imports. Versions match by semantic versioning.

The rules that make components already check the world in their `wit` and `world`. Use this test for another world, such as
that of a host that will run the component.
"""

ATTRS = world_attrs(mandatory = True) | {
    "allow_imports": attr.string_list(
        doc = "Imports to allow in addition to those of the world; `*` matches any text, as in `wasi:*`.",
    ),
    "component": attr.label(
        doc = "The component to check.",
        providers = [WasmComponentInfo],
        mandatory = True,
    ),
}

def _impl(ctx):
    component = ctx.attr.component[WasmComponentInfo].component
    args = ctx.actions.args()
    args.add("targets")
    args.add("--label", label_text(ctx.label))
    args.add_all([component], map_each = runfiles_path)
    inputs = add_world(args, named_world(ctx), map_each = runfiles_path)
    args.add_all(ctx.attr.allow_imports, before_each = "--allow-import")
    return launch_tool(
        ctx,
        tool = ctx.exec_groups["test"].toolchains[COMPONENT_TOOLCHAIN],
        args = args,
        runfiles = [ctx.runfiles(transitive_files = depset([component], transitive = [inputs]))],
    )

wasm_component_targets_test = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    test = True,
    # The execution platform of a test is that of this group, so the tool is built for it.
    exec_groups = {"test": exec_group(toolchains = [COMPONENT_TOOLCHAIN])},
)
