"""Buildifier, the formatter and linter of Starlark."""

DOC = """Fetches the program from its npm package through npm, so that the machine's registry, proxies and tokens apply.

npm compares the package with `integrity` and runs none of its scripts.
"""

ATTRS = {
    "package": attr.string(
        doc = "The name of the npm package.",
        mandatory = True,
    ),
    "version": attr.string(
        doc = "The version of the npm package.",
        mandatory = True,
    ),
    "integrity": attr.string(
        doc = "The digest of the package as npm writes it: `sha512-<base64>`.",
        mandatory = True,
    ),
}

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
    npm = rctx.which("npm")
    if not npm:
        fail("\nerror: failed to fetch {}: no `npm` on PATH\nhint: install Node.js with npm".format(package))

    # Without `resolved`, npm asks the registry that it is configured for.
    rctx.file("package.json", json.encode({"dependencies": {package: version}}))
    rctx.file("package-lock.json", json.encode({
        "lockfileVersion": 3,
        "packages": {
            "": {"dependencies": {package: version}},
            "node_modules/" + package: {
                "integrity": rctx.attr.integrity,
                "version": version,
            },
        },
        "requires": True,
    }))
    result = rctx.execute(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"],
        quiet = True,
    )
    if result.return_code:
        hint = "check that npm can reach its registry: npm view {}@{}".format(package, version)
        if "EINTEGRITY" in result.stderr:
            hint = "the package differs from the hash in checksums/tools; find out why before you use it"
        fail("\nerror: failed to fetch {} {}\n{}\nhint: {}".format(package, version, result.stderr.strip(), hint))
    program = "node_modules/{}/buildifier-{}_{}".format(
        package,
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
    attrs = ATTRS,
)
