"""The repository rule for Wasmtime's prebuilt shared library."""

DOC = """Fetches the shared library of Wasmtime's C API and declares it as `:library`.

The library is in the Python package of Wasmtime. pip fetches the package, so pip's mirrors, proxies and tokens apply. No
Python code of the package runs. Fails if there is no `python3`, if pip cannot fetch the package, or if its hash differs.
"""

ATTRS = {
    "file": attr.string(
        doc = "The file of the package, a wheel.",
        mandatory = True,
    ),
    "package": attr.string(
        doc = "The name of the Python package.",
        mandatory = True,
    ),
    "platform": attr.string(
        doc = "The platform of the library, as in the registry.",
        mandatory = True,
    ),
    "sha256": attr.string(
        doc = "SHA-256 of the wheel, 64 hexadecimal digits.",
        mandatory = True,
    ),
    "version": attr.string(
        doc = "The version of the Python package.",
        mandatory = True,
    ),
}

# Operating system in the registry -> the library in the wheel, and the name that linkers expect.
_LIBRARIES = {
    "darwin": ("_libwasmtime.dylib", "libwasmtime.dylib"),
    "linux": ("_libwasmtime.so", "libwasmtime.so"),
}

_BUILD = """\
load("@rules_cc//cc:defs.bzl", "cc_import")

cc_import(
    name = "library",
    shared_library = "{library}",
    visibility = ["//visibility:public"],
)

filegroup(
    name = "file",
    srcs = ["{library}"],
    visibility = ["//visibility:public"],
)
"""

def _impl(rctx):
    package, version = rctx.attr.package, rctx.attr.version
    python = rctx.which("python3")
    if not python:
        fail("\nerror: failed to fetch {}: no `python3` on PATH\nhint: install Python with pip".format(package))
    rctx.file("requirements.txt", "{}=={} --hash=sha256:{}\n".format(package, version, rctx.attr.sha256))
    result = rctx.execute(
        [
            python,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary=:all:",
            "--platform=" + rctx.attr.file.removesuffix(".whl").rpartition("-")[2],
            "--require-hashes",
            "--requirement=requirements.txt",
            "--dest=dist",
        ],
        quiet = True,
    )
    if result.return_code:
        fail("\nerror: failed to fetch {} {} for {}\n{}\nhint: check that pip can reach its configured index".format(
            package,
            version,
            rctx.attr.platform,
            result.stderr.strip(),
        ))

    # Bazel recognizes archives by their names.
    rctx.symlink(rctx.path("dist").get_child(rctx.attr.file), "wheel.zip")
    rctx.extract("wheel.zip", output = "wheel")
    theirs, ours = _LIBRARIES[rctx.attr.platform.partition("_")[0]]
    for folder in rctx.path("wheel").get_child("wasmtime").readdir():
        if folder.get_child(theirs).exists:
            rctx.symlink(folder.get_child(theirs), ours)
    if not rctx.path(ours).exists:
        fail("\nerror: {} {} contains no {}\nhint: use another version of Wasmtime".format(package, version, theirs))
    rctx.file("BUILD.bazel", _BUILD.format(library = ours))

wasmtime_library_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
