"""What targets make when they are built for WebAssembly, for tests of the machine to look at."""

load("@rules_rust//rust:defs.bzl", "rust_analyzer_aspect")
load("//rules/private/common:wasm_transition.bzl", "wasm_transition", _TRANSITION_ATTRS = "ATTRS")

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
    attrs = _TRANSITION_ATTRS | {
        "output_group": attr.string(doc = "The output group; the default outputs, if not given."),
        "targets": attr.label_list(
            aspects = [rust_analyzer_aspect],
            cfg = wasm_transition,
        ),
    },
)
