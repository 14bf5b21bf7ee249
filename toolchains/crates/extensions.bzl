"""The module extension that declares the crates of Cargo workspaces, and sources that crates contain.

It does not depend on the chosen versions of tools, so `//tools/checksum_updater` builds even if these are incompatible.
"""

load(":repository.bzl", "crates_repository")
load(":sources.bzl", "crate_sources_repository")

_workspace = tag_class(
    doc = "Declares a repository with the crates of a Cargo workspace.",
    attrs = {
        "name": attr.string(
            doc = "The name of the repository.",
            mandatory = True,
        ),
        "data": attr.label(
            doc = "The data of the workspace, a JSON file of `//third_party/crates`.",
            mandatory = True,
        ),
    },
)

_sources = tag_class(
    doc = "Declares a repository with the sources of another language that a crate contains.",
    attrs = {
        "name": attr.string(
            doc = "The name of the repository.",
            mandatory = True,
        ),
        "build_file": attr.label(
            doc = "The BUILD file of the repository. The package of the crate is the folder `crate` beside it.",
            mandatory = True,
        ),
        "crate": attr.string(
            doc = "The name of the crate.",
            mandatory = True,
        ),
        "lockfile": attr.label(
            doc = "A `Cargo.lock` with the crate. The `Cargo.toml` beside it has no other direct dependency.",
            mandatory = True,
        ),
    },
)

def _impl(mctx):
    for mod in mctx.modules:
        for tag in mod.tags.sources:
            crate_sources_repository(
                name = tag.name,
                build_file = tag.build_file,
                crate = tag.crate,
                lockfile = tag.lockfile,
            )
        for tag in mod.tags.workspace:
            crates_repository(name = tag.name, data = tag.data)
    return mctx.extension_metadata(reproducible = True)

crates = module_extension(
    implementation = _impl,
    doc = "Declares a repository for each tag. It is fetched when a target in it is built.",
    tag_classes = {
        "sources": _sources,
        "workspace": _workspace,
    },
)
