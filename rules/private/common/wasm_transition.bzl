"""The transition to a WebAssembly platform."""

PLATFORMS = {
    "wasip1": str(Label("//toolchains/platforms:wasip1")),
    "wasip2": str(Label("//toolchains/platforms:wasip2")),
    "unknown": str(Label("//toolchains/platforms:unknown")),
}

ATTRS = {
    "platform": attr.string(
        doc = "What the module is compiled for: `wasip2` (the standard library uses WASI 0.2), or `unknown` (no imports of its own).",
        default = "wasip2",
        values = ["wasip2", "unknown"],
    ),
    "optimize": attr.string(
        doc = "`auto`: as the command line says (`-c opt` or not). `none`, `speed`, `size`: this component always so, with all that is compiled into it.",
        default = "auto",
        values = ["auto", "none", "speed", "size"],
    ),
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
    ),
}

_MODES = {
    "none": "fastbuild",
    "size": "opt",
    "speed": "opt",
}

def _impl(settings, attr):
    return {
        "//command_line_option:platforms": PLATFORMS[attr.platform],
        "//command_line_option:compilation_mode": _MODES.get(
            attr.optimize,
            settings["//command_line_option:compilation_mode"],
        ),
    }

wasm_transition = transition(
    implementation = _impl,
    inputs = ["//command_line_option:compilation_mode"],
    outputs = [
        "//command_line_option:compilation_mode",
        "//command_line_option:platforms",
    ],
)
