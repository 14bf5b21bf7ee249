"""interpreted_component: a component written in an interpreted language."""

load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:component.bzl", "component_providers", "make_component")
load("//rules/private/common:dylib.bzl", "make_dylib")
load("//rules/private/common:labels.bzl", "error_text", "label_text")
load("//rules/private/common:preinit.bzl", "make_snapshot")
load("//rules/private/common:shared_link.bzl", "link_libraries")
load("//rules/private/common:toolchain_types.bzl", "COMPONENT_TOOLCHAIN", "RUNNER_TOOLCHAIN")
load("//rules/private/common:world.bzl", "named_world", "world_attrs")
load("//rules/private/providers:wasm_component_info.bzl", "WasmComponentInfo")
load("//rules/private/providers:wasm_interpreter_info.bzl", "WasmInterpreterInfo")

DOC = """Makes a component from scripts, an interpreter and a world.

```starlark
interpreted_component(
    name = "greeter",
    srcs = ["greeter.js"],
    interpreter = "@rules_wit//rules/interpreters/javascript",
    wit = ":greeter_wit",
    world = "greeter",
)
```

The component imports nothing but its world. Scripts can log, read clocks and so on as far as the world imports these.
[Interpreters](interpreters.md) describes what a script of each language sees.

A validation action loads the scripts. It fails for syntax errors and for functions that the world exports and the script
does not.

Outputs: `<name>.wasm`. Output groups: `module` (the core module), `metadata` (JSON that describes the world).
"""

ATTRS = world_attrs(mandatory = True) | {
    "interpreter": attr.label(
        doc = "The `wasm_interpreter`.",
        providers = [WasmInterpreterInfo],
        mandatory = True,
    ),
    "link": attr.string(
        doc = "How the interpreter is linked: `static` makes one core module; `shared` keeps the shared libraries of the interpreter, which is larger and starts slower.",
        default = "static",
        values = ["static", "shared"],
    ),
    "main": attr.label(
        doc = "The script that exports the functions of the world. Default: the only source, or the one with the name of the target.",
        allow_single_file = True,
    ),
    "preinit": attr.bool(
        doc = "Whether the scripts are loaded when the component is built, so that it starts with the state that they leave: faster, and larger. See [`wasm_component_preinit`](component.md#wasm_component_preinit).",
    ),
    "srcs": attr.label_list(
        doc = "The scripts, also as targets that contain them, such as `filegroup`. They import each other by relative path or by label.",
        allow_files = True,
        mandatory = True,
        allow_empty = False,
    ),
    "sync": attr.string_list(
        doc = "`async` functions that are called synchronously: `all`, a function, or one with `import:` or `export:` before it. Scripts in Rhai have no others.",
    ),
}

def _entry_point(ctx, extensions):
    """Returns the main script."""
    if ctx.attr.main:
        return ctx.file.main
    if len(ctx.files.srcs) == 1:
        return ctx.files.srcs[0]
    named = [file for file in ctx.files.srcs if file.basename in [ctx.label.name + "." + extension for extension in extensions]]
    if len(named) != 1:
        fail(error_text(ctx.label, "no source is called `{}`\nhint: set `main` to the script that exports the functions of the world".format(
            "` or `".join([ctx.label.name + "." + extension for extension in extensions]),
        )))
    return named[0]

def _sources(ctx):
    """Returns the scripts, the main one first."""
    interpreter = ctx.attr.interpreter
    extensions = interpreter[WasmInterpreterInfo].extensions
    for file in ctx.files.srcs:
        if file.extension not in extensions:
            fail(error_text(ctx.label, "`{}` is no script of {}\nhint: its scripts are called {}".format(
                file.short_path,
                label_text(interpreter.label),
                ", ".join(["*." + extension for extension in extensions]),
            )))
    main = _entry_point(ctx, extensions)
    return [main] + [file for file in ctx.files.srcs if file != main]

def _source_name(file):
    """Returns the name of a script in messages, with `%` doubled for a format."""
    return file.short_path.removeprefix("../").replace("%", "%%")

