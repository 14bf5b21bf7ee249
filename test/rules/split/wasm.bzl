"""Outputs of targets that are built for WebAssembly, for tests on the host."""

load("//rules/private/common:wasm_transition.bzl", "TRANSITION_ATTRS", "wasm_transition")

def _impl(ctx):
    files = depset(transitive = [target[DefaultInfo].files for target in ctx.attr.targets])
    return [DefaultInfo(files = files, runfiles = ctx.runfiles(transitive_files = files))]

wasm_files = rule(
    implementation = _impl,
    attrs = TRANSITION_ATTRS | {
        "targets": attr.label_list(
            cfg = wasm_transition,
        ),
    },
)
