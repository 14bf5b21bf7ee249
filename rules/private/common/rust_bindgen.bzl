"""The action that generates Rust bindings, and its options."""

load("//rules/private/common:actions.bzl", "WIT_BINDGEN_TOOLCHAIN", "WIT_TOOLCHAIN", "run_tool")

# What concerns all bindings, whichever crate they are in: attribute -> (flag of the tool, default, documentation).
_OPTIONS = {
    "additional_derive_ignore": ("--generator-option=--additional-derive-ignore", [], "Types, as WIT names them, that get no `additional_derives`."),
    "additional_derives": ("--additional-derive", [], "Traits that every generated type derives too, such as `PartialEq` or `Clone`."),
    "additional_member_attributes": ("--generator-option=--additional-member-attributes", {}, "WIT type, a `.` and its field or case -> attribute that it gets in Rust, such as `#[serde(default)]`."),
    "additional_type_attributes": ("--generator-option=--additional-type-attributes", {}, "WIT type (`namespace:package/interface/type@version`) -> attribute that it gets in Rust."),
    "async_": ("--async", [], "What is async: `all`, a function, `import:...`, `export:...`; `-` before it negates."),
    "bitflags_path": ("--generator-option=--bitflags-path", "", "The Rust path of `bitflags`, if not the runtime's."),
    "chainable_methods": ("--generator-option=--chainable-methods", [], "Methods without a result that give the resource back: `all`, or `namespace:package/interface#resource.method`; `-` and `&` before it as wit-bindgen has them."),
    "disable_run_ctors_once_workaround": ("--disable-run-ctors-once-workaround", False, "Let constructors of a libc run as often as the linker wants."),
    "map_type": ("--generator-option=--map-type", "", "The Rust type of WIT's `map`."),
    "merge_structurally_equal_types": ("--generator-option=--merge-structurally-equal-types", False, "One Rust type for WIT types that are alike."),
    "raw_strings": ("--raw-strings", False, "Give strings as bytes, unchecked."),
    "skip": ("--skip", [], "Functions that get no bindings."),
    "std_feature": ("--std-feature", False, "Guard the use of `std` by a crate feature `std`."),
    "wit_features": ("--feature", [], "Feature gates (`@unstable(feature = ...)`) that are open, besides those of the packages."),
    "with_": ("--with", {}, "WIT interface or type -> Rust path that has it already, or `generate`."),
}

_VALUES = {"ownership": ["owning", "borrowing", "borrowing-duplicate-if-necessary"]}

# What concerns the crate of the world alone.
_WORLD_OPTIONS = {
    "disable_custom_section": ("--disable-custom-section", False, "Leave out the function that makes a linker keep the description of the world."),
    "export_macro_name": ("--generator-option=--export-macro-name", "", "The name of the macro, if not `export`."),
    "export_prefix": ("--generator-option=--export-prefix", "", "What the names of all exported functions begin with. For tests: such a module is no component."),
    "ownership": ("--ownership", "owning", "How generated types own their data: `owning`, `borrowing`, or `borrowing-duplicate-if-necessary`. Whether a type borrows depends on all functions of a world that use it, so crates of packages are `owning`."),
    "stubs": ("--generator-option=--stubs", False, "Generate implementations of all exports that panic."),
    "type_section_suffix": ("--type-section-suffix", "", "Appended to the name of the custom section that describes the world."),
}

def _attr(name, default, doc):
    kind = type(default)
    if kind == "bool":
        return attr.bool(doc = doc)
    if kind == "list":
        return attr.string_list(doc = doc)
    if kind == "dict":
        return attr.string_dict(doc = doc)
    return attr.string(doc = doc, default = default, values = _VALUES.get(name, []))

OPTIONS = {
    name: _attr(name, default, doc)
    for name, (_, default, doc) in _OPTIONS.items()
}

WORLD_OPTIONS = {
    name: _attr(name, default, doc)
    for name, (_, default, doc) in _WORLD_OPTIONS.items()
}

