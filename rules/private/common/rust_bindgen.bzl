"""The action that generates Rust bindings."""

load("//rules/private/common:actions.bzl", "run_tool")
load("//rules/private/common:rust_bindgen_options.bzl", "add_options", "add_world_options")
load("//rules/private/common:toolchain_types.bzl", "WIT_BINDGEN_TOOLCHAIN", "WIT_TOOLCHAIN")

def generate(ctx, *, name, wit, deps, spans, options, features, world = None, world_options = None, generate_all = True, crates = None, crate_name = None, has_async = True, tree = False):
    """Declares the action that generates the bindings of a world, or of all interfaces of a package.

    Args:
      ctx: the context of a rule or an aspect with WIT_TOOLCHAIN and WIT_BINDGEN_TOOLCHAIN.
      name: string, the name of the outputs without an extension.
      wit: File, the package, as `wit` of a WitInfo.
      deps: depset[File], its dependencies, as `deps` of a WitInfo.
      spans: depset[File], source locations of its items.
      options: struct with the options of OPTION_ATTRS.
      features: depset[string], feature gates that the packages open.
      world: string or None, the world; without one, all interfaces of the package.
      world_options: struct or None, with the options of WORLD_OPTION_ATTRS.
      generate_all: bool, whether to generate interfaces of other packages that `with_` does not list.
      crates: depset[File] or None, descriptions of crates whose types are used.
      crate_name: string or None, the name of the crate if other crates can use its types.
      has_async: bool, whether the runtime supports async functions, futures and streams.
      tree: bool, whether to write a directory with a file for each module.

    Returns:
      (File, File or None): the source or the directory, and the description of the crate if it has a name.
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
    add_options(args, options)
    if world_options:
        add_world_options(args, world_options)
    if not has_async:
        args.add("--no-async")
    if not generate_all:
        args.add("--no-generate-all")
    if crates:
        args.add_all(crates, before_each = "--crate")
        inputs.append(crates)
    description = None
    if crate_name:
        description = ctx.actions.declare_file(name + ".crate.json")
        args.add("--crate-name", crate_name)
        args.add("--output-crate", description)
        outputs.append(description)
    if tree:
        args.add_all([source], before_each = "--output-tree", expand_directories = False)
    else:
        args.add("--output", source)
    run_tool(
        ctx,
        toolchain_type = WIT_TOOLCHAIN,
        subcommand = "bindgen-rust",
        args = args,
        inputs = depset(transitive = inputs),
        outputs = outputs,
        tools = [generator.tool],
        mnemonic = "WitBindgenRust",
        progress_message = "Generating Rust bindings %{label}",
    )
    return source, description
