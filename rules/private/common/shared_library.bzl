"""The actions that link shared libraries."""

load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:cc_link.bzl", "link_cc")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN")

# Without the export, nothing would run constructors of the library: the linker of components calls it.
_SHARED_FLAGS = [
    "-fuse-ld=lld",
    "-nostdlib",
    "-Wl,-shared",
    "-Wl,--experimental-pic",
    "-Wl,--no-entry",
    "-Wl,--unresolved-symbols=import-dynamic",
    "-Wl,--export=__wasm_call_ctors",
    "-Wl,--gc-sections",
    "-Wl,--strip-debug",
]

_OBJECT_FLAGS = [
    "-fuse-ld=lld",
    "-nostartfiles",
    "-Wl,-r",
    "-Wl,--strip-debug",
]

def link_shared_library(ctx, libraries, *, flags):
    """Declares an action that links position-independent code into the shared library `<name>.so`.

    Args:
      ctx: the context of a rule with the toolchain of `use_cc_toolchain` and the fragment `cpp`.
      libraries: list[Target], with CcInfo. All functions that are not hidden are exported.
      flags: list[string], further options of the linker.

    Returns:
      File, the library.
    """
    return link_cc(ctx, libraries, flags = _SHARED_FLAGS + ["-Wl,--export-dynamic"] + flags, suffix = ".so")

def link_with_libc(ctx, libraries, *, flags):
    """Declares actions that link a shared library and the libc of the platform, whose code may depend on its position.

    They link one object, rewrite the addresses in its code, and make the library `lib<name>.so` of it.

    Args:
      ctx: the context of a rule with COMPONENT_TOOLCHAIN, the toolchain of `use_cc_toolchain` and the fragment `cpp`.
      libraries: list[Target], with CcInfo. Functions with the attribute `export_name` are exported.
      flags: list[string], further options of the linker.

    Returns:
      File, the library.
    """
    linked = link_cc(ctx, libraries, flags = _OBJECT_FLAGS + flags, suffix = ".rel.wasm", libc = True)
    return _link_rewritten(ctx, linked, flags = ["-Wl,--no-export-dynamic"], prefix = "lib")

def link_object(ctx, object):
    """Declares actions that link a relocatable object, whose code may depend on its position, into the shared library `<name>.so`.

    Args:
      ctx: the context of a rule with COMPONENT_TOOLCHAIN, the toolchain of `use_cc_toolchain` and the fragment `cpp`.
      object: File, the object. All functions that are not local are exported.

    Returns:
      File, the library.
    """
    return _link_rewritten(ctx, object, flags = ["-Wl,--export-dynamic"])

def _link_rewritten(ctx, object, *, flags, prefix = ""):
    """Rewrites the addresses in the code of an object, and makes a library of the result."""
    rewritten = ctx.actions.declare_file(ctx.label.name + ".pic.o")
    args = ctx.actions.args()
    args.add(object)
    args.add("-o", rewritten)
    run_tool(
        ctx,
        toolchain_type = COMPONENT_TOOLCHAIN,
        subcommand = "pic",
        args = args,
        inputs = depset([object]),
        outputs = [rewritten],
        mnemonic = "WasmPic",
        progress_message = "Making %{label} position-independent",
    )
    return link_cc(
        ctx,
        [],
        flags = _SHARED_FLAGS + flags,
        objects = [rewritten],
        prefix = prefix,
        suffix = ".so",
    )
