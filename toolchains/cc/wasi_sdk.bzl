"""wasi_sdk: C toolchains of a WASI SDK whose files are inputs of the actions."""

load("@platforms//host:constraints.bzl", "HOST_CONSTRAINTS")
load("@rules_cc//cc:defs.bzl", "cc_toolchain")
load("//toolchains/private:tool_toolchain.bzl", "tool_toolchain")
load(":config.bzl", "wasm_cc_toolchain_config")
load(":toolchains.bzl", "c_toolchains")

# Tool of a C toolchain -> its program in `bin`.
_TOOLS = {
    "ar": "llvm-ar",
    "cpp": "clang-cpp",
    "gcc": "clang",
    "gcov": "llvm-cov",
    "ld": "wasm-ld",
    "nm": "llvm-nm",
    "objcopy": "llvm-objcopy",
    "objdump": "llvm-objdump",
    "strip": "llvm-strip",
}

# Programs that clang starts: the linker of `wasm32-wasip2`, unless a link has `-fuse-ld`.
_MORE_PROGRAMS = ["wasm-component-ld"]

# Platform of //toolchains/platforms -> target triple, and the folder of the sysroot for it.
_TARGETS = {
    "unknown": ("wasm32-unknown-unknown", "none"),
    "wasip1": ("wasm32-wasip1", "wasm32-wasip1"),
    "wasip2": ("wasm32-wasip2", "wasm32-wasip2"),
}

# Where releases of WASI SDK have the runtime library, in clang's resource directory. It is the same for these systems.
_BUILTINS = [
    "lib/wasm32-unknown-%s/libclang_rt.builtins.a",
    "lib/%s/libclang_rt.builtins-wasm32.a",
]
_SYSTEMS = ["wasip2", "wasip1", "wasi", "wasip3"]

# Where they have the headers of the C++ standard library, below those of a target. `noeh` is without exceptions.
_CXX = ["c++/v1", "noeh/c++/v1"]

def _first(paths):
    """Returns the first path that is a file, or None."""
    for path in paths:
        if native.glob([path], allow_empty = True):
            return path
    return None

def _builtins(resource_dir):
    builtins = _first(["/".join([resource_dir, path % system]) for system in _SYSTEMS for path in _BUILTINS])
    if not builtins:
        fail("\nerror: no libclang_rt.builtins in `{}` of {}\nhint: use the archive `wasi-sdk-...` of a release, and not `wasi-toolchain-...`, which has no libraries".format(
            resource_dir,
            native.repository_name(),
        ))
    return builtins

