"""The transition to a WebAssembly platform."""

PLATFORMS = {
    "unknown": str(Label("//toolchains/platforms:unknown")),
    "wasip1": str(Label("//toolchains/platforms:wasip1")),
    "wasip2": str(Label("//toolchains/platforms:wasip2")),
}

# The attributes of a rule with the transition: these and `platform`, or these and a fixed `_platform`.
OPTIMIZE_ATTRS = {
    "optimize": attr.string(
        doc = "How to compile the module and its dependencies: `auto` (follows `--compilation_mode`), `none`, `speed` or `size`.",
        default = "auto",
        values = ["auto", "none", "speed", "size"],
    ),
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
    ),
}

TRANSITION_ATTRS = OPTIMIZE_ATTRS | {
    "platform": attr.string(
        doc = "The platform to compile for: `wasip2` (the standard library uses WASI 0.2), or `unknown` (no imports besides those of the world).",
        default = "wasip2",
        values = ["wasip2", "unknown"],
    ),
}

# `size` and `speed` compile with `-Clto=fat`. rules_rust 0.56 and newer pass flags that contradict it, unless this setting is
# `manual`.
_LTO = str(Label("@rules_rust//rust/settings:lto"))

_MODES = {
    "none": "fastbuild",
    "size": "opt",
    "speed": "opt",
}

def _platform_impl(settings, attr):
    platform = attr._platform if hasattr(attr, "_platform") else attr.platform
    return {
        "//command_line_option:platforms": PLATFORMS[platform],
        "//command_line_option:compilation_mode": _MODES.get(
            attr.optimize,
            settings["//command_line_option:compilation_mode"],
        ),
    }

def _lto_impl(settings, attr):
    return {_LTO: "manual" if _MODES.get(attr.optimize) == "opt" else settings[_LTO]}

def _impl(settings, attr):
    return _platform_impl(settings, attr) | _lto_impl(settings, attr)

wasm_transition = transition(
    implementation = _impl,
    inputs = [
        "//command_line_option:compilation_mode",
        _LTO,
    ],
    outputs = [
        "//command_line_option:compilation_mode",
        "//command_line_option:platforms",
        _LTO,
    ],
)

# The two parts of it: that of a rule which runs tools itself, and that of its dependencies. With the setting, the tools would be
# compiled once more.
wasm_platform_transition = transition(
    implementation = _platform_impl,
    inputs = ["//command_line_option:compilation_mode"],
    outputs = [
        "//command_line_option:compilation_mode",
        "//command_line_option:platforms",
    ],
)

lto_transition = transition(
    implementation = _lto_impl,
    inputs = [_LTO],
    outputs = [_LTO],
)

def _pic_impl(settings, attr):
    return _impl(settings, attr) | {"//command_line_option:copt": settings["//command_line_option:copt"] + ["-fPIC", "-fvisibility=default"]}

# The same, for position-independent code whose functions other libraries can call. The C toolchain has no feature for it, as
# that would change other compilations.
wasm_pic_transition = transition(
    implementation = _pic_impl,
    inputs = [
        "//command_line_option:compilation_mode",
        "//command_line_option:copt",
        _LTO,
    ],
    outputs = [
        "//command_line_option:compilation_mode",
        "//command_line_option:copt",
        "//command_line_option:platforms",
        _LTO,
    ],
)
