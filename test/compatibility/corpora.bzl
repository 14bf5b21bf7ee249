"""The tests that upstream's packages bring along, as files."""

DOC = """Fetches packages of a lock file through cargo and keeps only their tests.

`cargo vendor` takes them from wherever the user's cargo takes them, and checks each against the hash in the lock file.
Nothing of them is compiled.
"""

ATTRS = {
    "lockfile": attr.label(
        doc = "Cargo.lock.",
        mandatory = True,
    ),
    "manifest": attr.label(
        doc = "Cargo.toml, with the packages as its dependencies.",
        mandatory = True,
    ),
    "packages": attr.string_dict(
        doc = "The corpora: the name of each -> the package, with its version, and the folder in it.",
        mandatory = True,
    ),
}

_BUILD = """\
package(default_visibility = ["//visibility:public"])

exports_files(["marker"])
"""

_CORPUS = """
filegroup(
    name = "{name}",
    srcs = glob(["{name}/**"]),
)
"""

def _cargo(rctx):
    found = rctx.which("cargo")
    if found:
        return found
    return rctx.path(Label("@rust_host_tools//:bin/cargo"))

def _impl(rctx):
    rctx.symlink(rctx.attr.manifest, "workspace/Cargo.toml")
    rctx.file("workspace/Cargo.lock", rctx.read(rctx.attr.lockfile))
    rctx.file("workspace/lib.rs", "")
    rctx.report_progress("cargo vendor")
    result = rctx.execute(
        [_cargo(rctx), "vendor", "--locked", "--versioned-dirs", "--manifest-path", "workspace/Cargo.toml", "vendor"],
        timeout = 3000,
        quiet = True,
    )
    if result.return_code:
        fail("\nerror: failed to fetch the packages of {}\n{}\nhint: `cargo` takes them from the registry that it is configured for; see that it can be reached".format(
            rctx.attr.lockfile,
            result.stderr.strip(),
        ))
    build = _BUILD
    for name, folder in sorted(rctx.attr.packages.items()):
        rctx.execute(["mv", "vendor/" + folder, name])
        if not rctx.path(name).exists:
            fail("\nerror: there is no folder {} for the corpus {}\nhint: see where the package of this version has its tests".format(folder, name))
        build += _CORPUS.format(name = name)
    rctx.delete("vendor")

    # Corpora are found beside this file.
    rctx.file("marker", "")
    rctx.file("BUILD.bazel", build)

corpora_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
