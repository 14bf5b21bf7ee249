"""The module extension with the crates of Wasmer, which only a program of an example needs."""

load("//toolchains/private:crates.bzl", "crates_repository")

def _impl(mctx):
    crates_repository(
        name = "rules_wit_wasmer_crates",
        build_files = Label("//tools/wasmer/crates:crates.BUILD.bazel"),
        lockfile = Label("//tools/wasmer:Cargo.lock"),
        manifests = [Label("//tools/wasmer:Cargo.toml")],
    )
    return mctx.extension_metadata(reproducible = True)

rules_wit_wasmer = module_extension(
    implementation = _impl,
    doc = "Brings the crates of the engine Wasmer.",
)
