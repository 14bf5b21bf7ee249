"""The module extension for the tests and examples of this repository."""

load("//checksums/private:data.bzl", "TOOLS")
load("//test/rules/interpreters/modules:repository.bzl", "scripts_repository")
load("//test/upstream:corpora.bzl", "corpora_repository")
load("//third_party/buildifier:repository.bzl", "buildifier_repository")
load("//third_party/wasm3:repository.bzl", "wasm3_repository")
load("//toolchains:tool_versions.bzl", "SOURCE_VERSIONS", "TOOL_VERSIONS")
load("//toolchains/private:manifests.bzl", "variables")
load("//toolchains/private:self_check.bzl", "check_workspace")

_MANIFEST = Label("//test/upstream:Cargo.toml")
_LOCK = Label("//test/upstream:Cargo.lock")

# Packages whose `tests` folders are corpora -> the variable with their version, as the lock file may have several. A
# corpus has the name of its package without `-cli`.
_PACKAGES = {
    "wac-graph": "WAC_VERSION",
    "wac-parser": "WAC_VERSION",
    "wasm-tools": "WASM_TOOLS_VERSION",
    "wit-bindgen-cli": "WIT_BINDGEN_VERSION",
    "wit-component": "WASM_TOOLS_CRATES_VERSION",
    "wit-parser": "WASM_TOOLS_CRATES_VERSION",
}

def _corpora(mctx):
    check_workspace(mctx, _MANIFEST, _LOCK, TOOLS)
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
    buildifier = TOOLS["buildifier"]["versions"][TOOL_VERSIONS["buildifier"]]["packages"][0]
    buildifier_repository(
        name = "rules_wit_buildifier",
        integrity = buildifier["integrity"],
        package = buildifier["name"],
        version = buildifier["version"],
    )
    scripts_repository(name = "rules_wit_scripts")
    return mctx.extension_metadata(reproducible = True)

rules_wit_dev = module_extension(
    implementation = _impl,
    doc = "Declares the repositories with upstream's test suites, the interpreter wasm3, Buildifier, and scripts of another repository.",
)
