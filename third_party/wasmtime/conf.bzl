"""Writes `wasmtime/conf.h`, which declares the features of a build of Wasmtime's C API. Pure functions."""

# The features of the prebuilt libraries, named like those of the crate. A test compares the functions that the headers
# declare with these features with those that the library exports.
PREBUILT_FEATURES = [
    "addr2line",
    "async",
    "cache",
    "component-model",
    "component-model-async",
    "coredump",
    "cranelift",
    "demangle",
    "gc",
    "gc-drc",
    "gc-null",
    "parallel-compilation",
    "pooling-allocator",
    "profiling",
    "threads",
    "wasi",
    "wasi-http",
    "wat",
]

_DEFINE = "#cmakedefine "
_PREFIX = "WASMTIME_FEATURE_"

def conf_header(template, features):
    """Expands the template `conf.h.in`.

    Args:
      template: string, the template.
      features: list[string], features of the crate.

    Returns:
      (err, string): the header. It is an error if the template lacks one of the features.
    """
    wanted = {_PREFIX + feature.upper().replace("-", "_"): feature for feature in features}
    lines = []
    known = {}
    for line in template.split("\n"):
        if line.startswith(_DEFINE):
            macro = line.removeprefix(_DEFINE).strip()
            known[macro] = None
            line = "#define " + macro if macro in wanted else "/* #undef {} */".format(macro)
        lines.append(line)
    for macro, feature in wanted.items():
        if macro not in known:
            return "the headers of Wasmtime do not know the feature `{}`\nhint: known features: {}".format(
                feature,
                ", ".join([name.removeprefix(_PREFIX).lower().replace("_", "-") for name in known]),
            ), None
    return None, "\n".join(lines)
