"""Actions that compile and link MoonBit, and their attributes."""

load("//rules/private/common:labels.bzl", "error_text", "label_text")
load("//rules/private/common:toolchain_types.bzl", "MOONBIT_TOOLCHAIN")
load("//rules/private/providers:moonbit_info.bzl", "MoonBitInfo")
load("//toolchains/private:moonc.bzl", "run_moonc")

# The attributes of rules that compile sources.
COMPILE_ATTRS = {
    "aliases": attr.label_keyed_string_dict(
        doc = "Names of dependencies in sources, `@name`, in place of the last part of their import path.",
        providers = [MoonBitInfo],
    ),
    "deps": attr.label_list(
        doc = "The libraries and bindings that the sources import. Packages of the standard library need no dependency.",
        providers = [MoonBitInfo],
    ),
    "warnings": attr.string(
        doc = "Whether to `show` warnings of the compiler, to `hide` them, or to treat them as an `error`.",
        default = "show",
        values = ["show", "hide", "error"],
    ),
}

_ALIAS_CHARS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

def import_path_of(label, import_path):
    """Returns the path by which other packages import a library, or the error.

    Args:
      label: Label, the library.
      import_path: string, the attribute `import_path`, or empty.

    Returns:
      (err, string): the path.
    """
    path = import_path
    if not path:
        folder = label.package
        path = folder if folder.rpartition("/")[2] == label.name else "{}/{}".format(folder, label.name).lstrip("/")
    name = path.rpartition("/")[2]
    if not name or name[0].isdigit() or [c for c in name.elems() if c not in _ALIAS_CHARS]:
        return "the last part of the import path `{}` is not a name in MoonBit\nhint: set `import_path` to a path whose last part consists of letters, digits and `_`".format(path), None
    if path.startswith("moonbitlang/core") or " " in path or ":" in path or "=" in path:
        return "invalid import path `{}`\nhint: set another `import_path`".format(path), None
    return None, path

def source_name(file):
    """Returns the name of a source in messages, with `%` doubled for a format."""
    return file.short_path.removeprefix("../").replace("%", "%%")

def deps_of(ctx, target):
    """Returns the dependencies of a rule with COMPILE_ATTRS. Fails if one cannot be compiled for the target.

    Args:
      ctx: the rule's context.
      target: string.

    Returns:
      list[MoonBitInfo]
    """
    for dep in ctx.attr.deps:
        if target not in dep[MoonBitInfo].direct:
            fail(error_text(ctx.label, "`{}` cannot be compiled for `{}`\nhint: bindings are for `wasm` only".format(label_text(dep.label), target)))
    return [dep[MoonBitInfo] for dep in ctx.attr.deps]

def imports_of(ctx):
    """Returns the packages that a rule with COMPILE_ATTRS imports.

    Args:
      ctx: the rule's context.

    Returns:
      list[string], `path=alias`.
    """
    imports = []
    for dep in ctx.attr.deps:
        alias = {d.label: alias for d, alias in ctx.attr.aliases.items()}.get(dep.label)
        path = dep[MoonBitInfo].path
        if path:
            imports.append("{}={}".format(path, alias or path.rpartition("/")[2]))
    return imports

def can_compile(ctx, target):
    """Whether all dependencies of a rule with COMPILE_ATTRS can be compiled for a target."""
    return not [dep for dep in ctx.attr.deps if target not in dep[MoonBitInfo].direct]

def add_deps(ctx, args, target):
    """Adds the dependencies of a rule with COMPILE_ATTRS to a command line of `moonc`.

    Args:
      ctx: the rule's context.
      args: Args.
      target: string.

    Returns:
      depset[File], the directories that the options name.
    """
    for dep in ctx.attr.aliases:
        if dep.label not in [d.label for d in ctx.attr.deps]:
            fail(error_text(ctx.label, "`aliases` names `{}`, which is not in `deps`\nhint: add it to `deps`".format(label_text(dep.label))))
    aliases = {dep.label: alias for dep, alias in ctx.attr.aliases.items()}
    for dep in ctx.attr.deps:
        args.add_all(
            [dep[MoonBitInfo].direct[target]],
            before_each = "--import",
            expand_directories = False,
            format_each = "%s=" + aliases[dep.label] if dep.label in aliases else "%s",
        )
    packages = depset(order = "postorder", transitive = [dep.packages[target] for dep in deps_of(ctx, target)])
    args.add_all(packages, before_each = "--packages", expand_directories = False)
    return packages

def compile_packages(ctx, *, command, target, name, args, inputs, progress_message):
    """Declares an action that compiles packages.

    Args:
      ctx: the context of a rule with MOONBIT_TOOLCHAIN.
      command: string, the command of `moonc`.
      target: string.
      name: string, the name of the output.
      args: Args, the arguments that only this command has.
      inputs: depset[File].
      progress_message: string, with `%{label}`.

    Returns:
      File, the directory with the compiled packages.
    """
    moonbit = ctx.toolchains[MOONBIT_TOOLCHAIN]
    directory = ctx.actions.declare_directory(name)
    core = moonbit.core[target]
    _add_core(args, core)
    if ctx.var["COMPILATION_MODE"] == "dbg":
        args.add("--no-opt")
    args.add_all([directory], before_each = "--output", expand_directories = False)
    run_moonc(
        ctx,
        moonbit = moonbit,
        command = command,
        label = label_text(ctx.label),
        target = target,
        args = args,
        inputs = depset([core], transitive = [inputs]),
        outputs = [directory],
        mnemonic = "MoonBitBuild",
        progress_message = progress_message,
        toolchain = MOONBIT_TOOLCHAIN,
    )
    return directory

def link_packages(ctx, *, target, packages, args, output, inputs = depset()):
    """Declares an action that links packages.

    Args:
      ctx: the context of a rule with MOONBIT_TOOLCHAIN.
      target: string.
      packages: depset[File], directories of compiled packages, each after those that it imports.
      args: Args, the arguments that name the program and its exports.
      output: File, the module.
      inputs: depset[File], further inputs.
    """
    moonbit = ctx.toolchains[MOONBIT_TOOLCHAIN]
    core = moonbit.core[target]
    _add_core(args, core)
    if ctx.var["COMPILATION_MODE"] == "dbg":
        args.add("--no-opt")
    args.add_all(packages, before_each = "--packages", expand_directories = False)
    args.add("--output", output)
    run_moonc(
        ctx,
        moonbit = moonbit,
        command = "link",
        label = label_text(ctx.label),
        target = target,
        args = args,
        inputs = depset([core], transitive = [packages, inputs]),
        outputs = [output],
        mnemonic = "MoonBitLink",
        progress_message = "Linking %{label}",
        toolchain = MOONBIT_TOOLCHAIN,
    )

def _add_core(args, core):
    args.add_all([core], before_each = "--core", expand_directories = False)
