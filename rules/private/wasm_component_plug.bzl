"""wasm_component_plug: a component whose imports are satisfied by the exports of others."""

load("//rules/private/common:component.bzl", "component_providers", "make_component")
load("//rules/private/common:labels.bzl", "label_text")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")

DOC = """Plugs the exports of components into the imports of another component, the socket.

Plugs also satisfy imports of other plugs. The result exports the exports of the socket; imports that no plug satisfies
stay imports. Versions match by semantic versioning, and the version of the import is preferred to others. An export that
has another type than an import is skipped if a plug has one that fits; otherwise it is an error, which shows both sides.
So is a plug that satisfies no import.

A middleware exports an interface that it also imports. In a chain, the socket calls the first plug, and each plug calls
the next:

```starlark
wasm_component_plug(
    name = "app",
    plugs = [
        ":logger",
        ":service",
    ],
    socket = ":limiter",  # The limiter calls the logger, which calls the service.
)
```

Bazel rejects a label that is in `plugs` twice. To use a middleware twice, make it the socket of another
`wasm_component_plug`, and plug that one. The order applies to middleware in any compatible version.

Outputs: `<name>.wasm`.
"""

ATTRS = {
    "plugs": attr.label_list(
        doc = "The components whose exports satisfy the imports. Of several with the same version, earlier ones take precedence; middleware precedes what it calls.",
        providers = [WasmComponentInfo],
        mandatory = True,
        allow_empty = False,
    ),
    "socket": attr.label(
        doc = "The component whose imports are satisfied.",
        providers = [WasmComponentInfo],
        mandatory = True,
    ),
}

def _impl(ctx):
    socket = ctx.attr.socket[WasmComponentInfo].component
    plugs = [plug[WasmComponentInfo].component for plug in ctx.attr.plugs]
    args = ctx.actions.args()
    args.add(socket)
    args.add("--socket-label", label_text(ctx.attr.socket.label))
    args.add_all(plugs, before_each = "--plug")
    args.add_all([label_text(plug.label) for plug in ctx.attr.plugs], before_each = "--plug-label")
    args.add("--strict")
    component = make_component(
        ctx,
        subcommand = "plug",
        args = args,
        inputs = depset([socket] + plugs),
        mnemonic = "WasmComponentPlug",
        progress_message = "Plugging components into %{label}",
    )
    return component_providers(ctx, component)

wasm_component_plug = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmComponentInfo],
    toolchains = [COMPONENT_TOOLCHAIN],
)
