"""Arguments of macros: their checks, and which targets of a macro get them."""

load("//checksums/private:versions.bzl", "nearest_name")

# Attributes of every rule that apply to each target that a macro declares.
_ALL_TARGETS = [
    "compatible_with",
    "deprecation",
    "exec_compatible_with",
    "exec_properties",
    "features",
    "package_metadata",
    "restricted_to",
]

# Those that apply to the target that the user names.
_NAMED_TARGET = ["target_compatible_with"]

def choice_error(name, value, values, hint):
    """Checks an argument that decides which targets a macro declares, so it cannot be a `select()`.

    Args:
      name: string, the name of the argument.
      value: object, its value.
      values: list[string], the allowed values.
      hint: string, what to do instead of a `select()`.

    Returns:
      string or None: the error, with a hint.
    """
    allowed = ", ".join(["`{}`".format(v) for v in values])
    if type(value) == "select":
        return "`{}` cannot be a select()\nhint: {}".format(name, hint)
    if value not in values:
        return "`{}` cannot be {}\nhint: use one of {}".format(name, repr(value), allowed)
    return None

def unsupported_error(kwargs, unsupported):
    """Checks that arguments do not contain some that would have no effect.

    Args:
      kwargs: dict[string, object], arguments.
      unsupported: dict[string, string], name of an argument -> what to use instead.

    Returns:
      string or None: the error, with a hint.
    """
    for name, hint in unsupported.items():
        if name in kwargs:
            return "`{}` has no effect on this target\nhint: {}".format(name, hint)
    return None

def typo_error(kwargs, known):
    """Checks that no argument is a misspelled argument of the macro. The rule that would get it knows none of these.

    Args:
      kwargs: dict[string, object], arguments that the macro passes on.
      known: list[string], the arguments that the macro uses itself.

    Returns:
      string or None: the error, with a hint.
    """
    for name in kwargs:
        meant = nearest_name(name, known, most = 2 if len(name) > 4 else 1)
        if meant:
            return "no argument `{}`\nhint: did you mean `{}`?".format(name, meant)
    return None

def split_common(kwargs):
    """Separates the attributes that every rule has from other arguments of a macro.

    Args:
      kwargs: dict[string, object], arguments.

    Returns:
      struct: `named`, the attributes for the target that the user names; `parts`, those for the other targets of the macro;
      and `rest`, the other arguments; each a dict[string, object].
    """
    shared = {name: kwargs[name] for name in _ALL_TARGETS if name in kwargs}
    own = {name: kwargs[name] for name in _NAMED_TARGET if name in kwargs}
    return struct(
        named = shared | own,
        parts = shared,
        rest = {name: value for name, value in kwargs.items() if name not in shared and name not in own},
    )

def part_attributes(common, *, tags, testonly):
    """Returns attributes of the targets of a macro that only its other targets build, for WebAssembly.

    `//...` does not build them, which would be for the host.

    Args:
      common: struct, the result of `split_common`.
      tags: list[string].
      testonly: bool or None.

    Returns:
      dict[string, object]
    """
    return common.parts | {
        "tags": tags + ["manual"],
        "testonly": testonly,
        "visibility": ["//visibility:private"],
    }
