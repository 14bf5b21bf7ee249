"""The repository rule for the headers of Wasmtime's C API."""

load("//checksums/private:lookup.bzl", "PLATFORMS")
load("//toolchains/crates:vendor.bzl", "cargo_crate")
load(":features.bzl", "crate_features")

DOC = """Fetches the headers of Wasmtime's C API and declares `:c_api`, the headers with the library.

The headers, for C and C++, are in a crate, which cargo fetches. Its build script is not used: it only writes `conf.h`, which
`wasmtime_conf` writes too.
"""

ATTRS = {
    "crate": attr.string(
        doc = "The name of the crate with the headers.",
        mandatory = True,
    ),
    "libraries": attr.string_dict(
        doc = "Platform, as in the registry, -> repository with the library, `@name`.",
        mandatory = True,
    ),
    "sha256": attr.string(
        doc = "SHA-256 of the crate, 64 hexadecimal digits.",
        mandatory = True,
    ),
    "version": attr.string(
        doc = "The version of the crate.",
        mandatory = True,
    ),
}

_BUILD = """\
load("@rules_cc//cc:defs.bzl", "cc_library")
load("@rules_wit//third_party/wasmtime:conf.bzl", "wasmtime_conf")

package(default_visibility = ["//visibility:public"])

exports_files(["include/wasmtime.h"])

wasmtime_conf(
    name = "conf",
    crate_features = {features},
    macros = {macros},
    template = "include/wasmtime/conf.h.in",
    version = "{version}",
)

filegroup(
    name = "header_files",
    srcs = glob([
        "include/**/*.h",
        "include/**/*.hh",
    ]) + [":conf"],
)

cc_library(
    name = "headers",
    hdrs = [":header_files"],
    includes = ["include"],
)

cc_library(
    name = "c_api",
    deps = [
        ":headers",
        ":library",
    ],
)

[
    alias(
        name = name,
        actual = select({{
            "@rules_wit//toolchains/wasmtime:from_source": "@rules_wit//third_party/wasmtime:" + name,
            "//conditions:default": ":prebuilt_" + name,
        }}),
    )
    for name in [
        "library",
        "library_file",
    ]
]

[
    alias(
        name = "prebuilt_" + name,
        actual = select(
            {{
                platform: repository + target
                for platform, repository in {libraries}.items()
            }},
            no_match_error = "error: wasmtime {version} has no prebuilt C API for this platform, only for {platforms}; hint: compile it with `--@rules_wit//toolchains/wasmtime:strategy=source`, or exclude the target with `target_compatible_with`",
        ),
    )
    for name, target in {{
        "library": "//:library",
        "library_file": "//:file",
    }}.items()
]
"""

_SETTING = """
config_setting(
    name = "{platform}",
    constraint_values = [
        "@platforms//cpu:{cpu}",
        "@platforms//os:{os}",
    ],
)
"""

_DEFINE = "#cmakedefine "

def _impl(rctx):
    cargo_crate(
        rctx,
        name = rctx.attr.crate,
        sha256 = rctx.attr.sha256,
        version = rctx.attr.version,
    )
    template = rctx.read("include/wasmtime/conf.h.in")
    libraries = rctx.attr.libraries
    build = _BUILD.format(
        features = repr(crate_features(rctx.read("Cargo.toml"))),
        libraries = repr({":" + platform: libraries[platform] for platform in sorted(libraries)}),
        macros = repr([line.removeprefix(_DEFINE) for line in template.split("\n") if line.startswith(_DEFINE)]),
        platforms = ", ".join(sorted(libraries)),
        version = rctx.attr.version,
    )
    for platform in sorted(libraries):
        cpu, os = PLATFORMS[platform]
        build += _SETTING.format(platform = platform, cpu = cpu, os = os)
    rctx.file("BUILD.bazel", build, executable = False)

wasmtime_headers_repository = repository_rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