def _place(ctx, *, dylib, sources):
    """Puts the dylib and the scripts into the interpreter's module."""
    module = ctx.actions.declare_file(ctx.label.name + ".core.wasm")
    interpreter = ctx.attr.interpreter[WasmInterpreterInfo].module
    args = ctx.actions.args()
    args.add(interpreter)
    args.add("--dylib", dylib)
    for source in sources:
        args.add("--source", source, format = _source_name(source) + "=%s")
    args.add("-o", module)
    run_tool(
        ctx,
        toolchain_type = COMPONENT_TOOLCHAIN,
        subcommand = "place",
        args = args,
        inputs = depset([interpreter, dylib] + sources),
        outputs = [module],
        mnemonic = "WitDylibPlace",
        progress_message = "Placing dylib and scripts of %{label}",
    )
    return module

def _check_scripts(ctx, module):
    """Loads the scripts, to report errors in them."""
    stamp = ctx.actions.declare_file(ctx.label.name + ".loaded")
    args = ctx.actions.args()
    args.add(module)
    args.add("--stamp", stamp)
    run_tool(
        ctx,
        toolchain_type = RUNNER_TOOLCHAIN,
        subcommand = "check-script",
        args = args,
        inputs = depset([module]),
        outputs = [stamp],
        mnemonic = "WasmCheckScript",
        progress_message = "Checking scripts of %{label}",
    )
    return stamp

def _async_filter(ctx):
    """Returns the filter of `wit_dylib` for the attribute `sync`."""
    return ["-" + function for function in ctx.attr.sync]

def _link(ctx, *, world, sources, suffix):
    """Links the shared libraries of the interpreter, the dylib and the scripts into a component."""
    libraries = ctx.attr.interpreter[WasmInterpreterInfo].shared_libraries
    if not libraries:
        fail(error_text(ctx.label, "{} has no shared libraries\nhint: set its `shared_libs`, or `link = \"static\"`".format(
            label_text(ctx.attr.interpreter.label),
        )))
    dylib = make_dylib(
        ctx,
        world = world,
        interpreter = libraries[0].basename,
        async_filter = _async_filter(ctx),
        has_async = ctx.attr.interpreter[WasmInterpreterInfo].has_async,
        has_streams = ctx.attr.interpreter[WasmInterpreterInfo].has_streams,
        suffix = ".shared",
    )
    return link_libraries(
        ctx,
        libraries,
        dylib = dylib.library,
        sources = [(source, _source_name(source) + "=%s") for source in sources],
        suffix = suffix,
    )

def _encode(ctx, module, *, suffix):
    """Makes a component of the core module."""
    args = ctx.actions.args()
    args.add(module)
    return make_component(
        ctx,
        subcommand = "new",
        args = args,
        inputs = depset([module]),
        mnemonic = "WasmComponentNew",
        progress_message = "Making component %{label}",
        suffix = suffix,
    )

def _impl(ctx):
    world = named_world(ctx)
    sources = _sources(ctx)
    dylib = make_dylib(
        ctx,
        world = world,
        async_filter = _async_filter(ctx),
        has_async = ctx.attr.interpreter[WasmInterpreterInfo].has_async,
        has_streams = ctx.attr.interpreter[WasmInterpreterInfo].has_streams,
    )

    # The check loads this module, also if the component is linked in the other way.
    module = _place(ctx, dylib = dylib.library, sources = sources)
    suffix = ".unloaded.wasm" if ctx.attr.preinit else ".wasm"
    if ctx.attr.link == "shared":
        component = _link(ctx, world = world, sources = sources, suffix = suffix)
    else:
        component = _encode(ctx, module, suffix = suffix)
    if ctx.attr.preinit:
        component = make_snapshot(ctx, component, scripts = module)
    return component_providers(
        ctx,
        component,
        output_groups = {
            "metadata": depset([dylib.metadata]),
            "module": depset([module]),
        },
        validations = [_check_scripts(ctx, module)],
        world = world,
    )

interpreted_component = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [WasmComponentInfo],
    toolchains = [
        COMPONENT_TOOLCHAIN,
        RUNNER_TOOLCHAIN,
    ],
)
