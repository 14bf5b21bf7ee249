"""Buildifier, the formatter and linter of Starlark."""

load("//toolchains/private:npm.bzl", "NPM_ATTRS", "npm_package")

DOC = "Fetches the program from its npm package through npm."

# Name in Java -> name in the package.
_OS = {
    "linux": "linux",
    "mac os x": "darwin",
}
_ARCH = {
    "aarch64": "arm64",
    "amd64": "amd64",
    "arm64": "arm64",
    "riscv64": "riscv64",
    "x86_64": "amd64",
}

def _impl(rctx):
    package, version = rctx.attr.package, rctx.attr.version
    program = "{}/buildifier-{}_{}".format(
        npm_package(rctx),
        _OS.get(rctx.os.name, rctx.os.name),
        _ARCH.get(rctx.os.arch, rctx.os.arch),
    )
    if not rctx.path(program).exists:
        fail("\nerror: {} {} has no program for {} on {}\nhint: exclude //test/lint: bazel test -- //... -//test/lint/...".format(
            package,
            version,
            rctx.os.name,
            rctx.os.arch,
        ))
    rctx.symlink(program, "buildifier")
    rctx.file("BUILD.bazel", 'exports_files(["buildifier"])\n')

buildifier_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = NPM_ATTRS,
)
