"""Settings of Rust crates that are compiled for WebAssembly."""

load("//rules/private/common:macro_args.bzl", "choice_error")

# A Label, so that a module that uses these rules need not depend on `platforms`.
WASM_ONLY = [Label("@platforms//cpu:wasm32")]

_COVERAGE = Label("//rules/private:coverage")

# Flags of rustc for each value of `optimize`. Fat LTO also removes unused parts of the standard library.
OPTIMIZE_FLAGS = {
    "size": ["-Copt-level=s", "-Clto=fat", "-Ccodegen-units=1"],
    "speed": ["-Copt-level=3", "-Clto=fat", "-Ccodegen-units=1"],
}

# DWARF of the standard library is most of a small guest, and slows down linking. Names are kept.
NO_DWARF = select({
    Label("//rules/private:dbg"): [],
    "//conditions:default": ["-Cstrip=debuginfo"],
})

# Attributes of a crate that `bazel coverage` instruments, to add to those of the same names. Rust has no profiler runtime for
# WebAssembly, and the compiler must not ask for it; in a stable release, that takes a variable. A crate tells the runner where
# the counters are. `force` links it, although no source names it.
COVERAGE = {
    "deps": select({
        _COVERAGE: [Label("//rules/runtime/coverage")],
        "//conditions:default": [],
    }),
    "rustc_env_files": select({
        _COVERAGE: [Label("//rules/runtime/coverage:unstable.env")],
        "//conditions:default": [],
    }),
    "rustc_flags": select({
        _COVERAGE: [
            "-Cinstrument-coverage",
            "-Zno-profiler-runtime",
            "-Zunstable-options",
            "--extern=force:rules_wit_coverage",
        ],
        "//conditions:default": [],
    }),
}

def optimize_error(value):
    """Checks the argument `optimize` of a macro, which chooses flags by it.

    Args:
      value: object, its value.

    Returns:
      string or None: the error, with a hint.
    """
    return choice_error(
        "optimize",
        value,
        ["auto", "none"] + sorted(OPTIMIZE_FLAGS),
        "`auto` follows `--compilation_mode`; for other conditions, declare a target for each value and an `alias` that selects one",
    )

def crate_name(target):
    """Makes a name of a crate from the name of a target.

    Args:
      target: string.

    Returns:
      string, a Rust identifier.
    """
    name = "".join([c if c.isalnum() or c == "_" else "_" for c in target.elems()])
    return "_" + name if name[0].isdigit() else name
