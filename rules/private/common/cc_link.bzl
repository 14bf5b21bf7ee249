"""The action that links C libraries into a core module or a shared library."""

load("@rules_cc//cc:find_cc_toolchain.bzl", "find_cc_toolchain")
load("@rules_cc//cc/common:cc_common.bzl", "cc_common")
load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")
load("//toolchains/cc:builtins.bzl", "WASM_BUILTINS")

# The runtime library comes from the toolchain.
_LIBC_FLAGS = ["-nodefaultlibs", "-lc"]

def link_cc(ctx, libraries, *, flags, suffix, prefix = "", objects = [], libc = False):
    """Declares an action that links C libraries.

    Args:
      ctx: the context of a rule with the toolchain of `use_cc_toolchain` and the fragment `cpp`.
      libraries: list[Target], with CcInfo.
      flags: list[string], options of the linker.
      suffix: string, the end of the file name of the output, after the name of the target.
      prefix: string, the start of the file name.
      objects: list[File], further objects.
      libc: bool, whether to link the C library and clang's runtime library. Otherwise, `flags` has what replaces them.

    Returns:
      File, the linked file.
    """
    cc_toolchain = find_cc_toolchain(ctx)
    feature_configuration = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = cc_toolchain,
        requested_features = ctx.features + ([WASM_BUILTINS] if libc else []),
        unsupported_features = ctx.disabled_features,
    )

    # Another C toolchain lacks the feature, and clang's defaults link both libraries.
    if cc_common.is_enabled(feature_configuration = feature_configuration, feature_name = WASM_BUILTINS):
        flags = _LIBC_FLAGS + flags
    outputs = cc_common.link(
        name = prefix + ctx.label.name + suffix,
        actions = ctx.actions,
        cc_toolchain = cc_toolchain,
        compilation_outputs = cc_common.create_compilation_outputs(
            objects = depset(objects),
            pic_objects = depset(objects),
        ),
        feature_configuration = feature_configuration,
        linking_contexts = [library[CcInfo].linking_context for library in libraries],
        user_link_flags = flags,
    )
    return outputs.executable
