"""The module extension that brings upstream's tests; only tests of this repository need them."""

load("//checksums/private:data.bzl", "TOOLS")
load("//toolchains:tool_versions.bzl", "SOURCE_VERSIONS", "TOOL_VERSIONS")
load("//toolchains/private:locks.bzl", "lock_error")
load("//toolchains/private:manifests.bzl", "manifest_error", "variables")
load(":corpora.bzl", "corpora_repository")

_MANIFEST = Label("//test/compatibility:Cargo.toml")
_LOCK = Label("//test/compatibility:Cargo.lock")

# The packages whose folder `tests` is a corpus of that name, but for `-cli`, and the variable that says which version: other
# packages of the lock file bring some of them in versions of their own.
_PACKAGES = {
    "wac-graph": "WAC_VERSION",
    "wac-parser": "WAC_VERSION",
    "wasm-tools": "WASM_TOOLS_VERSION",
    "wit-bindgen-cli": "WIT_BINDGEN_VERSION",
    "wit-component": "WASM_TOOLS_CRATES_VERSION",
    "wit-parser": "WASM_TOOLS_CRATES_VERSION",
}

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
    versions, _ = variables(TOOL_VERSIONS, SOURCE_VERSIONS)
    corpora_repository(
        name = "rules_wit_corpora",
        lockfile = _LOCK,
        manifest = _MANIFEST,
        packages = {
            package.removesuffix("-cli"): "{}-{}/tests".format(package, versions[variable])
            for package, variable in _PACKAGES.items()
        },
    )
    return mctx.extension_metadata(reproducible = True)

rules_wit_corpora = module_extension(
    implementation = _impl,
    doc = "Brings the tests of upstream's packages.",
)
