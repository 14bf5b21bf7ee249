"""The repository with MoonBit's compiler and standard library."""

load("//toolchains/private:npm.bzl", "NPM_ATTRS", "npm_package")

DOC = """Fetches the npm package of MoonBit's playground, and locates Node.js on `PATH`, which runs the compiler.

The package contains the compiler as JavaScript, and the sources of the standard library. Its dependencies, an editor, are
not fetched. Fails if there is no `node` or no `npm`, if npm cannot fetch the package, or if its digest differs.
"""

_FILES = {
    "compiler.js": "dist/moonc-worker.js",
    "library.js": "dist/moonpad-monaco.js",
}

_BUILD = """\
exports_files(
    {files},
    visibility = ["//visibility:public"],
)
"""

def _impl(rctx):
    node = rctx.which("node")
    if not node:
        fail("\nerror: failed to find MoonBit's compiler a runtime: no `node` on PATH\nhint: install Node.js 18.3 or newer, or register a `moonbit_toolchain` with your own")
    rctx.symlink(node, "node")
    folder = npm_package(rctx)
    for name, path in _FILES.items():
        rctx.symlink(rctx.path(folder).get_child(*path.split("/")), name)
    rctx.file("BUILD.bazel", _BUILD.format(files = ["node"] + sorted(_FILES)))

moonbit_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = NPM_ATTRS,
    environ = ["PATH"],
)

def declare_moonbit(registry, version):
    """Declares `rules_wit_moonbit`, which is fetched when a target in it is used.

    Args:
      registry: dict[string, dict], tool -> content of its JSON file.
      version: string, the version of the npm package.
    """
    package = registry["moonbit"]["versions"][version]["packages"][0]
    moonbit_repository(
        name = "rules_wit_moonbit",
        integrity = package["integrity"],
        package = package["name"],
        version = package["version"],
    )
