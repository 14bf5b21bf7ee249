"""Checks that generated files of rules_wit agree with their sources.

Only an edit of rules_wit itself can make them differ, so only builds with rules_wit as the root module check them.
Each function fails with an error that names the command that regenerates the file.
"""

load("//toolchains:tool_versions.bzl", "SOURCE_VERSIONS", "TOOL_VERSIONS")
load(":locks.bzl", "lock_error")
load(":manifests.bzl", "manifest_error")

def check_registry(mctx, registry):
    """Fails if the registry in Starlark differs from its JSON files.

    Args:
      mctx: module_ctx.
      registry: dict[string, dict], tool -> content of its JSON file.
    """
    for tool in registry:
        file = Label("//checksums:tools/{}.json".format(tool))
        if json.decode(mctx.read(file)) != registry[tool]:
            fail("\nerror: checksums/private/data.bzl does not match {}/{}\nhint: bazel run //tools/checksum_updater -- sync".format(
                file.package,
                file.name,
            ))

def check_workspace(mctx, manifest, lockfile, registry):
    """Fails if a Cargo workspace differs from the chosen versions or from the registry.

    Args:
      mctx: module_ctx.
      manifest: Label, a `Cargo.toml` with a `Cargo.toml.template` beside it.
      lockfile: Label, the `Cargo.lock` of the workspace.
      registry: dict[string, dict], tool -> content of its JSON file.
    """
    path = mctx.path(manifest)
    err = manifest_error(
        name = manifest.package + "/" + manifest.name,
        template = mctx.read(path.dirname.get_child(manifest.name + ".template")),
        manifest = mctx.read(path),
        versions = TOOL_VERSIONS,
        source_versions = SOURCE_VERSIONS,
    ) or lock_error(lockfile.package + "/" + lockfile.name, mctx.read(lockfile), registry)
    if err:
        fail("\nerror: " + err)
