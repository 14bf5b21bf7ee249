"""Programs that push to an OCI registry, for `bazel run`."""

load("//rules/private/common:labels.bzl", "label_text")
load("//rules/private/common:launch.bzl", "launch_tool", "runfiles_path")
load("//rules/private/common:provenance.bzl", "PROVENANCE_ATTRS", "make_provenance")
load("//rules/private/common:toolchain_types.bzl", "PUBLISHER_TOOLCHAIN")

PUSH_ATTRS = PROVENANCE_ATTRS | {
    "annotations": attr.string_dict(
        doc = "Annotations of the artifact: name -> value.",
    ),
    "package": attr.string(
        doc = "`namespace:name@version`. The version is the default tag and an annotation, and the name is that of the file in " +
              "the artifact. The reference that `wkg` expects ends in `/namespace/name`.",
    ),
    "plain_http": attr.bool(
        doc = "Whether to use http, for a registry on this machine or in a trusted network.",
    ),
    "provenance": attr.bool(
        doc = "Whether to attach a CycloneDX document to the artifact.",
        default = True,
    ),
    "reference": attr.string(
        doc = "`registry/repository` or `registry/repository:tag`. Without a tag, the version of `package`, or `latest`.",
        mandatory = True,
    ),
    "repository_tags": attr.string_list(
        doc = "Further tags of the artifact.",
    ),
}

def push_program(ctx, target, file):
    """Declares the program that pushes a file.

    Args:
      ctx: the context of a rule with PUSH_ATTRS and PUBLISHER_TOOLCHAIN.
      target: Target, with `provenance_aspect`.
      file: File, a component or an encoded WIT package.

    Returns:
      list[Provider]: DefaultInfo with the program, and OutputGroupInfo with `artifact` (the file) and `provenance`.
    """
    args = ctx.actions.args()
    args.add("push")
    args.add("--label", label_text(ctx.label))
    args.add_all([file], map_each = runfiles_path)
    args.add("--reference", ctx.attr.reference)
    args.add_all(ctx.attr.repository_tags, before_each = "--tag")
    args.add_all(
        ["{}={}".format(name, value) for name, value in sorted(ctx.attr.annotations.items())],
        before_each = "--annotation",
    )
    if ctx.attr.package:
        args.add("--package", ctx.attr.package)
    if ctx.attr.plain_http:
        args.add("--plain-http")
    documents = []
    if ctx.attr.provenance:
        documents = [make_provenance(ctx, target, file, package = ctx.attr.package)]
        args.add_all(documents, before_each = "--provenance", map_each = runfiles_path)
    return launch_tool(
        ctx,
        tool = ctx.toolchains[PUBLISHER_TOOLCHAIN],
        args = args,
        runfiles = [ctx.runfiles([file] + documents)],
    ) + [OutputGroupInfo(artifact = depset([file]), provenance = depset(documents))]
