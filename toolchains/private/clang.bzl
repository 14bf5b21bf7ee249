"""The repository rule for the machine's clang, which compiles C to WebAssembly."""

DOC = """Locates clang, wasm-ld and llvm-ar in `$WASI_SDK_PATH/bin` or on `PATH`, and declares C toolchains with them.

The target `:builtins` is clang's runtime library for WASI.

A machine without clang can build everything that contains no C. A missing program is replaced by a script that fails
with an error when an action runs it.
"""

# Tool of a C toolchain -> names of programs, in the order in which they are tried.
_TOOLS = {
    "ar": ["llvm-ar"],
    "cpp": ["clang-cpp", "clang"],
    "gcc": ["clang"],
    "ld": ["wasm-ld"],
    "nm": ["llvm-nm", "nm"],
    "objcopy": ["llvm-objcopy", "objcopy"],
    "objdump": ["llvm-objdump", "objdump"],
    "strip": ["llvm-strip", "strip"],
}

# Platform of //toolchains/platforms -> target triple of clang.
_TARGETS = {
    "unknown": "wasm32-unknown-unknown",
    "wasip1": "wasm32-wasi",
    "wasip2": "wasm32-wasip2",
}

_MISSING = """#!/bin/sh
echo "error: failed to find clang for WebAssembly on this machine" >&2
echo "hint: install clang, lld and wasi-libc, or set WASI_SDK_PATH" >&2
exit 1
"""

_BUILD = """\
load("@rules_cc//cc:defs.bzl", "cc_library", "cc_toolchain")
load("@rules_wit//toolchains/cc:config.bzl", "wasm_cc_toolchain_config")

package(default_visibility = ["//visibility:public"])

filegroup(name = "files")

exports_files([
    "clang",
    "wasm-ld",
])

cc_library(
    name = "builtins",
    srcs = ["libclang_rt.builtins.a"],
    tags = ["manual"],
)
"""

_TOOLCHAIN = """
wasm_cc_toolchain_config(
    name = "{platform}_config",
    bin = {bin},
    include_dirs = {include_dirs},
    target = "{target}",
)

cc_toolchain(
    name = "{platform}",
    all_files = ":files",
    compiler_files = ":files",
    dwp_files = ":files",
    linker_files = ":files",
    objcopy_files = ":files",
    strip_files = ":files",
    toolchain_config = ":{platform}_config",
)
"""

def _impl(rctx):
    sdk = rctx.getenv("WASI_SDK_PATH")

    def which(names):
        for name in names:
            if sdk and rctx.path(sdk + "/bin/" + name).exists:
                return str(rctx.path(sdk + "/bin/" + name))
            found = rctx.which(name)
            if found:
                return str(found)
        return str(rctx.path("missing"))

    rctx.file("missing", _MISSING, executable = True)
    tools = {name: which(names) for name, names in _TOOLS.items()}
    rctx.symlink(tools["gcc"], "clang")
    rctx.symlink(tools["ld"], "wasm-ld")
    _builtins(rctx, tools["gcc"])
    tools["gcov"] = str(rctx.path("missing"))
    build = _BUILD
    for platform, target in _TARGETS.items():
        build += _TOOLCHAIN.format(
            platform = platform,
            target = target,
            bin = repr(tools),
            include_dirs = repr(_include_dirs(rctx, tools["gcc"], target)),
        )
    rctx.file("BUILD.bazel", build)

def _builtins(rctx, clang):
    """Links clang's runtime library for WASI. Debian has it in another directory than the one in which clang searches."""
    target = "--target=" + _TARGETS["wasip2"]
    found = [
        rctx.execute([clang, target, "-print-libgcc-file-name"]).stdout.strip(),
        rctx.execute([clang, target, "-print-resource-dir"]).stdout.strip() + "/lib/wasi/libclang_rt.builtins-wasm32.a",
    ]
    for path in found:
        if path.startswith("/") and rctx.path(path).exists:
            rctx.symlink(path, "libclang_rt.builtins.a")
            return

    # Without it, the linker reports the functions that a program needs of it.
    rctx.file("libclang_rt.builtins.a", "!<arch>\n")

def _include_dirs(rctx, clang, target):
    """Returns the directories that clang searches for headers by default, as `clang -v` prints them."""
    listing = rctx.execute([clang, "--target=" + target, "-no-canonical-prefixes", "-E", "-v", "-x", "c++", "/dev/null"]).stderr
    _, _, rest = listing.partition("#include <...> search starts here:\n")
    dirs, _, _ = rest.partition("End of search list.")
    return [line.strip() for line in dirs.split("\n") if line.strip()]

clang_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    configure = True,
    environ = [
        "PATH",
        "WASI_SDK_PATH",
    ],
)
