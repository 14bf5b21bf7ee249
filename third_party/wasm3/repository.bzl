"""The repository rule for wasm3, an interpreter in C."""

DOC = """Fetches the sources of wasm3 and declares them as the `cc_library` `:wasm3`.

The sources are in the source distribution of its Python package. pip fetches it, so pip's mirrors, proxies and tokens
apply. No Python code of the package runs: a build backend in place of setuptools answers pip's query for the metadata.
Fails if there is no `python3`, if pip cannot fetch the package, or if its hash differs.
"""

ATTRS = {
    "package": attr.string(
        doc = "The name of the Python package.",
        mandatory = True,
    ),
    "version": attr.string(
        doc = "The version of the Python package.",
        mandatory = True,
    ),
    "sha256": attr.string(
        doc = "SHA-256 of the source distribution, 64 hexadecimal digits.",
        mandatory = True,
    ),
}

# A build backend (PEP 517) in place of setuptools, which would run the package's setup.py.
_BACKEND = """\
import os


class _Backend:
    def get_requires_for_build_wheel(self, config_settings=None):
        return []

    def prepare_metadata_for_build_wheel(self, directory, config_settings=None):
        folder = "{package}-{version}.dist-info"
        os.mkdir(os.path.join(directory, folder))
        with open(os.path.join(directory, folder, "METADATA"), "w") as file:
            file.write("Metadata-Version: 2.1\\nName: {package}\\nVersion: {version}\\n")
        return folder


__legacy__ = _Backend()
"""

_BUILD = """\
load("@rules_cc//cc:defs.bzl", "cc_library")

cc_library(
    name = "wasm3",
    srcs = glob(["wasm3/*.c"]),
    hdrs = glob(["wasm3/*.h"]),
    copts = ["-w"],
    # wasm3 relies on tail calls: without optimisation, its operations overflow the stack.
    features = ["opt"],
    includes = ["wasm3"],
    linkopts = ["-lm"],
    visibility = ["//visibility:public"],
)
"""

def _impl(rctx):
    package, version = rctx.attr.package, rctx.attr.version
    python = rctx.which("python3")
    if not python:
        fail("\nerror: failed to fetch {}: no `python3` on PATH\nhint: install Python with pip".format(package))
    rctx.file("backend/setuptools/__init__.py", "")
    rctx.file("backend/setuptools/build_meta.py", _BACKEND.format(package = package, version = version))
    rctx.file("requirements.txt", "{}=={} --hash=sha256:{}\n".format(package, version, rctx.attr.sha256))
    result = rctx.execute(
        [
            python,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary=:all:",
            "--no-build-isolation",
            "--require-hashes",
            "--requirement=requirements.txt",
            "--dest=dist",
        ],
        environment = {"PYTHONPATH": str(rctx.path("backend"))},
        quiet = True,
    )
    if result.return_code:
        fail("\nerror: failed to fetch {} {}\n{}\nhint: check that pip can reach its configured index".format(
            package,
            version,
            result.stderr.strip(),
        ))
    rctx.extract(rctx.path("dist").readdir()[0], stripPrefix = "{}-{}".format(package, version))
    rctx.file("BUILD.bazel", _BUILD)

wasm3_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
