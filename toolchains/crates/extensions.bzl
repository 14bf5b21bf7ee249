"""The module extension that declares the crates of Cargo workspaces.

It does not depend on the chosen versions of tools, so `//tools/checksum_updater` builds even if these are incompatible.
"""

load(":repository.bzl", "crates_repository")

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

def _impl(mctx):
    for mod in mctx.modules:
        for tag in mod.tags.workspace:
            crates_repository(name = tag.name, data = tag.data)
    return mctx.extension_metadata(reproducible = True)

crates = module_extension(
    implementation = _impl,
    doc = "Declares a repository for each tag `workspace`. It is fetched when a target in it is built.",
    tag_classes = {"workspace": _workspace},
)
