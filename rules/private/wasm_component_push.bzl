"""wasm_component_push: uploads a component to an OCI registry, for `bazel run`."""

load("//rules/private/common:provenance.bzl", "provenance_aspect")
load("//rules/private/common:push.bzl", "PUSH_ATTRS", "push_program")
load("//rules/private/common:toolchain_types.bzl", "PUBLISHER_TOOLCHAIN")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")

DOC = """Uploads a component to an OCI registry, under `bazel run`.

```starlark
wasm_component_push(
    name = "push",
    component = ":greeter",
    package = "team:greeter@1.0.0",
    reference = "registry.example/team/greeter",
)
```

`bazel build` makes the program and its inputs and uploads nothing. `bazel run` uploads and prints the reference with the
digest. The format is that of `wkg` and of other tools for WebAssembly: a configuration
`application/vnd.wasm.config.v0+json` and one layer `application/wasm`. Equal components have equal digests.

Credentials are those of `docker login`, also with credential helpers. Interrupted uploads continue.

The artifact gets its provenance, a CycloneDX document, as a referrer. `bazel run :push -- --sign-key cosign.key` signs it with
`cosign` as well. [publishing.md](publishing.md) shows how to pull and verify.

Output group `provenance`: the document.
"""

ATTRS = PUSH_ATTRS | {
    "component": attr.label(
        doc = "The component.",
        aspects = [provenance_aspect],
        providers = [WasmComponentInfo],
        mandatory = True,
    ),
}

def _impl(ctx):
    return push_program(ctx, ctx.attr.component, ctx.attr.component[WasmComponentInfo].component)

wasm_component_push = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    executable = True,
    toolchains = [PUBLISHER_TOOLCHAIN],
)
