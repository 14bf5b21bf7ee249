"""The module extension that brings what the tools are made of, and the tools that users choose."""

load("//toolchains:tool_versions.bzl", "SOURCE_VERSIONS", "TOOL_VERSIONS")
load("//toolchains/private:clang.bzl", "clang_repository")
load("//toolchains/private:crates.bzl", "crates_repository")
load("//toolchains/private:locks.bzl", "lock_error")
load("//toolchains/private:manifests.bzl", "manifest_error")
load("//toolchains/private:tools.bzl", "TAG_CLASSES", "declare_tools", "read_registry")
load("//toolchains/private:wasm3.bzl", "wasm3_repository")

# Written from `<file>.template` and the versions.
_MANIFESTS = [
    Label("//tools:Cargo.toml"),
    Label("//tools/generators:Cargo.toml"),
]

_LOCKS = [
    Label("//tools:Cargo.lock"),
    Label("//tools/generators:Cargo.lock"),
]

def _check(mctx, registry):
    """Fails if what the build is made of is not what the versions and the registry say."""
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
    registry = read_registry(mctx)
    _check(mctx, registry)
    crates_repository(
        name = "rules_wit_crates",
        build_files = Label("//tools/crates:crates.BUILD.bazel"),
        lockfile = Label("//tools:Cargo.lock"),
        manifests = [
            Label("//tools:Cargo.toml"),
            Label("//tools/common:Cargo.toml"),
            Label("//tools/component:Cargo.toml"),
            Label("//tools/golden:Cargo.toml"),
            Label("//tools/guests:Cargo.toml"),
            Label("//tools/hosts:Cargo.toml"),
            Label("//tools/runner:Cargo.toml"),
            Label("//tools/wit:Cargo.toml"),
        ],
    )
    crates_repository(
        name = "rules_wit_generators",
        build_files = Label("//tools/generators/crates:crates.BUILD.bazel"),
        lockfile = Label("//tools/generators:Cargo.lock"),
        manifests = [Label("//tools/generators:Cargo.toml")],
    )
    clang_repository(name = "rules_wit_clang")
    wasm3 = registry["wasm3"]["versions"][TOOL_VERSIONS["wasm3"]]["packages"][0]
    wasm3_repository(
        name = "rules_wit_wasm3",
        package = wasm3["name"],
        sha256 = wasm3["sha256"],
        version = wasm3["version"],
    )
    declare_tools(mctx, registry)
    return mctx.extension_metadata(reproducible = True)

rules_wit = module_extension(
    implementation = _impl,
    doc = "Brings what the rules need. Nothing has to be chosen; `tool` chooses another version, or a program from elsewhere.",
    tag_classes = TAG_CLASSES,
)
