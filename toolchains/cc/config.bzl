"""The rule wasm_cc_toolchain_config."""

load("@rules_cc//cc:action_names.bzl", "ACTION_NAMES")
load("@rules_cc//cc:cc_toolchain_config_lib.bzl", "feature", "flag_group", "flag_set", "tool_path")
load("@rules_cc//cc/common:cc_common.bzl", "cc_common")
load("@rules_cc//cc/toolchains:cc_toolchain_config_info.bzl", "CcToolchainConfigInfo")
load(":builtins.bzl", "WASM_BUILTINS")

DOC = "Configures clang and lld for one WebAssembly target."

ATTRS = {
    "bin": attr.string_dict(
        doc = "Name of a tool, as `tool_path` defines it, -> its path: absolute, or relative to this package.",
        mandatory = True,
    ),
    "builtins": attr.label(
        doc = "clang's runtime library for this target.",
        allow_single_file = True,
        mandatory = True,
    ),
    "cxx_include_dir": attr.string(
        doc = "The directory of the C++ standard library's headers: absolute, or relative to this package. Empty if clang finds it.",
    ),
    "cxx_library_dir": attr.string(
        doc = "The absolute path of the directory of the C++ standard library. Empty if clang finds it.",
    ),
    "include_dirs": attr.string_list(
        doc = "The directories that clang searches for headers by default for this target: absolute, or relative to this package.",
    ),
    "resource_dir": attr.string(
        doc = "clang's resource directory in a WASI SDK, relative to this package. Empty if clang chooses it.",
    ),
    "sysroot": attr.string(
        doc = "The sysroot of a WASI SDK, relative to this package. Empty if clang chooses it.",
    ),
    "target": attr.string(
        doc = "The target triple, in clang's spelling.",
        mandatory = True,
    ),
}

_COMPILE = [
    ACTION_NAMES.assemble,
    ACTION_NAMES.c_compile,
    ACTION_NAMES.cpp_compile,
    ACTION_NAMES.preprocess_assemble,
]

_LINK = [
    ACTION_NAMES.cpp_link_dynamic_library,
    ACTION_NAMES.cpp_link_executable,
    ACTION_NAMES.cpp_link_nodeps_dynamic_library,
]

# Without flags, in place of Bazel's features of these names: a guest has no profiler runtime, and cannot write files for gcov.
_NO_COVERAGE = ["coverage", "gcc_coverage_map_format", "llvm_coverage_map_format"]

def _flags(name, actions, flags, *, enabled = True):
    return feature(
        name = name,
        enabled = enabled,
        flag_sets = [flag_set(
            actions = actions,
            flag_groups = [flag_group(flags = flags)],
        )],
    )

def _path(ctx, directory):
    """Returns the path of a directory for the command line of an action."""
    if directory.startswith("/"):
        return directory
    return "/".join([part for part in (ctx.label.workspace_root, ctx.label.package, directory) if part])

def _sdk_features(ctx):
    """Returns the features that name all directories of a WASI SDK, so that clang searches no others."""
    if not ctx.attr.sysroot:
        return []
    return [
        _flags("wasm_sdk", _COMPILE + _LINK, [
            "--no-default-config",
            "-no-canonical-prefixes",
            "-resource-dir=" + _path(ctx, ctx.attr.resource_dir),
            "--sysroot=" + _path(ctx, ctx.attr.sysroot),
        ]),
        _flags(
            "wasm_sdk_headers",
            _COMPILE,
            # Debug information has no path of the machine.
            ["-ffile-compilation-dir=."] +
            # Without an operating system, the sysroot has no headers for the target.
            ([] if "wasi" in ctx.attr.target else ["-nostdlibinc"]),
        ),
    ]

def _cxx_features(ctx):
    """Returns the features for a C++ standard library that clang does not find."""
    if not ctx.attr.cxx_include_dir:
        return []
    return [_flags(
        "wasm_sdk_cxx_headers",
        [ACTION_NAMES.cpp_compile],
        ["-isystem", _path(ctx, ctx.attr.cxx_include_dir)],
    )]

def _impl(ctx):
    features = [
        _flags("wasm_target", _COMPILE + _LINK, ["--target=" + ctx.attr.target]),
        # For reproducible outputs: no paths of the machine and no time of compilation.
        _flags("wasm_determinism", _COMPILE, [
            "-no-canonical-prefixes",
            "-Wno-builtin-macro-redefined",
            "-D__DATE__=\"redacted\"",
            "-D__TIME__=\"redacted\"",
            "-D__TIMESTAMP__=\"redacted\"",
        ]),
        _flags(
            WASM_BUILTINS,
            _LINK,
            [ctx.file.builtins.path] + (["-L" + ctx.attr.cxx_library_dir] if ctx.attr.cxx_library_dir else []),
            enabled = False,
        ),
        feature(
            name = "opt",
            flag_sets = [flag_set(
                actions = [ACTION_NAMES.c_compile, ACTION_NAMES.cpp_compile],
                flag_groups = [flag_group(flags = ["-O2", "-DNDEBUG"])],
            )],
        ),
    ] + _sdk_features(ctx) + _cxx_features(ctx) + [feature(name = name) for name in _NO_COVERAGE]
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        toolchain_identifier = "clang-" + ctx.attr.target,
        target_system_name = ctx.attr.target,
        target_cpu = "wasm32",
        target_libc = "wasi" if "wasi" in ctx.attr.target else "none",
        compiler = "clang",
        abi_version = "unknown",
        abi_libc_version = "unknown",
        features = features,
        cxx_builtin_include_directories = ctx.attr.include_dirs,
        tool_paths = [tool_path(name = name, path = path) for name, path in ctx.attr.bin.items()],
    )

wasm_cc_toolchain_config = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [CcToolchainConfigInfo],
)
