"""The features of Wasmtime's C API. Pure functions."""

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

def crate_features(manifest):
    """Reads the features of a crate.

    Args:
      manifest: string, the text of the `Cargo.toml` of a published crate, which cargo has written.

    Returns:
      dict[string, list[string]]: each feature but `default` -> the features of the crate that it enables.
    """
    found = {}
    values = []
    for line in manifest.partition("\n[features]\n")[2].partition("\n[")[0].split("\n"):
        name, equals, rest = line.partition(" = ")
        if equals:
            values = found.setdefault(name, [])
        values.extend((rest if equals else line).split("\"")[1::2])
    return {
        name: [value for value in values if value in found and value != "default"]
        for name, values in found.items()
        if name != "default"
    }

def enabled_features(chosen, known, version, is_prebuilt):
    """Returns the features of the library.

    Args:
      chosen: list[string], the value of the build setting.
      known: dict[string, list[string]], the result of `crate_features`.
      version: string, the version of Wasmtime.
      is_prebuilt: bool, whether the library is the prebuilt one.

    Returns:
      (err, list[string]): the features, and those that they enable, sorted.
    """
    if is_prebuilt and sorted(chosen) != sorted(PREBUILT_FEATURES):
        return "the prebuilt library of wasmtime {} has other features than `--@rules_wit//toolchains/wasmtime:features`\nhint: compile the library with `--@rules_wit//toolchains/wasmtime:strategy=source`".format(version), None
    unknown = [feature for feature in chosen if feature not in known]
    if unknown:
        return "the C API of wasmtime {} has no feature `{}`\nhint: set `--@rules_wit//toolchains/wasmtime:features` to some of: {}".format(
            version,
            "`, `".join(unknown),
            ", ".join(sorted(known)),
        ), None
    enabled = {feature: None for feature in chosen}
    for _ in known:
        enabled |= {other: None for feature in enabled for other in known[feature]}
    return None, sorted(enabled)
