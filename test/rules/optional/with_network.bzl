"""A component as it is with the flag set, so that one build has it with and without."""

load("//rules:providers.bzl", "WasmComponentInfo")

def _set_impl(_settings, _attr):
    return {"//test/rules/optional:network": True}

_set = transition(
    implementation = _set_impl,
    inputs = [],
    outputs = ["//test/rules/optional:network"],
)

def _impl(ctx):
    target = ctx.attr.component[0]
    return [target[DefaultInfo], target[WasmComponentInfo]]

with_network = rule(
    implementation = _impl,
    attrs = {
        "component": attr.label(
            cfg = _set,
            providers = [WasmComponentInfo],
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)
