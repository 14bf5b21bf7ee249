"""Names of crates with the bindings of a WIT package."""

load("//rules/private/common:labels.bzl", "label_text")

_WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

# Keywords, and crates that generated code names or that are always there.
_RESERVED = [
    "Self",
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "wit_bindgen",
    "yield",
]

def _escaped(char):
    """Returns what stands for a character that a crate's name cannot have."""
    if char in "/:":
        return "_"

    # The hash of a single character is its code.
    return "__" if char == "-" else "___%x" % hash(char)

def package_crate_name(label):
    """Makes the name of the crate of a WIT package.

    The parts of the label are joined by `_`. `-` becomes `__`, and any other character `___` with its code. So two labels
    have the same name only if one has `_` where the other has something else; `check_crate_names` finds these.

    Args:
      label: Label, the `wit_library` of the package.

    Returns:
      string
    """

    # Canonical names of repositories have other separators in other versions of Bazel.
    repository = label.repo_name.replace("~", "_").replace("+", "_")
    parts = [part for part in [repository, label.package, label.name] if part]
    name = "".join([c if c in _WORD else _escaped(c) for c in ":".join(parts).elems()])
    if name[0].isdigit():
        return "_" + name
    return name + "_" if name in _RESERVED else name

def check_crate_names(labels, *, own = None):
    """Finds two crates of one name among those of a world.

    Args:
      labels: list[Label], the `wit_library` of each package.
      own: string or None, the name of the crate of the world.

    Returns:
      string or None, an error with a hint.
    """
    names = {}
    for label in labels:
        name = package_crate_name(label)
        other = names.setdefault(name, label)
        if other != label:
            return "the crates of `{}` and of `{}` would both be called `{}`\nhint: rename one of the two targets".format(
                label_text(other),
                label_text(label),
                name,
            )
    if own in names:
        return "the crate of `{}` is called `{}` too\nhint: set another `crate_name`".format(label_text(names[own]), own)
    return None
