"""wasm_component_plug: imports of one component, satisfied by exports of others."""

load("//rules/private/common:actions.bzl", "COMPONENT_TOOLCHAIN", "label_text", "run_tool", "validate_component")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo", "wasm_component_info")

DOC = """Plugs the exports of components into the imports of another.

The result is a component with the exports of the socket; imports that nothing satisfies stay imports. Versions match as
semantic versioning says. A plug that satisfies nothing is an error that shows both sides.
"""

ATTRS = {
    "socket": attr.label(
        doc = "The component whose imports are satisfied.",
        providers = [WasmComponentInfo],
        mandatory = True,
    ),
    "plugs": attr.label_list(
        doc = "The components whose exports satisfy them, in this order.",
        providers = [WasmComponentInfo],
        mandatory = True,
        allow_empty = False,
    ),
}

def _impl(ctx):
    socket = ctx.attr.socket[WasmComponentInfo].component
    plugs = [plug[WasmComponentInfo].component for plug in ctx.attr.plugs]
    component = ctx.actions.declare_file(ctx.label.name + ".wasm")

    args = ctx.actions.args()
    args.add(socket)
    args.add("--socket-label", label_text(ctx.attr.socket.label))
    args.add_all(plugs, before_each = "--plug")
    args.add_all([label_text(plug.label) for plug in ctx.attr.plugs], before_each = "--plug-label")
    args.add("-o", component)
    run_tool(
        ctx,
        COMPONENT_TOOLCHAIN,
        "plug",
        args,
        inputs = depset([socket] + plugs),
        outputs = [component],
        mnemonic = "WasmComponentPlug",
        progress_message = "Plugging components into %{label}",
    )
    return [
        DefaultInfo(
            files = depset([component]),
            runfiles = ctx.runfiles([component]),
        ),
        OutputGroupInfo(_validation = depset([validate_component(ctx, component)])),
        wasm_component_info(component = component),
    ]

wasm_component_plug = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmComponentInfo],
    toolchains = [COMPONENT_TOOLCHAIN],
)
