"""wasm_component: a core module made into a component."""

load("//rules/private/common:actions.bzl", "COMPONENT_TOOLCHAIN", "run_tool", "validate_component")
load("//rules/private/common:wasm_transition.bzl", "wasm_transition", TRANSITION_ATTRS = "ATTRS")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo", "wasm_component_info")
load("//rules/private/providers:wasm_module_info.bzl", "WasmModuleInfo")
load("//rules/private/providers:wit_info.bzl", "WitInfo", "named_world")

DOC = """Makes a component of a core module that a WebAssembly toolchain linked.

The module is built for a WebAssembly platform, whatever the command line says. The component is checked against the
specification and its world in an action of its own, off the critical path.

Output groups: `module` (the core module).
"""

ATTRS = TRANSITION_ATTRS | {
    "module": attr.label(
        doc = "The core module, with the component type sections that bindings put into it.",
        cfg = wasm_transition,
        allow_files = True,
        mandatory = True,
    ),
    "wit": attr.label(
        doc = "The `wit_library` that has the world. Of a lowered or linked module, by default the one that it was checked against.",
        providers = [WitInfo],
    ),
    "wit_features": attr.string_list(
        doc = "Feature gates (`@unstable(feature = ...)`) that are open in that world.",
    ),
    "world": attr.string(
        doc = "The world that the component must fit.",
    ),
}

def _list(targets):
    # Behind a transition, an attribute is a list in some versions of Bazel.
    return targets if type(targets) == "list" else [targets]

def _impl(ctx):
    wit, world = named_world(ctx)
    modules = [file for file in ctx.files.module if file.extension == "wasm"]
    if len(modules) != 1:
        fail("error: {}: `module` must give one .wasm file, not {}".format(ctx.label, len(modules)))
    module = modules[0]

    # What makes the module may know its world.
    known = [target[WasmModuleInfo] for target in _list(ctx.attr.module) if WasmModuleInfo in target]
    if known and not wit:
        wit, world = known[0].wit, known[0].world
    component = ctx.actions.declare_file(ctx.label.name + ".wasm")

    args = ctx.actions.args()
    args.add(module)
    args.add("-o", component)

    # rustc's own linker for wasm32-wasip2 makes a component at once; others do not.
    args.add("--allow-component")
    if ctx.attr.optimize in ("speed", "size"):
        args.add("--strip")
    run_tool(
        ctx,
        COMPONENT_TOOLCHAIN,
        "new",
        args,
        inputs = depset([module]),
        outputs = [component],
        mnemonic = "WasmComponentNew",
        progress_message = "Making component %{label}",
    )
    validated = validate_component(
        ctx,
        component,
        wit = wit,
        world = world,
        wit_features = ctx.attr.wit_features,
        # What the language's standard library imports is not the author's to declare.
        allow_imports = ["wasi:*"] if ctx.attr.platform == "wasip2" else [],
    )
    return [
        DefaultInfo(
            files = depset([component]),
            runfiles = ctx.runfiles([component]),
        ),
        OutputGroupInfo(
            module = depset([module]),
            _validation = depset([validated]),
        ),
        wasm_component_info(component = component, wit = wit, world = world),
    ]

wasm_component = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmComponentInfo],
    toolchains = [COMPONENT_TOOLCHAIN],
)
