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
        doc = "The workspace's Cargo.toml, then those of its members.",
        mandatory = True,
    ),
    "build_files": attr.label(
        doc = "A file of the folder that has `<crate>-<version>.BUILD.bazel` for each crate.",
        mandatory = True,
    ),
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
    root = rctx.path(rctx.attr.manifests[0]).dirname
    for manifest in rctx.attr.manifests:
        path = str(rctx.path(manifest))
        relative = path[len(str(root)) + 1:]
        rctx.symlink(path, "workspace/" + relative)
        if "/" in relative:
            # cargo wants a target for each package; nothing is compiled here.
            rctx.file("workspace/%s/src/lib.rs" % relative.rpartition("/")[0], "")
    rctx.file("workspace/Cargo.lock", rctx.read(rctx.attr.lockfile))

    rctx.report_progress("cargo vendor")
    result = rctx.execute(
        [_cargo(rctx), "vendor", "--locked", "--versioned-dirs", "--manifest-path", "workspace/Cargo.toml", "vendor"],
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
            rctx.file("vendor/%s/BUILD.bazel" % name, rctx.read(file))

    for name, path in crates.items():
        if name.startswith("wasmtime-wasi-") and name[len("wasmtime-wasi-")].isdigit():
            for file in path.get_child("src", "p2", "wit", "deps").readdir():
                rctx.symlink(file, "wasi/p2/" + file.basename)
            rctx.file("wasi/p2/BUILD.bazel", _WASI_BUILD)

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
