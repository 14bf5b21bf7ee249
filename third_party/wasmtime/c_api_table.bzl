"""c_api_table: Wasmtime's C API as data."""

DOC = """Writes the functions of Wasmtime's C API as a table: JSON, an array with an object for each function.

`c_api_table/main.rs` describes the objects. Fails if the headers have functions of a type that is in none of its classes.
"""

ATTRS = {
    "conf": attr.label(
        doc = "`conf.h`, which is generated.",
        allow_single_file = True,
        mandatory = True,
    ),
    "header": attr.label(
        doc = "`wasmtime.h`.",
        allow_single_file = True,
        mandatory = True,
    ),
    "headers": attr.label(
        doc = "All headers.",
        mandatory = True,
    ),
    "_clang": attr.label(
        default = "@rules_wit_clang//:clang",
        allow_single_file = True,
        cfg = "exec",
    ),
    "_tool": attr.label(
        default = ":c_api_table_bin",
        cfg = "exec",
        executable = True,
    ),
}

def _impl(ctx):
    table = ctx.actions.declare_file(ctx.label.name + ".json")

    # A WASI SDK's clang has its headers and shared libraries as runfiles.
    runfiles = ctx.attr._clang[DefaultInfo].default_runfiles
    args = ctx.actions.args()
    args.add(ctx.file._clang)
    args.add(ctx.file.header)
    args.add(ctx.file.conf)
    args.add(table)
    ctx.actions.run(
        executable = ctx.executable._tool,
        arguments = [args],
        inputs = depset([ctx.file.header], transitive = [ctx.attr.headers[DefaultInfo].files]),
        outputs = [table],
        tools = [ctx.file._clang] + ([runfiles.files] if runfiles else []),
        mnemonic = "WasmtimeCApiTable",
        progress_message = "Listing the functions of Wasmtime's C API %{label}",
        toolchain = None,
    )
    return [DefaultInfo(files = depset([table]))]

c_api_table = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
