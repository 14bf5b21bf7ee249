"""moonbit_native_binary: a native program in MoonBit."""

load("//rules/private:moonbit_library.bzl", "compile_sources")
load("//rules/private/common:labels.bzl", "label_text")
load("//rules/private/common:moonbit.bzl", "COMPILE_ATTRS", "deps_of", "imports_of")
load("//rules/private/common:toolchain_types.bzl", "MOONBIT_TOOLCHAIN")

DOC = """Checks a native program in MoonBit, and runs it with MoonBit's own tool chain.

```starlark
moonbit_native_binary(
    name = "host",
    srcs = ["host.mbt"],
    deps = ["@rules_wit//toolchains/wasmtime/moonbit:wasmtime"],
)
```

A build checks the types of the sources; the compiler of the rules cannot link native programs. `bazel run` builds the
program with `moon` in the directory that the environment variable `MOON_HOME` names, in a temporary directory, and runs it.
Without `MOON_HOME`, it prints an error. C sources of dependencies are compiled with Wasmtime's headers.

Outputs: the compiled packages. Output groups: `module` (a file that lists the sources as `moon` needs them).
"""

ATTRS = COMPILE_ATTRS | {
    "data": attr.label_list(
        doc = "Files that the program reads.",
        allow_files = True,
    ),
    "srcs": attr.label_list(
        doc = "The `.mbt` files of the program, with a `fn main`.",
        allow_files = [".mbt"],
        mandatory = True,
        allow_empty = False,
    ),
    "_headers": attr.label(
        default = "@rules_wit_wasmtime//:header_files",
    ),
    "_launcher": attr.label(
        default = "//rules/runtime/moonbit:native.py",
        allow_single_file = True,
    ),
    "_library": attr.label(
        default = "@rules_wit_wasmtime//:library_file",
    ),
}

def _runfile(ctx, file):
    """Returns the path of a file in the runfiles."""
    return file.short_path[3:] if file.short_path.startswith("../") else ctx.workspace_name + "/" + file.short_path

def _impl(ctx):
    path = "{}/{}".format(ctx.label.package, ctx.label.name).lstrip("/") + "/main"
    program = compile_sources(ctx, main = True, path = path, target = "native")
    sources = depset(order = "postorder", transitive = [dep.sources for dep in deps_of(ctx, "native")]).to_list()
    packages = [(source.path, source.imports, source.srcs, source.stubs) for source in sources]
    packages.append((path, imports_of(ctx), ctx.files.srcs, []))
    files = [file for _, _, srcs, stubs in packages for file in list(srcs) + list(stubs)]
    library = ctx.files._library[0]
    module = ctx.actions.declare_file(ctx.label.name + ".module.json")
    ctx.actions.write(module, json.encode_indent({
        "headers": [_runfile(ctx, file) for file in ctx.files._headers if file.basename == "wasmtime.h"][0],
        "label": label_text(ctx.label),
        "library": _runfile(ctx, library),
        "main": path,
        "packages": [
            {
                "files": [_runfile(ctx, file) for file in srcs],
                "imports": [{"alias": i.partition("=")[2], "path": i.partition("=")[0]} for i in imports],
                "path": name,
                "stubs": [_runfile(ctx, file) for file in stubs],
            }
            for name, imports, srcs, stubs in packages
        ],
    }))
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = launcher, target_file = ctx.file._launcher, is_executable = True)
    runfiles = ctx.runfiles(files + [library, module] + ctx.files._headers + ctx.files.data)
    return [
        DefaultInfo(
            executable = launcher,
            files = depset([launcher, program]),
            runfiles = runfiles.merge_all([data[DefaultInfo].default_runfiles for data in ctx.attr.data]),
        ),
        OutputGroupInfo(module = depset([module])),
        RunEnvironmentInfo(
            environment = {"MOONBIT_MODULE": _runfile(ctx, module)},
            inherited_environment = ["MOON_HOME"],
        ),
    ]

moonbit_native_binary = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    executable = True,
    toolchains = [MOONBIT_TOOLCHAIN],
)
