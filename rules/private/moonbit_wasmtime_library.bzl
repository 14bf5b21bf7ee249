"""moonbit_wasmtime_library: Wasmtime's C API in MoonBit."""

load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:moonbit.bzl", "compile_packages", "import_path_of", "source_name")
load("//rules/private/common:toolchain_types.bzl", "MOONBIT_TOOLCHAIN")
load("//rules/private/providers:moonbit_info.bzl", "MoonBitInfo", "moonbit_info", "moonbit_source")

DOC = """Generates a MoonBit package with all functions of Wasmtime's C API, for the target `native`.

The packages in `//toolchains/wasmtime/moonbit` are above an instance of it, so most programs need only these.

A function of the C API is a function with the same name; an opaque type `wasm_engine_t` is `WasmEngine`, and what callers
allocate is a `FixedArray[Byte]` of `size_of_<type>()` bytes. Fails if the table has functions of types without a binding.

Outputs: the package, compiled. Output groups: `source` (`.mbt`), `stub` (C), `program` (C that calls each function of the
stub, for a test), `report` (what is covered, in Markdown).
"""

ATTRS = {
    "import_path": attr.string(
        doc = "The full name of the package. Default: as in `moonbit_library`.",
    ),
    "table": attr.label(
        doc = "The functions, as `c_api_table` writes them.",
        default = "//toolchains/wasmtime:c_api_table",
        allow_single_file = [".json"],
    ),
    "_generator": attr.label(
        default = "//third_party/wasmtime:moonbit_generator",
        executable = True,
        cfg = "exec",
    ),
}

def _impl(ctx):
    err, path = import_path_of(ctx.label, ctx.attr.import_path)
    if err:
        fail(error_text(ctx.label, err))
    outputs = [ctx.actions.declare_file(ctx.label.name + suffix) for suffix in ["_stub.c", ".mbt", "_program.c", ".md"]]
    stub, source, program, report = outputs
    args = ctx.actions.args()
    args.add(ctx.file.table)
    args.add_all(outputs)
    ctx.actions.run(
        executable = ctx.executable._generator,
        arguments = [args],
        inputs = [ctx.file.table],
        outputs = outputs,
        mnemonic = "MoonBitWasmtime",
        progress_message = "Generating MoonBit bindings of Wasmtime's C API %{label}",
        toolchain = None,
        execution_requirements = {"supports-path-mapping": "1"},
    )
    args = ctx.actions.args()
    args.add("--package", path)
    args.add("--warnings", "error")
    args.add("--source", source, format = source_name(source) + "=%s")
    direct = {"native": compile_packages(
        ctx,
        command = "build",
        target = "native",
        name = ctx.label.name + ".native.packages",
        args = args,
        inputs = depset([source]),
        progress_message = "Compiling MoonBit package %{label} for native",
    )}
    return [
        DefaultInfo(files = depset(direct.values())),
        OutputGroupInfo(
            program = depset([program]),
            report = depset([report]),
            source = depset([source]),
            stub = depset([stub]),
        ),
        moonbit_info(
            direct = direct,
            deps = [],
            source = moonbit_source(path = path, srcs = [source], stubs = [stub]),
        ),
    ]

moonbit_wasmtime_library = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [MoonBitInfo],
    toolchains = [MOONBIT_TOOLCHAIN],
)
