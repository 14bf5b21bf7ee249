"""Declares the repositories with Wasmtime's C API."""

load(":headers.bzl", "wasmtime_headers_repository")
load(":library.bzl", "wasmtime_library_repository")

_CRATE = "wasmtime-c-api-impl"
_PYTHON_PACKAGE = "wasmtime"

def declare_wasmtime_c_api(registry, version):
    """Declares `rules_wit_wasmtime`, and a repository for each platform that has a prebuilt library.

    A repository is fetched when a target in it is built.

    Args:
      registry: dict[string, dict], tool -> content of its JSON file.
      version: string, the version of Wasmtime.
    """
    libraries = {}
    crate = None
    for package in registry["wasmtime"]["versions"][version].get("packages", []):
        if package["source"] == "crate" and package["name"] == _CRATE:
            crate = package
        elif package["source"] == "pypi" and package["name"] == _PYTHON_PACKAGE:
            platform = package["platform"]
            name = "rules_wit_wasmtime_" + platform
            wasmtime_library_repository(
                name = name,
                file = package["file"],
                package = package["name"],
                platform = platform,
                sha256 = package["sha256"],
                version = package["version"],
            )
            libraries[platform] = "@" + name
    if not crate or not libraries:
        fail("\nerror: the registry has no C API of wasmtime {}\nhint: add `{}` of cargo and `{}` of pip to checksums/tools/wasmtime.json".format(
            version,
            _CRATE,
            _PYTHON_PACKAGE,
        ))
    wasmtime_headers_repository(
        name = "rules_wit_wasmtime",
        crate = crate["name"],
        libraries = libraries,
        sha256 = crate["sha256"],
        version = crate["version"],
    )
