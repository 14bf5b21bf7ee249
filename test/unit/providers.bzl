"""Analysis tests of providers."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("@rules_rust//rust:defs.bzl", "rust_analyzer_aspect", "rust_clippy_aspect", "rustfmt_aspect")
load("//rules:providers.bzl", "WasmComponentInfo", "WitInfo")

def _wit_info_test_impl(ctx):
    env = analysistest.begin(ctx)
    info = analysistest.target_under_test(env)[WitInfo]
    asserts.equals(env, ctx.attr.wit, info.wit.basename)
    asserts.equals(env, ctx.attr.deps, sorted([file.basename for file in info.deps.to_list()]))
    asserts.equals(env, len(ctx.attr.deps), len(info.dep_spans.to_list()))
    asserts.equals(env, ctx.attr.srcs, sorted([file.basename for file in info.srcs.to_list()]))
    return analysistest.end(env)

wit_info_test = analysistest.make(
    _wit_info_test_impl,
    attrs = {
        "wit": attr.string(),
        "deps": attr.string_list(),
        "srcs": attr.string_list(),
    },
)

def _component_info_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    info = target[WasmComponentInfo]
    asserts.equals(env, ctx.attr.component, info.component.basename)
    asserts.equals(env, ctx.attr.world or None, info.world)
    asserts.equals(env, [info.component], target[DefaultInfo].files.to_list())
    validation = target[OutputGroupInfo]._validation.to_list()
    asserts.true(env, len(validation) >= 1, "the component is validated")
    return analysistest.end(env)

component_info_test = analysistest.make(
    _component_info_test_impl,
    attrs = {
        "component": attr.string(),
        "world": attr.string(),
    },
)

def _platform_test_impl(ctx):
    env = analysistest.begin(ctx)
    module = analysistest.target_under_test(env)[OutputGroupInfo].module.to_list()
    asserts.equals(env, 1, len(module))

    # A transition applies to the module, not to the component.
    asserts.false(env, module[0].root.path == ctx.bin_dir.path, "a transition: " + module[0].root.path)
    component = analysistest.target_under_test(env)[WasmComponentInfo].component
    asserts.equals(env, ctx.bin_dir.path, component.root.path)
    return analysistest.end(env)

platform_test = analysistest.make(_platform_test_impl)

def _tooling_test_impl(ctx):
    env = analysistest.begin(ctx)
    groups = analysistest.target_under_test(env)[OutputGroupInfo]
    for name in ("guest_clippy_checks", "rust_analyzer_crate_spec", "rustfmt_checks"):
        asserts.true(env, name in groups and groups[name].to_list() != [], "the target has the output group " + name)

    # Clippy sees the guest for WebAssembly, and only there.
    for file in groups.guest_clippy_checks.to_list():
        asserts.false(env, file.root.path == ctx.bin_dir.path, "a transition: " + file.root.path)
    return analysistest.end(env)

tooling_test = analysistest.make(
    _tooling_test_impl,
    doc = "Checks that aspects of the command line find the crate of a component or a library.",
    extra_target_under_test_aspects = [
        rust_analyzer_aspect,
        rust_clippy_aspect,
        rustfmt_aspect,
    ],
)
