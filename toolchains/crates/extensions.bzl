"""The module extension with the crates of Cargo workspaces. It depends on no chosen version, so that
`//tools/checksum_updater` builds when the versions do not fit together."""

load(":repository.bzl", "crates_repository")

_workspace = tag_class(
    doc = "A Cargo workspace of this repository.",
    attrs = {
        "name": attr.string(doc = "The name of the repository with its crates.", mandatory = True),
        "data": attr.label(doc = "A file of `//third_party/crates`.", mandatory = True),
    },
)

def _impl(mctx):
    for mod in mctx.modules:
        for tag in mod.tags.workspace:
            crates_repository(name = tag.name, data = tag.data)
    return mctx.extension_metadata(reproducible = True)

crates = module_extension(
    implementation = _impl,
    doc = "A repository for each `workspace`, fetched when a target in it is built.",
    tag_classes = {"workspace": _workspace},
)
