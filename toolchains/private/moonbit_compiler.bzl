"""The rule moonbit_compiler, and its provider."""

load(":moonc.bzl", "CHECKED_TARGETS", "LINKED_TARGETS", "run_moonc")

DOC = """MoonBit's compiler, with its standard library compiled for each target.

The standard library is compiled for a target when an action needs it.

Output groups: `wasm`, `wasm-gc`, `js` and `native`, a directory with the standard library each.
"""

ATTRS = {
    "compiler": attr.label(
        doc = "The compiler as JavaScript: `moonc-worker.js` of its npm packages.",
        allow_single_file = [".js"],
        mandatory = True,
    ),
    "library": attr.label(
        doc = "The script that contains the standard library: `moonpad-monaco.js` of the npm package of the playground.",
        allow_single_file = [".js"],
        mandatory = True,
    ),
    "node": attr.label(
        doc = "Node.js, 18.3 or newer.",
        allow_files = True,
        executable = True,
        cfg = "exec",
        mandatory = True,
    ),
    "_main": attr.label(
        default = "//tools/moonc:main.mjs",
        allow_single_file = True,
    ),
    "_moonc": attr.label(
        default = "//tools/moonc",
    ),
}

MoonBitCompilerInfo = provider(
    doc = "MoonBit's compiler.",
    fields = {
        "compiler": "File, the compiler as JavaScript.",
        "core": "dict[string, File], target -> directory with the compiled standard library.",
        "moonc": "list[File], the program that runs the compiler, its main file first.",
        "node": "FilesToRunProvider, Node.js.",
    },
)

def _impl(ctx):
    main = ctx.file._main
    parts = struct(
        compiler = ctx.file.compiler,
        moonc = [main] + [file for file in ctx.files._moonc if file != main],
        node = ctx.attr.node[DefaultInfo].files_to_run,
    )
    core = {}
    for target in LINKED_TARGETS + CHECKED_TARGETS:
        directory = ctx.actions.declare_directory("{}_{}".format(ctx.label.name, target))
        args = ctx.actions.args()
        args.add("--library", ctx.file.library)
        args.add_all([directory], before_each = "--output", expand_directories = False)
        run_moonc(
            ctx,
            moonbit = parts,
            command = "core",
            label = str(ctx.label).removeprefix("@@"),
            target = target,
            args = args,
            inputs = depset([ctx.file.library]),
            outputs = [directory],
            mnemonic = "MoonBitStandardLibrary",
            progress_message = "Compiling MoonBit's standard library for {} %{{label}}".format(target),
            toolchain = None,
        )
        core[target] = directory
    return [
        DefaultInfo(files = depset([ctx.file.compiler])),
        OutputGroupInfo(**{target: depset([directory]) for target, directory in core.items()}),
        MoonBitCompilerInfo(
            compiler = parts.compiler,
            core = core,
            moonc = parts.moonc,
            node = parts.node,
        ),
    ]

moonbit_compiler = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [MoonBitCompilerInfo],
)
