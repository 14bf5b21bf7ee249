"""The repository rule for the sources of other languages that a crate contains."""

load(":vendor.bzl", "cargo_vendor")

DOC = """Fetches a crate through cargo for the C sources in its package. No Rust code is compiled.

The crate is the only direct dependency of the manifest beside `lockfile`. Its package is the folder `crate` of the
repository. Fails if cargo cannot fetch the packages of the lock file.
"""

ATTRS = {
    "build_file": attr.label(
        doc = "The BUILD file of the repository.",
        mandatory = True,
    ),
    "crate": attr.string(
        doc = "The name of the crate.",
        mandatory = True,
    ),
    "lockfile": attr.label(
        doc = "`Cargo.lock`, with `Cargo.toml` beside it.",
        mandatory = True,
    ),
}

def _impl(rctx):
    workspace = rctx.attr.lockfile.package
    cargo_vendor(
        rctx,
        workspace = workspace,
        manifests = {workspace: rctx.path(rctx.attr.lockfile.same_package_label("Cargo.toml"))},
        lockfile = rctx.path(rctx.attr.lockfile),
    )
    version = rctx.read(rctx.attr.lockfile).partition("name = \"{}\"\nversion = \"".format(rctx.attr.crate))[2].partition("\"")[0]
    rctx.symlink("vendor/{}-{}".format(rctx.attr.crate, version), "crate")
    rctx.symlink(rctx.attr.build_file, "BUILD.bazel")

crate_sources_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