def wasi_sdk(name = "wasi_sdk", *, directory = "", exec_compatible_with = None):
    """Declares the C toolchains of a WASI SDK in the repository of the calling BUILD file.

    Actions have the files of the SDK as inputs, so neither the machine nor a worker needs a compiler for WebAssembly, and a
    change of the SDK changes the keys of the actions. Register the toolchains in `MODULE.bazel`:

    ```starlark
    http_archive = use_repo_rule("@bazel_tools//tools/build_defs/repo:http.bzl", "http_archive")

    http_archive(
        name = "wasi_sdk",
        build_file = "//:wasi_sdk.BUILD.bazel",
        sha256 = "...",
        strip_prefix = "wasi-sdk-...",
        url = "https://...",
    )

    register_toolchains("@wasi_sdk//:all")
    ```

    `unknown`, `wasip1` and `wasip2` are `cc_toolchain`s, `wasm_ld` is the linker of static libraries, and `clang` and
    `wasm-ld` are the programs. The names of all other targets start with `name`.

    Args:
      name: string, the prefix of other targets.
      directory: string, the folder with the `bin`, `lib` and `share` of the SDK. Default: the package itself.
      exec_compatible_with: list[string], the constraints of platforms on which the programs run. Default: those of the machine
        on which Bazel runs.
    """
    if exec_compatible_with == None:
        exec_compatible_with = [Label(constraint) for constraint in HOST_CONSTRAINTS]
    root = directory + "/" if directory else ""
    headers = native.glob([root + "lib/clang/*/include/stddef.h"], allow_empty = True)
    if not headers:
        fail("\nerror: no WASI SDK in `//{}` of {}: it has no `{}lib/clang/*/include`\nhint: name the folder with the `bin`, `lib` and `share` of an unpacked WASI SDK in `directory` of `wasi_sdk`".format(
            native.package_name(),
            native.repository_name(),
            root,
        ))
    resource_dir = headers[-1].removesuffix("/include/stddef.h")
    exe = ".exe" if native.glob([root + "bin/clang.exe"], allow_empty = True) else ""
    bin = {tool: "{}bin/{}{}".format(root, program, exe) for tool, program in _TOOLS.items()}
    builtins = _builtins(resource_dir)

    native.filegroup(
        name = name + "_tools",
        srcs = native.glob(
            bin.values() + ["{}bin/{}{}".format(root, program, exe) for program in _MORE_PROGRAMS] +
            # The shared libraries of the programs.
            [root + pattern for pattern in ("bin/*.dll", "lib/*.dylib", "lib/*.so*")],
            # Those of the debugger, and of programs that use clang as a library.
            exclude = [root + pattern for pattern in ("bin/libclang.*", "bin/liblldb*", "lib/libclang.*", "lib/liblldb*")],
            allow_empty = True,
        ),
    )
    native.filegroup(
        name = name + "_resources",
        srcs = native.glob([resource_dir + "/include/**"]),
    )
    for platform, (target, folder) in _TARGETS.items():
        _cc_toolchain(
            name,
            bin = bin,
            builtins = builtins,
            folder = folder,
            platform = platform,
            resource_dir = resource_dir,
            sysroot = root + "share/wasi-sysroot",
            target = target,
        )

    # Programs outside of the C toolchains. A source file has no runfiles, but its filegroup has.
    native.filegroup(
        name = "clang",
        srcs = [bin["gcc"]],
        # What it reads if no flag says more.
        data = native.glob([root + "bin/*.cfg"], allow_empty = True) + [name + "_wasip1_compiler"],
        visibility = ["//visibility:public"],
    )
    native.filegroup(
        name = "wasm-ld",
        srcs = [bin["ld"]],
        data = [name + "_tools"],
        visibility = ["//visibility:public"],
    )
    tool_toolchain(
        name = "wasm_ld",
        tool = "wasm-ld",
        visibility = ["//visibility:public"],
    )
    c_toolchains(
        name = name,
        exec_compatible_with = exec_compatible_with,
        repository = "",
    )

def _cc_toolchain(name, *, bin, builtins, folder, platform, resource_dir, sysroot, target):
    """Declares the `cc_toolchain` of a platform, whose inputs are the files for this platform only."""
    include = "/".join([sysroot, "include", folder])
    vector = _first([include + "/" + path + "/vector" for path in _CXX])
    cxx_include_dir = vector.removesuffix("/vector") if vector else ""
    prefix = "{}_{}_".format(name, platform)
    native.filegroup(
        name = prefix + "headers",
        srcs = native.glob([include + "/**"], allow_empty = True) + [name + "_resources"],
    )
    native.filegroup(
        name = prefix + "libraries",
        srcs = native.glob(["/".join([sysroot, "lib", folder, "**"])], allow_empty = True) + [builtins],
    )
    for files, srcs in {
        "all": ["headers", "libraries"],
        "compiler": ["headers"],
        "linker": ["libraries"],
    }.items():
        native.filegroup(
            name = prefix + files,
            srcs = [prefix + src for src in srcs] + [name + "_tools"],
        )
    wasm_cc_toolchain_config(
        name = prefix + "config",
        bin = bin,
        builtins = builtins,
        cxx_include_dir = cxx_include_dir,
        include_dirs = ([cxx_include_dir] if cxx_include_dir else []) + [resource_dir + "/include", include],
        resource_dir = resource_dir,
        sysroot = sysroot,
        target = target,
    )
    cc_toolchain(
        name = platform,
        all_files = prefix + "all",
        ar_files = name + "_tools",
        as_files = prefix + "compiler",
        compiler_files = prefix + "compiler",
        dwp_files = name + "_tools",
        linker_files = prefix + "linker",
        objcopy_files = name + "_tools",
        strip_files = name + "_tools",
        toolchain_config = prefix + "config",
        visibility = ["//visibility:public"],
    )
