"""The repository rule for the clang that compiles C to WebAssembly: that of a WASI SDK, or of the machine."""

load(":local.bzl", "path_kind")

DOC = """Declares C toolchains for WebAssembly, named `unknown`, `wasip1` and `wasip2`, and the linker, named `wasm_ld`.

If `WASI_SDK_PATH` is set, the repository consists of links to the folders of that WASI SDK, and its files are inputs of the
actions. No action has its path.

Otherwise, the toolchains run the clang, wasm-ld and llvm-ar on `PATH`, by their absolute paths. A machine without clang can
build everything that contains no C. A missing program is replaced by a script that fails with an error when an action runs it.
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
load("@rules_cc//cc:defs.bzl", "cc_toolchain")
load("@rules_wit//toolchains:defs.bzl", "tool_toolchain")
load("@rules_wit//toolchains/cc:config.bzl", "wasm_cc_toolchain_config")

package(default_visibility = ["//visibility:public"])

filegroup(name = "files")

filegroup(
    name = "linker_files",
    srcs = ["libclang_rt.builtins.a"],
)

exports_files([
    "clang",
    "wasm-ld",
])

tool_toolchain(
    name = "wasm_ld",
    tool = "wasm-ld",
)
"""

_SDK_BUILD = """\
load("@rules_wit//toolchains:defs.bzl", "wasi_sdk")

wasi_sdk()
"""

_TOOLCHAIN = """
wasm_cc_toolchain_config(
    name = "{platform}_config",
    bin = {bin},
    builtins = "libclang_rt.builtins.a",
    cxx_include_dir = "{cxx_include_dir}",
    cxx_library_dir = "{cxx_library_dir}",
    include_dirs = {include_dirs},
    target = "{target}",
)

cc_toolchain(
    name = "{platform}",
    all_files = ":files",
    compiler_files = ":files",
    dwp_files = ":files",
    linker_files = ":linker_files",
    objcopy_files = ":files",
    strip_files = ":files",
    toolchain_config = ":{platform}_config",
)
"""

# The folders of a WASI SDK.
_SDK = ["bin", "lib", "share"]

def _impl(rctx):
    sdk = rctx.getenv("WASI_SDK_PATH")
    if sdk:
        _link_sdk(rctx, sdk)
    else:
        _locate_clang(rctx)

def _link_sdk(rctx, sdk):
    """Makes the repository of a WASI SDK at a path."""
    absolute = path_kind(sdk) == "absolute"
    for needed in _SDK + ["share/wasi-sysroot"]:
        if not absolute or not rctx.path(sdk + "/" + needed).exists:
            fail("\nerror: no WASI SDK in `{}`: {}\nhint: set WASI_SDK_PATH to the absolute path of an unpacked WASI SDK, or unset it to use the clang on PATH".format(
                sdk,
                "it has no folder `{}`".format(needed) if absolute else "not an absolute path",
            ))
    for folder in _SDK:
        rctx.symlink(sdk + "/" + folder, folder)
    rctx.file("BUILD.bazel", _SDK_BUILD, executable = False)

def _locate_clang(rctx):
    """Makes the repository of the clang on `PATH`."""

    def which(names):
        for name in names:
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
    include_dirs = {platform: _include_dirs(rctx, tools["gcc"], target) for platform, target in _TARGETS.items()}
    cxx_include_dir, cxx_library_dir = _libcxx(rctx, tools["gcc"], include_dirs)
    for platform, target in _TARGETS.items():
        borrowed = platform == "wasip2"
        build += _TOOLCHAIN.format(
            platform = platform,
            target = target,
            bin = repr(tools),
            cxx_include_dir = cxx_include_dir if borrowed else "",
            cxx_library_dir = cxx_library_dir if borrowed else "",
            include_dirs = repr(([cxx_include_dir] if borrowed and cxx_include_dir else []) + include_dirs[platform]),
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

def _libcxx(rctx, clang, include_dirs):
    """Finds the libc++ of wasip1 for wasip2, if clang finds it for wasip1 only, as Debian's. It calls the functions of either libc.

    Args:
      rctx: repository_ctx.
      clang: string, the path of clang.
      include_dirs: dict[string, list[string]], platform -> the directories that clang searches for headers.

    Returns:
      (string, string): the directories of its headers and of its library; empty if there are none, or if clang finds them.
    """

    def headers(platform):
        return [dir for dir in include_dirs[platform] if rctx.path(dir + "/vector").exists]

    found = headers("wasip1")
    if not found or headers("wasip2"):
        return "", ""
    library = rctx.execute([clang, "--target=" + _TARGETS["wasip1"], "-print-file-name=libc++.a"]).stdout.strip()
    if not library.startswith("/"):
        return "", ""

    # Debian links it into the folder of the libc of wasip1, which must not be found for wasip2.
    folder = rctx.path(library).realpath.dirname
    return ("", "") if folder.get_child("libc.a").exists else (found[0], str(folder))

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
