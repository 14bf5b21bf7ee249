"""wasm_component_targets_test: whether a component fits a world."""

load("//rules/private/common:actions.bzl", "COMPONENT_TOOLCHAIN", "label_text")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")
load("//rules/private/providers:wit_info.bzl", "WitInfo")

DOC = """Compares a component with a world, and fails with both sides if it does not fit.

A component fits if it exports what the world exports, with the right types, and imports only what the world imports.
Versions match as semantic versioning says. The rules that make components check the world that they are told in this way;
this test is for further worlds, such as the one of a host that shall run the component.
"""

ATTRS = {
    "component": attr.label(
        doc = "The component.",
        providers = [WasmComponentInfo],
        mandatory = True,
    ),
    "wit": attr.label(
        doc = "The `wit_library` that has the world.",
        providers = [WitInfo],
        mandatory = True,
    ),
    "wit_features": attr.string_list(
        doc = "Feature gates (`@unstable(feature = ...)`) that are open in that world.",
    ),
    "world": attr.string(
        doc = "The world that the component must fit.",
        mandatory = True,
    ),
    "allow_imports": attr.string_list(
        doc = "Imports that the component may have beyond the world's; `*` stands for any text, as in `wasi:*`.",
    ),
}

def _impl(ctx):
    component = ctx.attr.component[WasmComponentInfo].component
    wit = ctx.attr.wit[WitInfo]
    args = ctx.actions.args()
    args.add("targets")
    args.add("--label", label_text(ctx.label))
    args.add_all([component], map_each = _path)
    args.add_all([wit.wit], before_each = "--wit", map_each = _path)
    args.add_all(wit.deps, before_each = "--dep", map_each = _path)
    args.add("--world", ctx.attr.world)
    args.add_all(ctx.attr.wit_features, before_each = "--feature")
    args.add_all(ctx.attr.allow_imports, before_each = "--allow-import")
    args.set_param_file_format("multiline")

    executable = ctx.actions.declare_file(ctx.label.name)
    orders = ctx.actions.declare_file(ctx.label.name + ".args")
    ctx.actions.write(orders, args)
    tool = ctx.exec_groups["test"].toolchains[COMPONENT_TOOLCHAIN].tool
    ctx.actions.symlink(output = executable, target_file = tool.executable, is_executable = True)
    return [DefaultInfo(
        executable = executable,
        files = depset([executable, orders]),
        runfiles = ctx.runfiles(
            [executable, orders, component, wit.wit],
            transitive_files = wit.deps,
        ),
    )]

def _path(file):
    return file.short_path

wasm_component_targets_test = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    test = True,
    # A test runs on the platform of this group, so its tool is built for that one.
    exec_groups = {"test": exec_group(toolchains = [COMPONENT_TOOLCHAIN])},
)
