"""The module extension with the crates of the updater, which must build when other versions do not fit together."""

load("//toolchains/private:crates.bzl", "crates_repository")

def _impl(mctx):
    crates_repository(
        name = "rules_wit_updater_crates",
        build_files = Label("//tools/checksum_updater/crates:crates.BUILD.bazel"),
        lockfile = Label("//tools/checksum_updater:Cargo.lock"),
        manifests = [
            Label("//tools/checksum_updater:Cargo.toml"),
            # It takes //tools/common in by path, and that inherits from its own workspace.
            Label("//tools/common:Cargo.toml"),
            Label("//tools/golden:Cargo.toml"),
            Label("//tools:Cargo.toml"),
        ],
    )
    return mctx.extension_metadata(reproducible = True)

rules_wit_updater = module_extension(
    implementation = _impl,
    doc = "Brings what `//tools/checksum_updater` is made of.",
)
