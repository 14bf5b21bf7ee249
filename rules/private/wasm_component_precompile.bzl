"""wasm_component_precompile: a component as machine code."""

load("//rules/private/common:actions.bzl", "default_info", "run_tool")
load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:toolchain_types.bzl", "RUNNER_TOOLCHAIN")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")

DOC = """Compiles a component to machine code, with Wasmtime, so that a program that runs it compiles nothing.

```starlark
wasm_component_precompile(
    name = "plugin_code",
    component = ":plugin",
)

cc_binary(
    name = "host",
    srcs = ["host.c"],
    data = [":plugin_code"],    # wasmtime_component_deserialize loads it
    deps = [":plugin_host"],
)
```

The code is for the target platform, and runs on all of its CPUs. The engine that loads it must be of the same major version as
`wasmtime` in TOOL_VERSIONS, and have the same settings: `fuel` and `epochs` are those that its configuration sets, and
`gc = False` is for engines with another garbage collector than the runner's, such as that of `//toolchains/wasmtime:c_api`. If
something differs, loading is an error that says what.

Wasmtime orders some names by random hashes, so the bytes of the code can differ from build to build.

Wasmtime trusts machine code: code that somebody else wrote can do whatever the program can. `runner` loads it only with the
SHA-256 in the output group `sha256`. Programs of yours should compare it too, unless only you can write the file; in C,
`wit_component_load_code` does ([hosts.md](hosts.md#machine-code)).

Outputs: `<name>.cwasm`. Output groups: `sha256` (`<name>.cwasm.sha256`, as `sha256sum` writes it).
"""

ATTRS = {
    "component": attr.label(
        doc = "The component.",
        providers = [WasmComponentInfo],
        mandatory = True,
    ),
    "epochs": attr.bool(
        doc = "Whether epochs can interrupt the code. `runner serve` requires it; `runner run` and `invoke` require that it is off.",
    ),
    "fuel": attr.bool(
        doc = "Whether the code consumes fuel.",
    ),
    "gc": attr.bool(
        doc = "Whether the code may use garbage collection and exceptions.",
        default = True,
    ),
    "target": attr.string(
        doc = "The triple of the platform. Default: that of the target platform. The runner can compile only for the architecture that it runs on.",
    ),
} | {
    "_" + constraint: attr.label(default = "@platforms//{}:{}".format(kind, constraint))
    for kind, constraint in [
        ("cpu", "aarch64"),
        ("cpu", "x86_64"),
        ("os", "linux"),
        ("os", "macos"),
        ("os", "windows"),
    ]
}

# Operating system -> the rest of its triple.
_SYSTEMS = {
    "linux": "unknown-linux-gnu",
    "macos": "apple-darwin",
    "windows": "pc-windows-msvc",
}

def _has(ctx, constraint):
    value = getattr(ctx.attr, "_" + constraint)[platform_common.ConstraintValueInfo]
    return ctx.target_platform_has_constraint(value)

def _target(ctx):
    if ctx.attr.target:
        return ctx.attr.target
    for cpu in ("aarch64", "x86_64"):
        for system, rest in _SYSTEMS.items():
            if _has(ctx, cpu) and _has(ctx, system):
                return "{}-{}".format(cpu, rest)
    fail(error_text(ctx.label, "the target platform has no triple that is known here\nhint: set `target`"))

def _impl(ctx):
    component = ctx.attr.component[WasmComponentInfo].component
    code = ctx.actions.declare_file(ctx.label.name + ".cwasm")
    sha256 = ctx.actions.declare_file(code.basename + ".sha256")
    args = ctx.actions.args()
    args.add(component)
    args.add("--output", code)
    args.add("--output-sha256", sha256)
    args.add("--target", _target(ctx))
    for option, is_set in [
        ("--epochs", ctx.attr.epochs),
        ("--fuel", ctx.attr.fuel),
        ("--no-gc", not ctx.attr.gc),
    ]:
        if is_set:
            args.add(option)
    run_tool(
        ctx,
        toolchain_type = RUNNER_TOOLCHAIN,
        subcommand = "precompile",
        args = args,
        inputs = depset([component]),
        outputs = [code, sha256],
        mnemonic = "WasmComponentPrecompile",
        progress_message = "Compiling component %{label} to machine code",
    )
    return [
        default_info(ctx, code),
        OutputGroupInfo(sha256 = depset([sha256])),
    ]

wasm_component_precompile = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    toolchains = [RUNNER_TOOLCHAIN],
)
