"""Outputs of targets that are built for WebAssembly, for tests on the host."""

load("@rules_rust//rust:defs.bzl", "rust_analyzer_aspect")
load("//rules/private/common:wasm_transition.bzl", "TRANSITION_ATTRS", "wasm_transition")

def _impl(ctx):
    files = []
    for target in ctx.attr.targets:
        if ctx.attr.output_group:
            files.append(getattr(target[OutputGroupInfo], ctx.attr.output_group))
        else:
            files.append(target[DefaultInfo].files)
    files = depset(transitive = files)
    return [DefaultInfo(files = files, runfiles = ctx.runfiles(transitive_files = files))]

wasm_files = rule(
    implementation = _impl,
    attrs = TRANSITION_ATTRS | {
        "output_group": attr.string(doc = "The output group. Default: the default outputs."),
        "targets": attr.label_list(
            aspects = [rust_analyzer_aspect],
            cfg = wasm_transition,
        ),
    },
)