DEFAULTS = struct(**{name: default for name, (_, default, _) in _OPTIONS.items()})

def crate_options(kwargs):
    """Picks the options that concern all crates.

    Args:
      kwargs: dict, arguments of a macro.

    Returns:
      dict
    """
    return {name: value for name, value in kwargs.items() if name in _OPTIONS}

def world_options(kwargs):
    """Picks the options that concern the crate of the world alone.

    Args:
      kwargs: dict, arguments of a macro.

    Returns:
      dict
    """
    return {name: value for name, value in kwargs.items() if name in _WORLD_OPTIONS}

def is_default(options):
    """Tells whether all options that concern more than the world's crate have their defaults.

    Args:
      options: struct, such as `ctx.attr`.

    Returns:
      bool
    """
    return all([getattr(options, name) == default for name, (_, default, _) in _OPTIONS.items()])

def _add(args, options, table):
    for name, (flag, default, _) in table.items():
        value = getattr(options, name)
        if value == default:
            continue
        if type(default) == "bool":
            args.add(flag)
        elif type(default) == "list":
            args.add_all(value, format_each = flag + "=%s")
        elif type(default) == "dict":
            args.add_all(["%s=%s" % item for item in sorted(value.items())], format_each = flag + "=%s")
        else:
            args.add(value, format = flag + "=%s")

def generate(ctx, *, name, wit, deps, spans, options, features, world = None, world_options = None, generate_all = True, crates = None, crate_name = None, tree = False):
    """Declares the action that generates the bindings of a world, or of all interfaces of a package.

    Args:
      ctx: the context of a rule or an aspect that has WIT_TOOLCHAIN and WIT_BINDGEN_TOOLCHAIN.
      name: string, what the names of the outputs begin with.
      wit: File, the package in normal form.
      deps: depset[File], the packages that it depends on.
      spans: depset[File], where items are declared in the sources.
      options: struct with all of OPTIONS.
      features: depset[string], feature gates that the packages have open.
      world: string or None, the world; all interfaces of the package, if there is none.
      world_options: struct or None, with all of WORLD_OPTIONS.
      generate_all: bool, generate what `with_` does not name.
      crates: depset[File] or None, the descriptions of crates whose types are used.
      crate_name: string or None, the name of the crate, if others are to use its types.
      tree: bool, make a directory with a file for each module.

    Returns:
      (File, File or None): the source or the directory, and the description of the crate.
    """
    generator = ctx.toolchains[WIT_BINDGEN_TOOLCHAIN]
    source = ctx.actions.declare_directory(name) if tree else ctx.actions.declare_file(name + ".rs")
    outputs = [source]
    inputs = [depset([wit]), deps, spans]
    args = ctx.actions.args()
    args.add("--wit", wit)
    args.add_all(deps, before_each = "--dep")
    args.add_all(spans, before_each = "--spans")
    args.add("--generator", generator.tool.executable)
    if generator.version:
        args.add("--generator-version", generator.version)
    if world:
        args.add("--world", world)
    else:
        args.add("--package")
    args.add_all(features, before_each = "--feature")
    _add(args, options, _OPTIONS)
    if world_options:
        _add(args, world_options, _WORLD_OPTIONS)
    if not generate_all:
        args.add("--no-generate-all")
    if crates:
        args.add_all(crates, before_each = "--crate")
        inputs.append(crates)
    description = None
    if crate_name:
        description = ctx.actions.declare_file(name + ".crate.json")
        args.add("--crate-name", crate_name)
        args.add("--out-crate", description)
        outputs.append(description)
    if tree:
        args.add_all([source], before_each = "--out-tree", expand_directories = False)
    else:
        args.add("--out", source)
    run_tool(
        ctx,
        WIT_TOOLCHAIN,
        "bindgen-rust",
        args,
        inputs = depset(transitive = inputs),
        outputs = outputs,
        mnemonic = "WitBindgenRust",
        progress_message = "Generating Rust bindings %{label}",
        tools = [generator.tool],
    )
    return source, description
