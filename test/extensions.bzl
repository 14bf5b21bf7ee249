"""The module extension with what only this repository's tests and examples use."""

load("//checksums/private:data.bzl", "TOOLS")
load("//test/upstream:corpora.bzl", "corpora_repository")
load("//third_party/wasm3:repository.bzl", "wasm3_repository")
load("//toolchains:tool_versions.bzl", "SOURCE_VERSIONS", "TOOL_VERSIONS")
load("//toolchains/private:locks.bzl", "lock_error")
load("//toolchains/private:manifests.bzl", "manifest_error", "variables")

_MANIFEST = Label("//test/upstream:Cargo.toml")
_LOCK = Label("//test/upstream:Cargo.lock")

# The corpora are the `tests` folders of these packages, called like the package without `-cli`. The variable says which
# version: other packages of the lock file depend on some of them in versions of their own.
_PACKAGES = {
    "wac-graph": "WAC_VERSION",
    "wac-parser": "WAC_VERSION",
    "wasm-tools": "WASM_TOOLS_VERSION",
    "wit-bindgen-cli": "WIT_BINDGEN_VERSION",
    "wit-component": "WASM_TOOLS_CRATES_VERSION",
    "wit-parser": "WASM_TOOLS_CRATES_VERSION",
}

def _corpora(mctx):
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

def _impl(mctx):
    _corpora(mctx)
    wasm3 = TOOLS["wasm3"]["versions"][TOOL_VERSIONS["wasm3"]]["packages"][0]
    wasm3_repository(
        name = "rules_wit_wasm3",
        package = wasm3["name"],
        sha256 = wasm3["sha256"],
        version = wasm3["version"],
    )
    return mctx.extension_metadata(reproducible = True)

rules_wit_dev = module_extension(
    implementation = _impl,
    doc = "Declares the tests of upstream's packages and the interpreter wasm3.",
)
