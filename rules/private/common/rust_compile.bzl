"""Compiles generated crates in an aspect, with the private API of rules_rust.

rules_rust has no public function for this; its own extensions, such as the one for Prost, call the same private one.
Only this file calls private functions of rules_rust, and only this file handles the differences between its versions.
"""

load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")
load("@rules_rust//:version.bzl", "VERSION")
load("@rules_rust//rust:defs.bzl", "rust_common")

# buildifier: disable=bzl-visibility
load("@rules_rust//rust/private:providers.bzl", "RustAnalyzerGroupInfo", "RustAnalyzerInfo")

# buildifier: disable=bzl-visibility
load("@rules_rust//rust/private:rust.bzl", _RUSTC_ATTRS = "RUSTC_ATTRS")

# buildifier: disable=bzl-visibility
load("@rules_rust//rust/private:rust_analyzer.bzl", "write_rust_analyzer_spec_file")

# buildifier: disable=bzl-visibility
load("@rules_rust//rust/private:rustc.bzl", "rustc_compile_action")

EDITION = "2021"

# Global values are frozen, so they can be put into a depset without a copy.
_NO_DICT = {}
_NO_LIST = []
_CFGS = ["test", "debug_assertions"]

# Since 0.66 lists replace depsets in `crate_info_dict`, and RustAnalyzerInfo has more fields.
_TAKES_LISTS = [int(n) for n in VERSION.split(".")[:2]] >= [0, 66]

COMPILE_ATTRS = _RUSTC_ATTRS | {
    "_collect_cc_coverage": attr.label(
        default = Label("@rules_rust//util:collect_coverage"),
        executable = True,
        cfg = "exec",
    ),
}

COMPILE_FRAGMENTS = ["cpp"]

COMPILE_TOOLCHAINS = [
    config_common.toolchain_type("@bazel_tools//tools/cpp:toolchain_type", mandatory = False),
    "@rules_rust//rust:toolchain_type",
]

def dep_of(target):
    """Makes a dependency of a target.

    Args:
      target: Target, a `rust_library`.

    Returns:
      DepVariantInfo
    """
    return rust_common.dep_variant_info(
        crate_info = target[rust_common.crate_info],
        dep_info = target[rust_common.dep_info],
        cc_info = target[CcInfo] if CcInfo in target else None,
        build_info = None,
    )

def compile_crate(ctx, *, name, prefix, source, deps, attr, rust_analyzer_deps = []):
    """Declares the action that compiles a crate from one source.

    Args:
      ctx: the context of a rule or an aspect with COMPILE_ATTRS, COMPILE_FRAGMENTS and COMPILE_TOOLCHAINS.
      name: string, the name of the crate.
      prefix: string, a prefix of the names of files that are not beside the source.
      source: File, the root of the crate.
      deps: list[DepVariantInfo], its dependencies.
      attr: struct, the attributes of the rule: `ctx.attr`, or in an aspect `ctx.rule.attr`.
      rust_analyzer_deps: list[RustAnalyzerInfo], the dependencies, for editors.

    Returns:
      (DepVariantInfo, RustAnalyzerInfo): the crate, and its description for editors.
    """
    output_hash = repr(hash(source.short_path))
    list_or_depset = (lambda items: items) if _TAKES_LISTS else depset
    providers = rustc_compile_action(
        ctx = ctx,
        attr = attr,
        toolchain = ctx.toolchains["@rules_rust//rust:toolchain_type"],
        crate_info_dict = dict(
            name = name,
            type = "rlib",
            root = source,
            srcs = list_or_depset([source]),
            deps = list_or_depset(deps),
            proc_macro_deps = list_or_depset([]),
            aliases = _NO_DICT,
            output = ctx.actions.declare_file("lib%s-%s.rlib" % (name, output_hash), sibling = source),
            edition = EDITION,
            is_test = False,
            rustc_env = _NO_DICT,
            rustc_env_files = _NO_LIST,
            compile_data = depset(),
            compile_data_targets = depset(),
            owner = ctx.label,
        ),
        output_hash = output_hash,
        # The files that it would add have one name per target, and a target has several crates.
        include_coverage = False,
    )
    made = [p for p in providers if hasattr(p, "wrapped_crate_type")][0]
    fields = {field: getattr(made, field) for field in dir(made) if field not in ("to_json", "to_proto")}

    # `rustc_env` is a new, mutable dict, which no dependent needs.
    crate = rust_common.create_crate_info(**(fields | {"rustc_env": _NO_DICT}))
    dep = rust_common.dep_variant_info(
        crate_info = crate,
        dep_info = [p for p in providers if hasattr(p, "direct_crates")][0],
        cc_info = ([p for p in providers if hasattr(p, "linking_context")] + [None])[0],
        build_info = None,
    )
    return dep, _rust_analyzer(ctx, attr, prefix + name, crate, rust_analyzer_deps)

def _rust_analyzer(ctx, attr, name, crate, deps):
    if _TAKES_LISTS:
        more = {
            "build_info_out_dirs": depset(transitive = [dep.build_info_out_dirs for dep in deps]),
            "proc_macro_dylib": None,
            "proc_macro_dylibs": depset(transitive = [dep.proc_macro_dylibs for dep in deps]),
        }
    else:
        more = {"proc_macro_dylib_path": None}

    # The function expects the context of an aspect and looks for sources in the attributes of the rule.
    ctx_of_aspect = struct(
        actions = ctx.actions,
        build_file_path = getattr(ctx, "build_file_path", ""),
        label = ctx.label,
        rule = struct(files = struct()),
        toolchains = ctx.toolchains,
    )
    return write_rust_analyzer_spec_file(ctx_of_aspect, attr, ctx.label.same_package_label(name), RustAnalyzerInfo(
        aliases = _NO_DICT,
        build_info = None,
        cfgs = _CFGS,
        crate = crate,
        crate_specs = depset(transitive = [dep.crate_specs for dep in deps]),
        deps = tuple(deps),
        env = crate.rustc_env,
        **more
    ))

def crate_group(crates, rust_analyzer):
    """Makes the providers of a target that stands for several crates.

    Args:
      crates: depset[DepVariantInfo].
      rust_analyzer: depset[RustAnalyzerInfo], their descriptions for editors.

    Returns:
      list[Provider]
    """
    return [
        rust_common.crate_group_info(dep_variant_infos = crates),
        RustAnalyzerGroupInfo(deps = rust_analyzer.to_list()),
    ]
