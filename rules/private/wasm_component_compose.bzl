"""wasm_component_compose: components put together as a WAC source says."""

load("//rules/private/common:actions.bzl", "COMPONENT_TOOLCHAIN", "label_text", "run_tool", "validate_component")
load("//rules/private/common:wac.bzl", "wac_problems")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo", "wasm_component_info")

DOC = """Composes components as a source in the language
[WAC](https://github.com/bytecodealliance/wac/blob/main/LANGUAGE.md) says.

`wasm_component_compose` is the macro over this rule.
"""

ATTRS = {
    "source": attr.label(
        doc = "The source, a `.wac` file.",
        allow_single_file = [".wac"],
    ),
    "inline": attr.string(
        doc = "The source itself, in place of a file.",
    ),
    "deps": attr.label_keyed_string_dict(
        doc = "The components -> what the source calls them: `ns:name` or `ns:name@version`, with a space between several.",
        providers = [WasmComponentInfo],
    ),
}

def _source(ctx, names):
    if bool(ctx.file.source) == bool(ctx.attr.inline):
        fail("error: {}: one of `source` and `inline` says how to compose\nhint: set one of them".format(label_text(ctx.label)))
    if ctx.file.source:
        return ctx.file.source
    problems = wac_problems(ctx.attr.inline, names)
    if problems:
        fail("\n".join(["error: {}: {}".format(label_text(ctx.label), problem) for problem in problems]))
    source = ctx.actions.declare_file(ctx.label.name + ".wac")
    ctx.actions.write(source, ctx.attr.inline)
    return source

def _impl(ctx):
    files = {
        name: target[WasmComponentInfo].component
        for target, names in ctx.attr.deps.items()
        for name in names.split(" ")
    }
    source = _source(ctx, files.keys())
    component = ctx.actions.declare_file(ctx.label.name + ".wasm")
    args = ctx.actions.args()
    args.add(source)
    for name in sorted(files):
        args.add(files[name], format = "--dep=" + name.replace("%", "%%") + "=%s")
    args.add("-o", component)
    run_tool(
        ctx,
        COMPONENT_TOOLCHAIN,
        "compose",
        args,
        inputs = depset([source] + files.values()),
        outputs = [component],
        mnemonic = "WasmComponentCompose",
        progress_message = "Composing component %{label}",
    )
    return [
        DefaultInfo(
            files = depset([component]),
            runfiles = ctx.runfiles([component]),
        ),
        OutputGroupInfo(_validation = depset([validate_component(ctx, component)])),
        wasm_component_info(component = component),
    ]

wasm_component_compose = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmComponentInfo],
    toolchains = [COMPONENT_TOOLCHAIN],
)
