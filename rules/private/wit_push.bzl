"""wit_push: uploads a WIT package to an OCI registry, for `bazel run`."""

load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:provenance.bzl", "provenance_aspect")
load("//rules/private/common:push.bzl", "PUSH_ATTRS", "push_program")
load("//rules/private/common:toolchain_types.bzl", "PUBLISHER_TOOLCHAIN", "WIT_TOOLCHAIN")
load("//rules/private/providers:wit_info.bzl", "WitInfo")

DOC = """Uploads a WIT package to an OCI registry, under `bazel run`.

```starlark
wit_push(
    name = "push",
    package = "team:api@1.0.0",
    reference = "registry.example/team/api",
    wit = ":api",
)
```

The package is encoded as WebAssembly, as `wkg wit build` does. Otherwise this rule does what `wasm_component_push` does.

Output groups: `artifact`, the encoded package, and `provenance`, a CycloneDX document.
"""

ATTRS = PUSH_ATTRS | {
    "wit": attr.label(
        doc = "The `wit_library`.",
        aspects = [provenance_aspect],
        providers = [WitInfo],
        mandatory = True,
    ),
}

def _impl(ctx):
    wit = ctx.attr.wit[WitInfo]
    encoded = ctx.actions.declare_file(ctx.label.name + ".wasm")
    args = ctx.actions.args()
    args.add(wit.wit)
    args.add_all(wit.deps, before_each = "--dep")
    args.add_all(wit.features, before_each = "--feature")
    args.add("--output", encoded)
    run_tool(
        ctx,
        toolchain_type = WIT_TOOLCHAIN,
        subcommand = "encode",
        args = args,
        inputs = depset([wit.wit], transitive = [wit.deps]),
        outputs = [encoded],
        mnemonic = "WitEncode",
        progress_message = "Encoding WIT package %{label}",
    )
    return push_program(ctx, ctx.attr.wit, encoded)

wit_push = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    executable = True,
    toolchains = [
        PUBLISHER_TOOLCHAIN,
        WIT_TOOLCHAIN,
    ],
)
