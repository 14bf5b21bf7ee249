"""The module extension that brings upstream's tests; only tests of this repository need them."""

load("//checksums/private:data.bzl", "TOOLS")
load("//toolchains:tool_versions.bzl", "SOURCE_VERSIONS", "TOOL_VERSIONS")
load("//toolchains/private:locks.bzl", "lock_error")
load("//toolchains/private:manifests.bzl", "manifest_error")
load(":corpora.bzl", "corpora_repository")

_MANIFEST = Label("//test/compatibility:Cargo.toml")
_LOCK = Label("//test/compatibility:Cargo.lock")

def _impl(mctx):
    path = mctx.path(_MANIFEST)
    err = manifest_error(
        name = _MANIFEST.package + "/" + _MANIFEST.name,
        template = mctx.read(path.dirname.get_child(_MANIFEST.name + ".template")),
        manifest = mctx.read(path),
        versions = TOOL_VERSIONS,
        source_versions = SOURCE_VERSIONS,
    ) or lock_error(_LOCK.package + "/" + _LOCK.name, mctx.read(_LOCK), TOOLS)
    if err:
        fail("\nerror: " + err)
    corpora_repository(
        name = "rules_wit_corpora",
        lockfile = _LOCK,
        manifest = _MANIFEST,
        packages = {
            "wit-bindgen": "wit-bindgen-cli/tests",
            "wit-component": "wit-component/tests",
            "wit-parser": "wit-parser/tests",
        },
    )
    return mctx.extension_metadata(reproducible = True)

rules_wit_corpora = module_extension(
    implementation = _impl,
    doc = "Brings the tests of upstream's packages.",
)
