"""The module extension that brings what the tools are made of."""

load("//toolchains/private:clang.bzl", "clang_repository")
load("//toolchains/private:crates.bzl", "crates_repository")

def _impl(mctx):
    crates_repository(
        name = "rules_wit_crates",
        build_files = Label("//tools/crates:crates.BUILD.bazel"),
        lockfile = Label("//tools:Cargo.lock"),
        manifests = [
            Label("//tools:Cargo.toml"),
            Label("//tools/common:Cargo.toml"),
            Label("//tools/component:Cargo.toml"),
            Label("//tools/guests:Cargo.toml"),
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
    return mctx.extension_metadata(reproducible = True)

rules_wit = module_extension(implementation = _impl)
