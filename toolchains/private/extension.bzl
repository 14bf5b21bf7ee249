"""The module extension `rules_wit`."""

load("//checksums/private:data.bzl", "TOOLS")
load("//third_party/moonbit:repository.bzl", "declare_moonbit")
load("//third_party/wasmtime:declare.bzl", "declare_wasmtime_c_api")
load("//toolchains:tool_versions.bzl", "TOOL_VERSIONS")
load(":choice.bzl", "STRATEGIES")
load(":clang.bzl", "clang_repository")
load(":self_check.bzl", "check_registry", "check_workspace")
load(":tools.bzl", "declare_tools")

DOC = """Declares the repositories that the rules need.

No tag is required. `tool` chooses another version of a tool, or another source of the program. A build fails when it is
loaded if a requested version is not available, or if the versions are not known to work together.
"""

_tool = tag_class(
    doc = """Chooses the version of a tool and the source of its program.

Only the root module decides: a version that another module requests must be the one that the root module uses, otherwise
the build fails.""",
    attrs = {
        "name": attr.string(
            doc = "A tool of the registry, such as `wit-bindgen`, or `rules_wit` for the tools of rules_wit itself.",
            mandatory = True,
        ),
        "path": attr.string(
            doc = "The program, with `strategy = \"local\"` only: an absolute path, a path relative to the workspace, or a name on `PATH`.",
        ),
        "strategy": attr.string(
            doc = "`source` builds the program from source, `release` downloads a release, `local` uses the program at `path`. `auto` takes `rules_wit` and the default `wit-bindgen` from the release of rules_wit where that has them for the platform, and builds everything else from source. A release of `wasi-sdk` also has C toolchains, `@rules_wit_tools//c:all`, which the module registers.",
            default = "auto",
            values = STRATEGIES,
        ),
        "version": attr.string(
            doc = "The version. With `local`, the version of the program at `path`. Default: the version in `TOOL_VERSIONS`, for `rules_wit` and `wit-bindgen` only.",
        ),
    },
)

_index = tag_class(
    doc = "Adds your own registry file. Ignored outside the root module.",
    attrs = {
        "file": attr.label(
            doc = "A JSON file in the format of `checksums/schema.json`. It can add tools, versions and platforms to the registry, but must not contradict existing entries.",
            mandatory = True,
        ),
    },
)

_mirrors = tag_class(
    doc = "Adds mirrors, which are tried before upstream's address. Ignored outside the root module.",
    attrs = {
        "urls": attr.string_list(
            doc = "Templates of addresses, in the order in which they are tried: `{github_repo}`, `{tag}` and `{asset}` are replaced, and `{url}` by upstream's address.",
            mandatory = True,
        ),
    },
)

# Cargo workspaces whose manifests are rendered from templates: (manifest, lock file).
_WORKSPACES = [
    (Label("//tools:Cargo.toml"), Label("//tools:Cargo.lock")),
    (Label("//third_party/wit_bindgen:Cargo.toml"), Label("//third_party/wit_bindgen:Cargo.lock")),
    (Label("//third_party/wit_bindgen/runtime:Cargo.toml"), Label("//third_party/wit_bindgen/runtime:Cargo.lock")),
]

def _impl(mctx):
    if any([module.is_root and module.name == "rules_wit" for module in mctx.modules]):
        check_registry(mctx, TOOLS)
        for manifest, lockfile in _WORKSPACES:
            check_workspace(mctx, manifest, lockfile, TOOLS)
    clang_repository(name = "rules_wit_clang")
    declare_tools(mctx, TOOLS)
    declare_moonbit(TOOLS, TOOL_VERSIONS["moonbit"])
    declare_wasmtime_c_api(TOOLS, TOOL_VERSIONS["wasmtime"])
    return mctx.extension_metadata(reproducible = True)

rules_wit = module_extension(
    implementation = _impl,
    doc = DOC,
    tag_classes = {
        "index": _index,
        "mirrors": _mirrors,
        "tool": _tool,
    },
)
