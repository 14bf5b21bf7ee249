"""configured: a target in another configuration."""

DOC = """Builds a target with another compilation mode, or with another library of Wasmtime's C API.

Outputs: those of the target, with its runfiles.
"""

_MODE = "//command_line_option:compilation_mode"
_STRATEGY = "//toolchains/wasmtime:strategy"
_FEATURES = "//toolchains/wasmtime:features"

def _configured_impl(settings, attr):
    return {
        _FEATURES: attr.crate_features or settings[_FEATURES],
        _MODE: attr.compilation_mode or settings[_MODE],
        _STRATEGY: attr.strategy or settings[_STRATEGY],
    }

_configured = transition(
    implementation = _configured_impl,
    inputs = [_FEATURES, _MODE, _STRATEGY],
    outputs = [_FEATURES, _MODE, _STRATEGY],
)

ATTRS = {
    "compilation_mode": attr.string(
        doc = "The compilation mode. Default: that of the build.",
        values = ["", "dbg", "fastbuild", "opt"],
    ),
    "crate_features": attr.string_list(
        doc = "The features of the library, with the strategy `source`. Default: those of the build.",
    ),
    "strategy": attr.string(
        doc = "Where the library comes from. Default: as the build says.",
        values = ["", "prebuilt", "source"],
    ),
    "target": attr.label(
        doc = "The target.",
        allow_files = True,
        cfg = _configured,
        mandatory = True,
    ),
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
    ),
}

def _impl(ctx):
    target = ctx.attr.target[0][DefaultInfo]
    return [DefaultInfo(files = target.files, runfiles = target.default_runfiles)]

configured = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
