"""wasm_interpreter: an interpreter as a core module."""

load("@rules_cc//cc:find_cc_toolchain.bzl", "use_cc_toolchain")
load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")
load("//rules/private/common:actions.bzl", "default_info")
load("//rules/private/common:cc_link.bzl", "link_cc")
load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:shared_library.bzl", "link_with_libc")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN")
load("//rules/private/common:wasm_transition.bzl", "TRANSITION_ATTRS", "lto_transition", "wasm_platform_transition")
load("//rules/private/providers:wasm_interpreter_info.bzl", "WasmInterpreterInfo", "wasm_interpreter_info")
load("//rules/private/providers:wasm_shared_library_info.bzl", "WasmSharedLibraryInfo")

DOC = """Links an interpreter that implements `wit_dylib.h`, for `interpreted_component`.

The interpreter depends neither on a world nor on a script, so it is compiled once for all components that use it.

```starlark
cc_library(
    name = "shim",
    srcs = ["shim.c"],
    deps = [
        ":engine",
        "@rules_wit//rules/runtime/wit_dylib:wit_dylib_c",
    ],
    alwayslink = True,
)

wasm_interpreter(
    name = "interpreter",
    extensions = ["calc"],
    libs = [":shim"],
)
```

`libs` are linked with the libc of the platform. Code in C++ sets `linkopts = ["-lc++", "-lc++abi"]`. In place of `libs`,
`module` names a core module that is already linked. It is a reactor that exports its memory, `__stack_pointer`, and the
functions of `wit_dylib.h`, and has a growable table.

Components with `link = "shared"` contain the interpreter as a shared library. `libs` need not be compiled for this: the
addresses in the linked code are rewritten.

An interpreter that supports asynchronous functions imports built-in functions of the component model, such as
`[waitable-set-new]` of the module `$root`. They are traps in components of worlds without such functions.

The scripts come from `wit_dylib_sources`, which the interpreter imports: they are data of the component, by their names,
and the interpreter needs no loader of its own that reads files. A script that imports another one names it, and the
interpreter looks it up there. A script that cannot be loaded is reported at build time if the interpreter writes the error
to `wit_dylib_log` and traps.

Outputs: `<name>.wasm`.
"""

ATTRS = TRANSITION_ATTRS | {
    "extensions": attr.string_list(
        doc = "The file extensions of scripts, without a dot.",
        mandatory = True,
        allow_empty = False,
    ),
    "has_async": attr.bool(
        doc = "Whether it supports asynchronous functions. Otherwise, a world with these is an error at build time.",
    ),
    "has_streams": attr.bool(
        doc = "Whether it supports futures and streams. Otherwise, a world with these is an error at build time.",
    ),
    "libs": attr.label_list(
        doc = "The libraries, such as `cc_library`. The one with the functions of `wit_dylib.h` sets `alwayslink`.",
        cfg = lto_transition,
        providers = [CcInfo],
    ),
    "linkopts": attr.string_list(
        doc = "Further flags of the linker.",
    ),
    "module": attr.label(
        doc = "The core module, in place of `libs`, such as a `rust_shared_library`.",
        cfg = lto_transition,
        allow_files = True,
    ),
    "shared_libs": attr.label_list(
        doc = "The same interpreter as shared libraries, for components with `link = \"shared\"`: the first one has the functions of `wit_dylib.h`. Default: one library of `libs` and the libc.",
        providers = [WasmSharedLibraryInfo],
    ),
    "stack_size": attr.int(
        doc = "The size of the stack in memory, in bytes.",
        default = 1 << 20,
    ),
}

# `wit_dylib_log` is where an interpreter writes errors for `component check-script`.
_LINK_FLAGS = [
    "-fuse-ld=lld",
    "-mexec-model=reactor",
    "-Wl,--export-table",
    "-Wl,--growable-table",
    "-Wl,--export=__stack_pointer",
    "-Wl,--export-if-defined=wit_dylib_log",
    "-Wl,--gc-sections",
    "-Wl,--strip-debug",
]

def _impl(ctx):
    if bool(ctx.attr.libs) == bool(ctx.attr.module):
        fail(error_text(ctx.label, "{} of `libs` and `module` {} set\nhint: set one of them".format(
            "both" if ctx.attr.libs else "neither",
            "are" if ctx.attr.libs else "is",
        )))
    shared_libraries = [lib[WasmSharedLibraryInfo].library for lib in ctx.attr.shared_libs]
    if ctx.attr.libs:
        if not shared_libraries:
            shared_libraries = [link_with_libc(ctx, ctx.attr.libs, flags = ctx.attr.linkopts)]
        module = link_cc(
            ctx,
            ctx.attr.libs,
            flags = _LINK_FLAGS + ["-Wl,-z,stack-size={}".format(ctx.attr.stack_size)] + ctx.attr.linkopts,
            suffix = ".wasm",
            libc = True,
        )
    else:
        modules = [file for file in ctx.files.module if file.extension == "wasm"]
        if len(modules) != 1:
            fail(error_text(ctx.label, "`module` has {} `.wasm` outputs instead of one\nhint: name a target with one core module".format(len(modules))))
        module = modules[0]
    return [
        default_info(ctx, module),
        wasm_interpreter_info(
            extensions = ctx.attr.extensions,
            has_async = ctx.attr.has_async,
            has_streams = ctx.attr.has_streams,
            module = module,
            shared_libraries = shared_libraries,
        ),
    ]

wasm_interpreter = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    cfg = wasm_platform_transition,
    fragments = ["cpp"],
    provides = [WasmInterpreterInfo],
    toolchains = [COMPONENT_TOOLCHAIN] + use_cc_toolchain(),
)
