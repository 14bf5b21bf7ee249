"""The action that links shared libraries into a component."""

load("//rules/private/common:component.bzl", "make_component")

def link_libraries(ctx, libraries, *, dylib = None, adapters = {}, dl_openable = [], flags = [], sources = [], suffix = ".wasm"):
    """Declares an action that links shared libraries into the component `<name>.wasm`.

    What nothing reaches is removed, except with `-c dbg`, as the debug information goes too.

    Args:
      ctx: the context of a rule with COMPONENT_TOOLCHAIN.
      libraries: list[File], which have their base names in the component.
      dylib: File, the library of a world. Its name in the component does not depend on the target.
      adapters: dict[string, File], the module that libraries import -> the core module that implements it.
      dl_openable: list[File], libraries that `dlopen` finds.
      flags: list[string], options of `component link`.
      sources: list[tuple[File, string]], the scripts of an interpreter, and a format for `NAME=FILE`.
      suffix: string, the end of the component's file name, after the name of the target.

    Returns:
      File, the component.
    """
    args = ctx.actions.args()
    args.add_all(flags)
    if ctx.var["COMPILATION_MODE"] != "dbg":
        args.add("--remove-unused")
    for name, adapter in adapters.items():
        args.add("--adapt", adapter, format = name.replace("%", "%%") + "=%s")
    for library in dl_openable:
        args.add("--dl-openable", library, format = library.basename.replace("%", "%%") + "=%s")
    for source, source_format in sources:
        args.add("--source", source, format = source_format)
    for library in libraries:
        args.add(library, format = library.basename.replace("%", "%%") + "=%s")
    if dylib:
        args.add(dylib, format = "world.so=%s")
    return make_component(
        ctx,
        subcommand = "link",
        args = args,
        inputs = depset(libraries + ([dylib] if dylib else []) + adapters.values() + dl_openable + [source for source, _ in sources]),
        mnemonic = "WasmComponentLink",
        progress_message = "Linking component %{label}",
        suffix = suffix,
    )
