"""Provenance: what a target was made of, from the build graph."""

load("@rules_rust//rust:defs.bzl", "rust_common")
load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:labels.bzl", "label_text")
load("//rules/private/common:toolchain_types.bzl", "PUBLISHER_TOOLCHAIN")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")
load("//rules/private/providers:wit_info.bzl", "WitInfo")
load("//toolchains:tool_versions.bzl", "TOOL_VERSIONS")

PROVENANCE_ATTRS = {
    "lockfiles": attr.label_list(
        doc = "The `Cargo.lock` files of the crates in the component. The document then has the checksums of the crates.",
        allow_files = [".lock"],
    ),
    "_lockfile": attr.label(
        doc = "That of the crates which bindings link.",
        default = "//third_party/wit_bindgen/runtime:Cargo.lock",
        allow_single_file = True,
    ),
}

_ProvenanceInfo = provider(
    doc = "What a target and its dependencies contribute to a component.",
    fields = {
        "components": "depset[File], components.",
        "crates": "depset[string], Rust crates: `name@version`, or `name` for a crate of the main repository.",
        "wit": "depset[File], WIT packages, as in `WitInfo`.",
    },
)

# Attributes that name tools and files of the run time, which are not in the component. Their names start with `_` otherwise.
_NOT_LINKED = ["data", "tools", "toolchains", "exec_compatible_with", "target_compatible_with"]

# The name that rules_rust gives to all build scripts, which run in the build.
_BUILD_SCRIPT = "build_script_build"

def crate_id(name, version, tags, *, package, is_own):
    """Returns how a crate is named in the provenance.

    Args:
      name: string, the name of the crate in sources.
      version: string, its version.
      tags: list[string], the tags of its target, of which crate_universe adds one with the crate's name in the registry.
      package: string, the package of its target; crates that are vendored have folders with name and version.
      is_own: bool, whether it is in the main repository, where versions have no meaning.

    Returns:
      string: `name@version`, or `name`.
    """
    for tag in tags:
        if tag.startswith("crate-name="):
            name = tag[len("crate-name="):]
    folder = package.rpartition("/")[2]
    if folder.replace("-", "_").removesuffix("_" + version.replace("-", "_").replace("+", "_")) == name:
        name = folder[:len(name)]
    return name if is_own or version in ("", "0.0.0") else "{}@{}".format(name, version)

def _targets(value):
    """Returns the targets in the value of an attribute."""
    if type(value) == "Target":
        return [value]
    if type(value) in ("list", "dict"):
        return [item for item in value if type(item) == "Target"]
    return []

def _aspect_impl(target, ctx):
    deps = []
    for name in dir(ctx.rule.attr):
        if not name.startswith("_") and name not in _NOT_LINKED:
            deps += [dep[_ProvenanceInfo] for dep in _targets(getattr(ctx.rule.attr, name)) if _ProvenanceInfo in dep]
    crates = []
    components = []
    wit = []
    if rust_common.crate_info in target and target[rust_common.crate_info].name != _BUILD_SCRIPT:
        crates.append(crate_id(
            target[rust_common.crate_info].name,
            getattr(ctx.rule.attr, "version", ""),
            getattr(ctx.rule.attr, "tags", []),
            package = target.label.package,
            is_own = target.label.workspace_name == "",
        ))
    packages = []
    if WasmComponentInfo in target:
        components.append(target[WasmComponentInfo].component)
        if target[WasmComponentInfo].wit:
            packages.append(target[WasmComponentInfo].wit)
    if WitInfo in target:
        packages.append(target[WitInfo])
    for package in packages:
        wit.append(depset([package.wit], transitive = [package.deps]))
    return [_ProvenanceInfo(
        components = depset(components, transitive = [dep.components for dep in deps]),
        crates = depset(crates, transitive = [dep.crates for dep in deps]),
        wit = depset(transitive = wit + [dep.wit for dep in deps]),
    )]

provenance_aspect = aspect(
    implementation = _aspect_impl,
    doc = "Collects what a target was made of.",
    attr_aspects = ["*"],
)

def make_provenance(ctx, target, file, *, package = ""):
    """Declares the action that writes the provenance of a file as `<name>.cdx.json`.

    Args:
      ctx: the context of a rule with PROVENANCE_ATTRS and PUBLISHER_TOOLCHAIN.
      target: Target, with `provenance_aspect`.
      file: File, the component or encoded WIT package.
      package: string, `namespace:name@version`, or empty.

    Returns:
      File, the document.
    """
    info = target[_ProvenanceInfo]
    document = ctx.actions.declare_file(ctx.label.name + ".cdx.json")
    name, _, version = package.partition("@")
    args = ctx.actions.args()
    args.add(file)
    args.add("--name", name or target.label.name)
    if version:
        args.add("--version", version)
    args.add("--target", label_text(target.label))
    args.add("--tool", "rules_wit@" + TOOL_VERSIONS["rules_wit"])
    args.add_all(info.crates, before_each = "--crate", uniquify = True)
    lockfiles = ctx.files.lockfiles + [ctx.file._lockfile]
    args.add_all(lockfiles, before_each = "--lockfile", uniquify = True)
    args.add_all(info.wit, before_each = "--wit", uniquify = True)
    args.add_all(info.components, before_each = "--component", uniquify = True)
    args.add("--output", document)
    run_tool(
        ctx,
        toolchain_type = PUBLISHER_TOOLCHAIN,
        subcommand = "provenance",
        args = args,
        inputs = depset([file] + lockfiles, transitive = [info.wit, info.components]),
        outputs = [document],
        mnemonic = "WasmComponentProvenance",
        progress_message = "Collecting the provenance of %{label}",
    )
    return document
