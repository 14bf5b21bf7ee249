"""The rule matrix_cell, which measures one cell of the matrix in an action."""

load("@rules_rust//rust:defs.bzl", "rust_common")
load("//rules/private/common:wasm_transition.bzl", "TRANSITION_ATTRS", "wasm_transition")

DOC = "Generates, compiles, encodes, composes and runs the guests of a case, and records whether that works."

def _program(label):
    return attr.label(
        default = label,
        cfg = "exec",
        executable = True,
    )

ATTRS = TRANSITION_ATTRS | {
    "generator": attr.string(
        doc = "string, the version of the generator.",
        mandatory = True,
    ),
    "generator_tool": attr.label(
        cfg = "exec",
        executable = True,
        mandatory = True,
    ),
    "runtime": attr.string(
        doc = "string, the runtime as recorded in the cell: `official`, `embedded`, or a version.",
        mandatory = True,
    ),
    "runtime_crate": attr.label(
        providers = [rust_common.crate_info],
        mandatory = True,
    ),
    "encoder": attr.string(
        doc = "string, the version of wit-component.",
        mandatory = True,
    ),
    "encoder_tool": attr.label(
        cfg = "exec",
        executable = True,
        mandatory = True,
    ),
    "case": attr.string(
        doc = "string, the name of the case.",
        mandatory = True,
    ),
    "bare_flags": attr.string_list(
        doc = "list[string], flags with which the generator runs directly, instead of through `wit bindgen-rust`.",
    ),
    "wit": attr.label(allow_single_file = True),
    "provider": attr.label(allow_single_file = True),
    "user": attr.label(allow_single_file = True),
    "expected": attr.label(allow_single_file = True),
    "_cell": _program("//test/version_matrix:cell"),
    "_component": _program("//tools/component:component_bin"),
    "_runner": _program("//tools/runner:runner_bin"),
    "_wit": _program("//tools/wit:wit_bin"),
}

def _impl(ctx):
    rust = ctx.toolchains[Label("@rules_rust//rust:toolchain_type")]
    crate = ctx.attr.runtime_crate[rust_common.crate_info]
    needed = ctx.attr.runtime_crate[rust_common.dep_info].transitive_crate_outputs

    # C libraries of build scripts.
    native = [
        info.out_dir
        for info in ctx.attr.runtime_crate[rust_common.dep_info].transitive_build_infos.to_list()
        if info.out_dir
    ]
    out = ctx.actions.declare_file(ctx.label.name + ".json")
    args = ctx.actions.args()
    for name in ("generator", "runtime", "encoder", "case"):
        args.add("--" + name, getattr(ctx.attr, name))
    for name in ("wit", "provider", "user", "expected"):
        args.add("--" + name, getattr(ctx.file, name))
    args.add_all(ctx.attr.bare_flags, format_each = "--bare-flag=%s")
    args.add("--wit-tool", ctx.executable._wit)
    args.add("--generator-tool", ctx.executable.generator_tool)
    args.add("--encoder-tool", ctx.executable.encoder_tool)
    args.add("--component-tool", ctx.executable._component)
    args.add("--runner-tool", ctx.executable._runner)
    args.add("--rustc", rust.rustc)
    args.add(rust.sysroot, format = "--rustc-flag=--sysroot=%s")
    args.add(rust.target_flag_value, format = "--rustc-flag=--target=%s")
    args.add_all(rust.extra_rustc_flags, format_each = "--rustc-flag=%s")
    args.add("--runtime-crate", crate.output)
    args.add_all(needed, before_each = "--crate-dir", map_each = _dirname, uniquify = True)
    args.add_all(native, format_each = "--rustc-flag=-Lnative=%s", expand_directories = False)
    args.add("--out", out)
    ctx.actions.run(
        executable = ctx.executable._cell,
        arguments = [args],
        inputs = depset(
            [ctx.file.wit, ctx.file.provider, ctx.file.user, ctx.file.expected, crate.output] + native,
            transitive = [needed, rust.all_files],
        ),
        outputs = [out],
        tools = [
            ctx.attr._component[DefaultInfo].files_to_run,
            ctx.attr._runner[DefaultInfo].files_to_run,
            ctx.attr._wit[DefaultInfo].files_to_run,
            ctx.attr.encoder_tool[DefaultInfo].files_to_run,
            ctx.attr.generator_tool[DefaultInfo].files_to_run,
        ],
        mnemonic = "MatrixCell",
        progress_message = "Measuring %{label}",
        toolchain = Label("@rules_rust//rust:toolchain_type"),
    )
    return [DefaultInfo(files = depset([out]))]

def _dirname(file):
    return file.dirname

matrix_cell = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    cfg = wasm_transition,
    toolchains = ["@rules_rust//rust:toolchain_type"],
)
