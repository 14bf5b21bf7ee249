"""The repository rule that fetches the crates of a Cargo workspace and writes their BUILD files."""

load(":build_file.bzl", "aliases_build_file", "crate_build_file", "features_build_file", "folder")
load(":vendor.bzl", "cargo_vendor", "replaced")

DOC = """Fetches the crates of a lock file through cargo and renders a BUILD file for each.

The data in `//third_party/crates` says how each crate is built; `bazel run //tools:update` writes it. Fails if cargo cannot
fetch the crates, or if the data names a crate that the lock file does not.
"""

ATTRS = {
    "data": attr.label(
        doc = "The data of the workspace, a JSON file with an object: `manifests` (the folders of its manifests), `aliases` (name -> crate, for each crate that a manifest names), `crates` (crate -> the second argument of `crate_build_file`), optionally `rustc_flags` (its third argument) and, if a build chooses features, `features` (an object with their names as `chosen` and the label of a build setting as `setting`).",
        mandatory = True,
    ),
}

# Crates that contain the WIT of WASI -> [(preview, folder in the crate, files)].
_WASI = {
    "wasmtime-wasi": [
        ("p2", "src/p2/wit/deps", ["cli", "clocks", "filesystem", "io", "random", "sockets"]),
        ("p3", "src/p3/wit/deps", ["cli", "clocks", "filesystem", "random", "sockets"]),
    ],
    "wasmtime-wasi-http": [
        ("p2", "wit/deps", ["http"]),
        ("p3", "src/p3/wit/deps", ["http"]),
    ],
    "wasmtime-wasi-config": [
        ("config", "wit/deps/config", ["store", "world"]),
    ],
}

_WASI_BUILD = """\
exports_files(
    glob(["*.wit"]),
    visibility = ["//visibility:public"],
)
"""

def _impl(rctx):
    data = json.decode(rctx.read(rctx.attr.data))
    workspace = data["manifests"][0]
    cargo_vendor(
        rctx,
        workspace = workspace,
        manifests = {path: rctx.path(Label("//{}:Cargo.toml".format(path))) for path in data["manifests"]},
        lockfile = rctx.path(Label("//{}:Cargo.lock".format(workspace))),
    )
    rctx.file("BUILD.bazel", aliases_build_file(data["aliases"]))
    if "features" in data:
        features = data["features"]
        rctx.file("features/BUILD.bazel", features_build_file(str(Label(features["setting"])), features["chosen"], data["crates"]))
    for crate, described in data["crates"].items():
        vendored = rctx.path("vendor/" + crate.replace(" ", "-"))
        if not vendored.exists:
            fail("\nerror: {} is out of date: {}/Cargo.lock has no crate {}\nhint: bazel run //tools:update".format(rctx.attr.data, workspace, crate))
        _clear(rctx, vendored)
        _replace(rctx, vendored, described.get("replace", {}))
        label = folder(crate)
        if label != vendored.basename:
            rctx.symlink(vendored, "vendor/" + label)
        rctx.file("vendor/{}/BUILD.bazel".format(label), crate_build_file(crate, described, data.get("rustc_flags", [])))
        _wasi(rctx, crate.partition(" ")[0], vendored)

def _wasi(rctx, name, vendored):
    """Makes the WIT of WASI in a crate available as `//wasi/<preview>:<file>.wit`."""
    for preview, wit, files in _WASI.get(name, []):
        for file in files:
            path = vendored.get_child(*wit.split("/")).get_child(file + ".wit")
            rctx.symlink(path, "wasi/%s/%s.wit" % (preview, file))
        rctx.file("wasi/%s/BUILD.bazel" % preview, _WASI_BUILD)

def _clear(rctx, crate):
    """Deletes the Bazel files of a crate, which are for upstream's own build."""
    for name in ("BUILD", "BUILD.bazel", "WORKSPACE", "WORKSPACE.bazel", "MODULE.bazel"):
        if crate.get_child(name).exists:
            rctx.delete(crate.get_child(name))

def _replace(rctx, crate, files):
    """Replaces texts in the sources of a crate.

    Args:
      rctx: repository_ctx.
      crate: path, the folder of the crate.
      files: dict, path of a file below the folder -> the second argument of `replaced`.
    """
    for name, pairs in files.items():
        path = crate.get_child(*name.split("/"))
        err, content = replaced(rctx.read(path), pairs)
        if err:
            fail("\nerror: failed to edit {} of the crate {}: {}\nhint: edit REPLACED in //third_party/crates:update.py".format(
                name,
                crate.basename,
                err,
            ))
        rctx.file(path, content, executable = False)

crates_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
