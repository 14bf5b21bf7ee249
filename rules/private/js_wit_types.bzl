"""js_wit_types: TypeScript declarations for the scripts of a world."""

load("//rules/private/common:actions.bzl", "default_info", "run_tool")
load("//rules/private/common:toolchain_types.bzl", "WIT_TOOLCHAIN")
load("//rules/private/common:world.bzl", "add_world", "named_world", "world_attrs")

DOC = """Generates TypeScript declarations for components in JavaScript.

They declare the modules that a script of the world can import, and one with the name of the world, whose exports are those
that the script has to have. An editor or `tsc` checks a script with them:

```js
/** @type {typeof import("demo:shop/script@1.0.0").cart} */
export const cart = { ... };
```

Types are those that jco declares for guests, but a `stream<u8>` has `Uint8Array` chunks. The documentation of each item has its location in the WIT sources.

Outputs: `<name>.d.ts`.
"""

ATTRS = world_attrs(mandatory = True)

def _impl(ctx):
    declarations = ctx.actions.declare_file(ctx.label.name + ".d.ts")
    args = ctx.actions.args()
    inputs = add_world(args, named_world(ctx), spans = True)
    args.add("-o", declarations)
    run_tool(
        ctx,
        toolchain_type = WIT_TOOLCHAIN,
        subcommand = "bindgen-js-types",
        args = args,
        inputs = inputs,
        outputs = [declarations],
        mnemonic = "WitBindgenJsTypes",
        progress_message = "Generating TypeScript declarations %{label}",
    )
    return [default_info(ctx, declarations)]

js_wit_types = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    toolchains = [WIT_TOOLCHAIN],
)
