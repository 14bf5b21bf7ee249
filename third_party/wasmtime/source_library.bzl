"""wasmtime_source_library: Wasmtime's C API, compiled from source."""

load("@rules_cc//cc:find_cc_toolchain.bzl", "find_cc_toolchain", "use_cc_toolchain")
load("@rules_cc//cc/common:cc_common.bzl", "cc_common")
load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")

DOC = """Offers a static and a shared library as one library, of which the program chooses one, with `linkstatic`.

Both are compiled with optimisation in any compilation mode, like the prebuilt library. Output: the shared library.
"""

def _optimised_impl(_settings, _attr):
    return {"//command_line_option:compilation_mode": "opt"}

_optimised = transition(
    implementation = _optimised_impl,
    inputs = [],
    outputs = ["//command_line_option:compilation_mode"],
)

ATTRS = {
    "shared_library": attr.label(
        doc = "A `rust_shared_library`.",
        cfg = _optimised,
        mandatory = True,
        providers = [CcInfo],
    ),
    "static_library": attr.label(
        doc = "A `rust_static_library`.",
        cfg = _optimised,
        mandatory = True,
        providers = [CcInfo],
    ),
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
    ),
}

def _library(files):
    """Returns the library among the outputs of a rule, which can have others, such as debug information."""
    return [file for file in files if file.extension in ("a", "dll", "dylib", "lib", "so")][0]

def _impl(ctx):
    cc_toolchain = find_cc_toolchain(ctx)
    shared = _library(ctx.files.shared_library)
    static = _library(ctx.files.static_library)
    library = cc_common.create_library_to_link(
        actions = ctx.actions,
        cc_toolchain = cc_toolchain,
        dynamic_library = shared,
        feature_configuration = cc_common.configure_features(
            ctx = ctx,
            cc_toolchain = cc_toolchain,
            requested_features = ctx.features,
            unsupported_features = ctx.disabled_features,
        ),
        pic_static_library = static,
        static_library = static,
    )

    # The libraries of the system that Rust's standard library needs.
    inputs = ctx.attr.static_library[0][CcInfo].linking_context.linker_inputs.to_list()
    flags = [flag for linker_input in inputs for flag in linker_input.user_link_flags]
    linker_input = cc_common.create_linker_input(
        libraries = depset([library]),
        owner = ctx.label,
        user_link_flags = flags,
    )
    return [
        DefaultInfo(files = depset([shared])),
        CcInfo(linking_context = cc_common.create_linking_context(linker_inputs = depset([linker_input]))),
    ]

wasmtime_source_library = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    fragments = ["cpp"],
    toolchains = use_cc_toolchain(),
)
