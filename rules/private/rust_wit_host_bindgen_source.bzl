"""rust_wit_host_bindgen_source: the Rust source of a world's bindings for hosts."""

load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:labels.bzl", "error_text", "label_text")
load("//rules/private/common:toolchain_types.bzl", "WASMTIME_BINDGEN_TOOLCHAIN", "WIT_TOOLCHAIN")
load("//rules/private/common:wit_bindgen_runtime.bzl", "wit_bindgen_runtime_aspect")
load("//rules/private/common:world.bzl", "add_world", "named_world", "world_attrs")
load("//rules/private/providers:wit_bindgen_runtime_info.bzl", "WitBindgenRuntimeInfo")
load("//toolchains:tool_versions.bzl", "TOOL_VERSIONS")

DOC = """Generates the root source of a crate with the host bindings of a world, which `rust_wit_host_bindgen` compiles."""

# The options of the generator: those of the macro `rust_wit_host_bindgen`, which documents them.
OPTION_ATTRS = {
    "additional_derives": attr.string_list(
        doc = "Traits that every generated type derives as well.",
    ),
    "anyhow": attr.bool(
        doc = "Use `anyhow::Result` in place of `wasmtime::Result` for imports.",
    ),
    "component_type": attr.bool(
        doc = "Add the constant `COMPONENT_TYPE`, the encoded world.",
    ),
    "exports": attr.string_list_dict(
        doc = "`default` or an exported function -> flags.",
    ),
    "imports": attr.string_list_dict(
        doc = "`default` or an imported function -> flags.",
    ),
    "ownership": attr.string(
        doc = "How types in parameters of exports own their data.",
        default = "owning",
        values = [
            "borrowing",
            "borrowing-duplicate-if-necessary",
            "owning",
        ],
    ),
    "require_store_data_send": attr.bool(
        doc = "Require that the data of a store is `Send`.",
    ),
    "trappable_errors": attr.string_dict(
        doc = "WIT error type, `namespace:package/interface@version.type` -> Rust type.",
    ),
    "with_": attr.string_dict(
        doc = "WIT interface or type -> Rust path of existing bindings.",
    ),
}

ATTRS = world_attrs(mandatory = True) | OPTION_ATTRS | {
    "wasmtime": attr.label(
        doc = "The crate `wasmtime` that the generated code calls.",
        aspects = [wit_bindgen_runtime_aspect],
        mandatory = True,
    ),
}

# Flags of functions.
_FLAGS = ["async", "exact", "store", "tracing", "trappable", "verbose_tracing"]

def flags_error(attribute, rules):
    """Checks the flags of functions.

    Args:
      attribute: string, the name of the attribute.
      rules: dict[string, list[string]], its value.

    Returns:
      string or None: the error, with a hint.
    """
    for function, flags in rules.items():
        for flag in flags:
            if flag not in _FLAGS:
                return "unknown flag `{}` of `{}` in `{}`\nhint: use some of {}".format(
                    flag,
                    function,
                    attribute,
                    ", ".join(["`{}`".format(known) for known in _FLAGS]),
                )
    return None

def engine_error(generator, engine, label):
    """Checks that bindings work with a crate `wasmtime`.

    Args:
      generator: string, the version of Wasmtime that the bindings are generated for.
      engine: string, the version of the crate; empty if its rule has none.
      label: string, the crate.

    Returns:
      string or None: the error, with a hint.
    """
    major = generator.partition(".")[0]
    if engine.partition(".")[0] == major:
        return None
    what = "is version {}".format(engine) if engine and engine != "0.0.0" else "has no `version`"
    return "bindings for hosts require wasmtime {major}, but `{label}` {what}\nhint: depend on wasmtime {major}, or on rules_wit in the version for yours".format(
        label = label,
        major = major,
        what = what,
    )

def _add_dict(args, option, values):
    args.add_all(["%s=%s" % item for item in sorted(values.items())], before_each = option)

def _impl(ctx):
    wasmtime = ctx.attr.wasmtime[WitBindgenRuntimeInfo]
    err = engine_error(TOOL_VERSIONS["wasmtime"], wasmtime.version, label_text(wasmtime.label))
    err = err or flags_error("exports", ctx.attr.exports) or flags_error("imports", ctx.attr.imports)
    if err:
        fail(error_text(ctx.label, err))
    generator = ctx.toolchains[WASMTIME_BINDGEN_TOOLCHAIN].tool
    source = ctx.actions.declare_file(ctx.label.name + ".rs")
    args = ctx.actions.args()
    args.add("--generator", generator.executable)
    inputs = add_world(args, named_world(ctx), spans = True)
    args.add_all(ctx.attr.additional_derives, before_each = "--additional-derive")
    for option, rules in [("--exports", ctx.attr.exports), ("--imports", ctx.attr.imports)]:
        _add_dict(args, option, {function: ",".join(flags) for function, flags in rules.items()})
    _add_dict(args, "--trappable-error", ctx.attr.trappable_errors)
    _add_dict(args, "--with", ctx.attr.with_)
    args.add("--ownership", ctx.attr.ownership)
    for option, is_set in [
        ("--anyhow", ctx.attr.anyhow),
        ("--component-type", ctx.attr.component_type),
        ("--require-store-data-send", ctx.attr.require_store_data_send),
    ]:
        if is_set:
            args.add(option)
    args.add("--output", source)
    run_tool(
        ctx,
        toolchain_type = WIT_TOOLCHAIN,
        subcommand = "host-bindgen-rust",
        args = args,
        inputs = inputs,
        outputs = [source],
        tools = [generator],
        mnemonic = "WitHostBindgenRust",
        progress_message = "Generating Rust host bindings %{label}",
    )
    return [
        DefaultInfo(files = depset([source])),
        # What rust-analyzer builds before it reads the crate.
        OutputGroupInfo(rust_generated_srcs = depset([source])),
    ]

rust_wit_host_bindgen_source = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    toolchains = [
        WASMTIME_BINDGEN_TOOLCHAIN,
        WIT_TOOLCHAIN,
    ],
)
