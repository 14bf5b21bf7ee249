"""Options of wit-bindgen's Rust generator, as attributes."""

# Options of every crate of bindings: attribute -> (flag of `wit bindgen-rust`, default, documentation).
_OPTIONS = {
    "additional_derive_ignore": ("--generator-option=--additional-derive-ignore", [], "Types, by their WIT names, that do not derive `additional_derives`."),
    "additional_derives": ("--additional-derive", [], "Traits that every generated type derives as well, such as `PartialEq` or `Clone`."),
    "additional_member_attributes": ("--generator-option=--additional-member-attributes", {}, "Rust attributes of fields and cases, such as `#[serde(default)]`: WIT type, `.` and name of the field or case -> attribute."),
    "additional_type_attributes": ("--generator-option=--additional-type-attributes", {}, "Rust attributes of types: WIT type (`namespace:package/interface/type@version`) -> attribute."),
    "bitflags_path": ("--generator-option=--bitflags-path", "", "The Rust path of `bitflags`. Default: the one in the runtime crate."),
    "chainable_methods": ("--generator-option=--chainable-methods", [], "Methods without a result that return the resource instead: `all`, or `namespace:package/interface#resource.method`, with wit-bindgen's prefixes `-` and `&`."),
    "disable_run_ctors_once_workaround": ("--disable-run-ctors-once-workaround", False, "Do not limit constructors of a C library to one run."),
    "map_type": ("--generator-option=--map-type", "", "The Rust type of WIT's `map`."),
    "merge_structurally_equal_types": ("--generator-option=--merge-structurally-equal-types", False, "Generate one Rust type for WIT types with the same structure."),
    "raw_strings": ("--raw-strings", False, "Represent strings as bytes without checking that they are UTF-8."),
    "skip": ("--skip", [], "Functions to generate no bindings for."),
    "std_feature": ("--std-feature", False, "Use `std` only if the crate feature `std` is enabled."),
    "sync": ("--sync", [], "`async` functions to bind synchronously: `all`, `namespace:package/interface#function`, or one with `import:` or `export:` before it."),
    "wit_features": ("--feature", [], "Feature gates (`@unstable(feature = ...)`) to open, besides those that the packages open."),
    "with_": ("--with", {}, "WIT interface or type -> Rust path of existing bindings, or `generate`. (`with` is reserved in Starlark.)"),
}

_VALUES = {"ownership": ["owning", "borrowing", "borrowing-duplicate-if-necessary"]}

# Options of the crate of a world.
_WORLD_OPTIONS = {
    "disable_custom_section": ("--disable-custom-section", False, "Omit the function that makes a linker keep the custom section of the world."),
    "export_macro_name": ("--generator-option=--export-macro-name", "", "The name of the macro. Default: `export`."),
    "export_prefix": ("--generator-option=--export-prefix", "", "A prefix of the names of all exported functions, for tests. Such a module cannot become a component."),
    "ownership": ("--ownership", "owning", "How generated types own their data: `owning`, `borrowing` or `borrowing-duplicate-if-necessary`. Whether a type borrows depends on all functions of the world, so `crates` requires `owning`."),
    "stubs": ("--generator-option=--stubs", False, "Generate implementations of all exports, which panic."),
    "type_section_suffix": ("--type-section-suffix", "", "A suffix of the name of the custom section that describes the world."),
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

def _attrs(table):
    return {name: _attr(name, default, doc) for name, (_, default, doc) in table.items()}

OPTION_ATTRS = _attrs(_OPTIONS)
WORLD_OPTION_ATTRS = _attrs(_WORLD_OPTIONS)

# The values of OPTION_ATTRS of a rule that sets none of them.
DEFAULT_OPTIONS = struct(**{name: default for name, (_, default, _) in _OPTIONS.items()})

def split_options(kwargs):
    """Separates the options from other arguments of a macro.

    Args:
      kwargs: dict[string, object], arguments.

    Returns:
      (dict[string, object], dict[string, object]): the options, and the other arguments.
    """
    options = {name: value for name, value in kwargs.items() if name in _OPTIONS or name in _WORLD_OPTIONS}
    return options, {name: value for name, value in kwargs.items() if name not in options}

def is_default(options):
    """Returns whether all options of OPTION_ATTRS have their defaults.

    Args:
      options: struct with the options, such as `ctx.attr`.

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

def add_options(args, options):
    """Adds the options of OPTION_ATTRS to a command line.

    Args:
      args: Args.
      options: struct with the options, such as `ctx.attr`.
    """
    _add(args, options, _OPTIONS)

def add_world_options(args, options):
    """Adds the options of WORLD_OPTION_ATTRS to a command line.

    Args:
      args: Args.
      options: struct with the options, such as `ctx.attr`.
    """
    _add(args, options, _WORLD_OPTIONS)
