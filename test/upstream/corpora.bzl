"""Test files of upstream's packages."""

load("//toolchains/crates:vendor.bzl", "cargo_vendor")

DOC = """Fetches packages of a lock file through cargo and keeps only their tests. Nothing is compiled."""

ATTRS = {
    "lockfile": attr.label(
        doc = "label, Cargo.lock.",
        mandatory = True,
    ),
    "manifest": attr.label(
        doc = "label, a Cargo.toml that depends on the packages.",
        mandatory = True,
    ),
    "packages": attr.string_dict(
        doc = "dict[string, string], the name of each corpus -> `<package>-<version>/<folder>`.",
        mandatory = True,
    ),
}

_BUILD = """\
package(default_visibility = ["//visibility:public"])

exports_files(["marker"])
"""

_CORPUS = """
filegroup(
    name = "{name}",
    srcs = glob(["{name}/**"]),
)
"""

def _impl(rctx):
    folder = rctx.attr.manifest.package
    cargo_vendor(
        rctx,
        workspace = folder,
        manifests = {folder: rctx.path(rctx.attr.manifest)},
        lockfile = rctx.path(rctx.attr.lockfile),
    )
    build = _BUILD
    for name, folder in sorted(rctx.attr.packages.items()):
        rctx.execute(["mv", "vendor/" + folder, name])
        if not rctx.path(name).exists:
            fail("\nerror: no folder {} for the corpus {}\nhint: update the folder in test/extensions.bzl to where this version of the package has its tests".format(folder, name))
        build += _CORPUS.format(name = name)
    rctx.delete("vendor")

    # Programs find the corpora beside this file.
    rctx.file("marker", "")
    rctx.file("BUILD.bazel", build)

corpora_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
