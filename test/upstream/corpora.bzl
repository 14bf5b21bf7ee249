"""The tests that upstream's packages contain, as files."""

load("//toolchains/crates:vendor.bzl", "cargo_vendor")

DOC = """Fetches packages of a lock file through cargo and keeps only their tests.

Nothing of them is compiled.
"""

ATTRS = {
    "lockfile": attr.label(
        doc = "Cargo.lock.",
        mandatory = True,
    ),
    "manifest": attr.label(
        doc = "Cargo.toml, with the packages as its dependencies.",
        mandatory = True,
    ),
    "packages": attr.string_dict(
        doc = "The corpora: the name of each -> the package, with its version, and the folder in it.",
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
            fail("\nerror: there is no folder {} for the corpus {}\nhint: see where the package of this version has its tests".format(folder, name))
        build += _CORPUS.format(name = name)
    rctx.delete("vendor")

    # Corpora are found beside this file.
    rctx.file("marker", "")
    rctx.file("BUILD.bazel", build)

corpora_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
