"""The module extension that declares clang and the upstream tools that users choose."""

load("//toolchains:tool_versions.bzl", "SOURCE_VERSIONS", "TOOL_VERSIONS")
load("//toolchains/private:clang.bzl", "clang_repository")
load("//toolchains/private:locks.bzl", "lock_error")
load("//toolchains/private:manifests.bzl", "manifest_error")
load("//toolchains/private:tools.bzl", "TAG_CLASSES", "declare_tools", "read_registry")

# Rendered from `<file>.template` and the versions.
_MANIFESTS = [
    Label("//tools:Cargo.toml"),
    Label("//third_party/wit_bindgen:Cargo.toml"),
]

_LOCKS = [
    Label("//tools:Cargo.lock"),
    Label("//third_party/wit_bindgen:Cargo.lock"),
]

def _check(mctx, registry):
    """Fails if the manifests or lock files of rules_wit differ from its versions and registry."""
    for manifest in _MANIFESTS:
        path = mctx.path(manifest)
        err = manifest_error(
            name = manifest.package + "/" + manifest.name,
            template = mctx.read(path.dirname.get_child(manifest.name + ".template")),
            manifest = mctx.read(path),
            versions = TOOL_VERSIONS,
            source_versions = SOURCE_VERSIONS,
        )
        if err:
            fail("\nerror: " + err)
    for lock in _LOCKS:
        err = lock_error(lock.package + "/" + lock.name, mctx.read(lock), registry)
        if err:
            fail("\nerror: " + err)

def _impl(mctx):
    # Only an edit of rules_wit itself can bring its own files out of step.
    is_root = any([module.is_root and module.name == "rules_wit" for module in mctx.modules])
    registry = read_registry(mctx, check = is_root)
    if is_root:
        _check(mctx, registry)
    clang_repository(name = "rules_wit_clang")
    declare_tools(mctx, registry)
    return mctx.extension_metadata(reproducible = True)

rules_wit = module_extension(
    implementation = _impl,
    doc = "Declares what the rules need. No tag is required; `tool` selects another version of a tool, or a program of your own.",
    tag_classes = TAG_CLASSES,
)
