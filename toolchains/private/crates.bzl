"""The crates that the small tools are made of."""

DOC = """Fetches the crates of a lock file through cargo and lays BUILD files over them.

`cargo vendor` takes the crates from wherever the user's cargo takes them (mirrors, proxies and tokens included) and
checks each against the hash in the lock file. The BUILD files are in `//tools/crates`; `bazel run //tools:update`
writes them.
"""

ATTRS = {
    "lockfile": attr.label(
        doc = "Cargo.lock.",
        mandatory = True,
    ),
    "manifests": attr.label_list(
        doc = "The workspace's Cargo.toml, then those of other packages that it takes in by path.",
        mandatory = True,
    ),
    "build_files": attr.label(
        doc = "A file of the folder that has `<crate>-<version>.BUILD.bazel` for each crate.",
        mandatory = True,
    ),
}

# The crates that bring the WIT of WASI along: (generation, folder, packages).
_WASI = {
    "wasmtime-wasi": [
        ("p2", "src/p2/wit/deps", ["cli", "clocks", "filesystem", "io", "random", "sockets"]),
        ("p3", "src/p3/wit/deps", ["cli", "clocks", "filesystem", "random", "sockets"]),
    ],
    "wasmtime-wasi-http": [
        ("p2", "wit/deps", ["http"]),
        ("p3", "src/p3/wit/deps", ["http"]),
    ],
}

_WASI_BUILD = """\
exports_files(
    glob(["*.wit"]),
    visibility = ["//visibility:public"],
)
"""

def _fail(what, result):
    fail("\nerror: failed to {}\n{}\nhint: `cargo` takes the crates from the registry that it is configured for; see that it can be reached".format(
        what,
        result.stderr.strip(),
    ))

def _cargo(rctx):
    found = rctx.which("cargo")
    if found:
        return found
    return rctx.path(Label("@rust_host_tools//:bin/cargo"))

def _impl(rctx):
    base = _common_parent([rctx.path(manifest) for manifest in rctx.attr.manifests])
    for manifest in rctx.attr.manifests:
        path = rctx.path(manifest)
        folder = "workspace" + str(path.dirname)[len(base):]
        rctx.symlink(path, folder + "/Cargo.toml")
        # cargo wants a target for each package; nothing is compiled here.
        for source in ("src/lib.rs", "lib.rs"):
            rctx.file(folder + "/" + source, "")
    workspace = "workspace" + str(rctx.path(rctx.attr.manifests[0]).dirname)[len(base):]
    rctx.file(workspace + "/Cargo.lock", rctx.read(rctx.attr.lockfile))

    rctx.report_progress("cargo vendor")
    result = rctx.execute(
        [_cargo(rctx), "vendor", "--locked", "--versioned-dirs", "--manifest-path", workspace + "/Cargo.toml", "vendor"],
        timeout = 3000,
        quiet = True,
    )
    if result.return_code:
        _fail("fetch the crates of " + str(rctx.attr.lockfile), result)

    overlay = rctx.path(rctx.attr.build_files).dirname
    rctx.watch_tree(overlay)
    crates = {path.basename: path for path in rctx.path("vendor").readdir()}
    for file in overlay.readdir():
        name, _, kind = file.basename.partition(".BUILD.")
        if not kind:
            continue
        if name == "crates":
            rctx.file("BUILD.bazel", rctx.read(file))
        elif name in crates:
            _clear(rctx, crates[name])

            # cargo-bazel has a dash in labels where cargo has a plus before build metadata.
            label = name.replace("+", "-")
            if label != name:
                rctx.symlink(crates[name], "vendor/" + label)
            rctx.file("vendor/%s/BUILD.bazel" % label, rctx.read(file))

    for name, path in crates.items():
        crate = name.rpartition("-")[0]
        for generation, folder, packages in _WASI.get(crate, []):
            for package in packages:
                file = path.get_child(*folder.split("/")).get_child(package + ".wit")
                rctx.symlink(file, "wasi/%s/%s.wit" % (generation, package))
            rctx.file("wasi/%s/BUILD.bazel" % generation, _WASI_BUILD)

def _common_parent(manifests):
    """The folder of the manifest that is nearest to the root; the others are below it."""
    return sorted([str(manifest.dirname) for manifest in manifests], key = len)[0]

def _clear(rctx, crate):
    """Drops BUILD files that crates bring along: they are of other builds."""
    for name in ("BUILD", "BUILD.bazel", "WORKSPACE", "WORKSPACE.bazel", "MODULE.bazel"):
        if crate.get_child(name).exists:
            rctx.delete(crate.get_child(name))

crates_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
