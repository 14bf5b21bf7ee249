"""wasm_shared_library: a WebAssembly library for dynamic linking, from C."""

load("@rules_cc//cc:find_cc_toolchain.bzl", "use_cc_toolchain")
load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")
load("//rules/private/common:actions.bzl", "default_info")
load("//rules/private/common:shared_library.bzl", "link_shared_library")
load("//rules/private/common:wasm_transition.bzl", "OPTIMIZE_ATTRS", "wasm_pic_transition")
load("//rules/private/providers:wasm_shared_library_info.bzl", "WasmSharedLibraryInfo", "wasm_shared_library_info")

DOC = """Links a shared library from `cc_library` targets, for `wasm_component_link`.

The code is compiled as position-independent code, without a libc: clang's own headers are there, and functions that other
libraries define, such as `malloc`, are imported.

[`rust_wasm_shared_library`](rust.md#rust_wasm_shared_library) links code in Rust.
[Interpreters](interpreters.md#shared-libraries) lists which code can be a shared library.

Outputs: `<name>.so`.
"""

ATTRS = OPTIMIZE_ATTRS | {
    "deps": attr.label_list(
        doc = "The libraries, such as `cc_library`. One whose functions no other calls sets `alwayslink`.",
        providers = [CcInfo],
        mandatory = True,
        allow_empty = False,
    ),
    "linkopts": attr.string_list(
        doc = "Further flags of the linker.",
    ),
    "_platform": attr.string(default = "unknown"),
}

def _impl(ctx):
    library = link_shared_library(ctx, ctx.attr.deps, flags = ctx.attr.linkopts)
    return [
        default_info(ctx, library),
        wasm_shared_library_info(library = library),
    ]

wasm_shared_library = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    cfg = wasm_pic_transition,
    fragments = ["cpp"],
    provides = [WasmSharedLibraryInfo],
    toolchains = use_cc_toolchain(),
)
