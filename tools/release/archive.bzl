"""release_archive: the archive of the tools in a release, for one platform."""

DOC = """Packs the tools for the platform that they run on, and writes a registry file with the hash of the archive.

Programs are built in the exec configuration. Equal programs result in an equal archive.

Outputs: `rules_wit-tools-<version>-<url_suffix>` and the same name with `.json` in place of `.tar.gz`.
"""

ATTRS = {
    "files": attr.label_keyed_string_dict(
        doc = "Further files, with their names in the archive.",
        allow_files = True,
    ),
    "platform": attr.string(
        doc = "The platform in the registry, such as `linux_amd64`.",
        mandatory = True,
    ),
    "programs": attr.label_keyed_string_dict(
        doc = "The programs, with their names in the archive.",
        cfg = "exec",
        mandatory = True,
    ),
    "tool": attr.label(
        doc = "The registry file whose `release` has the names.",
        allow_single_file = [".json"],
        mandatory = True,
    ),
    "url_suffix": attr.string(
        doc = "The end of the archive's name.",
        mandatory = True,
    ),
    "version": attr.string(
        doc = "The version of the release.",
        mandatory = True,
    ),
    "_packer": attr.label(
        default = Label("//tools/checksum_updater:checksum_updater_bin"),
        executable = True,
        cfg = "exec",
    ),
}

def _impl(ctx):
    archive = ctx.actions.declare_file("rules_wit-tools-{}-{}".format(ctx.attr.version, ctx.attr.url_suffix))
    index = ctx.actions.declare_file(archive.basename.removesuffix(".tar.gz") + ".json")
    args = ctx.actions.args()
    args.add("pack")
    args.add("--tool", ctx.file.tool)
    args.add("--version", ctx.attr.version)
    args.add("--platform", ctx.attr.platform)
    args.add("--url-suffix", ctx.attr.url_suffix)
    inputs = [ctx.file.tool]
    for program, name in ctx.attr.programs.items():
        executable = program[DefaultInfo].files_to_run.executable
        args.add(executable, format = "--program={}=%s".format(name))
        inputs.append(executable)
    for target, name in ctx.attr.files.items():
        file = target[DefaultInfo].files.to_list()[0]
        args.add(file, format = "--file={}=%s".format(name))
        inputs.append(file)
    args.add("--output", archive)
    args.add("--index", index)
    ctx.actions.run(
        executable = ctx.executable._packer,
        arguments = [args],
        inputs = inputs,
        outputs = [archive, index],
        mnemonic = "ReleaseArchive",
        progress_message = "Packing %{label}",
    )
    return [DefaultInfo(files = depset([archive, index]))]

release_archive = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
