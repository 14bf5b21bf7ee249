"""The table of all measured cells."""

DOC = "Combines cells into `<name>.json`, and generates the Starlark file and the Markdown table from it."

ATTRS = {
    "cells": attr.label_list(
        doc = "list[label], `matrix_cell` targets.",
        allow_files = [".json"],
        mandatory = True,
    ),
    "encoder": attr.string(
        doc = "string, the version of wit-component with which runtimes are measured.",
        mandatory = True,
    ),
    "_matrix": attr.label(
        default = "//test/version_matrix:matrix",
        cfg = "exec",
        executable = True,
    ),
}

def _impl(ctx):
    outputs = {
        "--out-json": ctx.actions.declare_file(ctx.label.name + ".json"),
        "--out-bzl": ctx.actions.declare_file(ctx.label.name + ".bzl"),
        "--out-markdown": ctx.actions.declare_file(ctx.label.name + ".md"),
    }
    args = ctx.actions.args()
    args.add("--encoder", ctx.attr.encoder)
    for option, file in outputs.items():
        args.add(option, file)
    args.add_all(ctx.files.cells)
    ctx.actions.run(
        executable = ctx.executable._matrix,
        arguments = [args],
        inputs = ctx.files.cells,
        outputs = outputs.values(),
        mnemonic = "MatrixTable",
        progress_message = "Tabulating %{label}",
        toolchain = None,
    )
    return [
        DefaultInfo(files = depset(outputs.values())),
        OutputGroupInfo(**{option[len("--out-"):]: depset([file]) for option, file in outputs.items()}),
    ]

measured = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
