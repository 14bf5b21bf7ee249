"""wit_host_bindgen_c: C bindings for programs that run components of a world."""

load("@rules_cc//cc:cc_library.bzl", "cc_library")
load("//rules/private:wit_host_bindgen_c_source.bzl", "wit_host_bindgen_c_source")
load("//rules/private/common:macro_args.bzl", "split_common")

def wit_host_bindgen_c(
        name,
        wit,
        world,
        prefix = "",
        skip_imports = ["wasi:*"],
        wit_features = [],
        deps = [],
        tags = [],
        testonly = None,
        visibility = None,
        **kwargs):
    """Generates C bindings for programs that run components of a world, as a `cc_library`.

    ```starlark
    wit_host_bindgen_c(
        name = "plugin_host",
        wit = "//wit:plugin",
        world = "plugin",
    )

    cc_binary(
        name = "host",
        srcs = ["host.c"],
        data = [":plugin"],    # a component
        deps = [":plugin_host"],
    )
    ```

    The header is `<package>/<name>.h`. It declares the types of the world, a structure with a function pointer for each
    import, and a function for each export. [hosts.md](hosts.md) describes how types are mapped, and who owns values.
    Wasmtime's C API is a dependency of the library.

    Async functions, `future`, `stream`, `error-context`, `map` and lists of fixed length have no equivalent; a world with
    them is an error that names the function.

    Args:
      name: string, the name of the target, and of the header without `.h`.
      wit: label, the `wit_library` that declares the world.
      world: string, the world: `name`, or `namespace:package/name@version`.
      prefix: string, the start of all names in C. Default: the name of the world.
      skip_imports: list[string], imported interfaces to leave out, as the host adds them to the linker in another way. A
        trailing `*` stands for any text. Default: those of WASI, which `wasmtime_component_linker_add_wasip2` adds.
      wit_features: list[string], feature gates (`@unstable(feature = ...)`) to open, besides those that the packages open.
      deps: list[label], further dependencies of the library.
      tags: list[string].
      testonly: bool.
      visibility: list[label].
      **kwargs: further attributes of `cc_library`.
    """
    common = split_common(kwargs)
    wit_host_bindgen_c_source(
        name = name + "_source",
        library = name,
        wit = wit,
        world = world,
        prefix = prefix,
        skip_imports = skip_imports,
        wit_features = wit_features,
        tags = tags,
        testonly = testonly,
        visibility = ["//visibility:private"],
        **common.parts
    )
    native.filegroup(
        name = name + "_header",
        srcs = [name + "_source"],
        output_group = "header",
        tags = tags,
        testonly = testonly,
        visibility = ["//visibility:private"],
        **common.parts
    )
    cc_library(
        name = name,
        srcs = [name + "_source"],
        hdrs = [name + "_header"],
        deps = deps + [Label("//rules/runtime/host")],
        tags = tags,
        testonly = testonly,
        visibility = visibility,
        **kwargs
    )
