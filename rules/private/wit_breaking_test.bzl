"""wit_breaking_test: a test for breaking changes of a WIT package."""

load("//rules/private/common:labels.bzl", "error_text", "label_text")
load("//rules/private/common:launch.bzl", "launch_tool", "runfiles_path")
load("//rules/private/common:toolchain_types.bzl", "WIT_TOOLCHAIN")
load("//rules/private/providers:wit_info.bzl", "WitInfo")

DOC = """Compares a WIT package with an earlier one, and fails if a change breaks guests or hosts.

```starlark
wit_library(
    name = "greeter",
    srcs = ["greeter.wit"],
)

wit_breaking_test(
    name = "greeter_breaking_test",
    baseline = ["baseline/greeter-1.0.0.wit"],
    current = ":greeter",
)
```

[breaking.md](breaking.md) lists the breaking changes, and which side each one breaks.
"""

ATTRS = {
    "baseline": attr.label_list(
        doc = "The earlier package: its `wit_library`, `.wit` files, a directory with them, or a package encoded as " +
              "WebAssembly. List files where tests run remotely: Bazel does not send source directories to them. " +
              "Dependencies that are missing here come from `current`.",
        allow_files = True,
        mandatory = True,
        allow_empty = False,
    ),
    "current": attr.label(
        doc = "The `wit_library` of the current package.",
        providers = [WitInfo],
        mandatory = True,
    ),
    "semver": attr.bool(
        doc = "Allow breaking changes if the version of `current` permits them.",
    ),
    "strict": attr.bool(
        doc = "Also fail if hosts have to provide more to run guests that are built for `current`.",
    ),
    "unstable": attr.bool(
        doc = "Compare `@unstable` items too.",
    ),
}

_ARCHIVES = ("tar", "tgz", "gz", "zip", "xz", "zst", "bz2")

def _impl(ctx):
    current = ctx.attr.current[WitInfo]
    args = ctx.actions.args()
    args.add("breaking")
    args.add("--label", label_text(ctx.label))
    args.add_all([current.wit], before_each = "--new", map_each = runfiles_path)
    args.add_all([current.spans], before_each = "--new-spans", map_each = runfiles_path)
    files = [depset([current.wit, current.spans])]
    deps = [current.deps]

    # Errors quote lines of the sources.
    sources = [current.srcs]
    for baseline in ctx.attr.baseline:
        if WitInfo in baseline:
            info = baseline[WitInfo]
            args.add_all([info.wit], before_each = "--old", map_each = runfiles_path)
            args.add_all([info.spans], before_each = "--old-spans", map_each = runfiles_path)
            files.append(depset([info.wit, info.spans]))
            deps.append(info.deps)
            sources.append(info.srcs)
            continue
        for file in baseline[DefaultInfo].files.to_list():
            if file.extension in _ARCHIVES:
                fail(error_text(ctx.label, "`{}` is an archive\nhint: unpack it, and list the directory or the files in `baseline`".format(
                    file.short_path,
                )))
        args.add_all(baseline[DefaultInfo].files, before_each = "--old", map_each = runfiles_path, expand_directories = False)
        files.append(baseline[DefaultInfo].files)
    all_deps = depset(transitive = deps)
    args.add_all(all_deps, before_each = "--dep", map_each = runfiles_path)
    for flag in ("semver", "strict", "unstable"):
        if getattr(ctx.attr, flag):
            args.add("--" + flag)
    return launch_tool(
        ctx,
        tool = ctx.exec_groups["test"].toolchains[WIT_TOOLCHAIN],
        args = args,
        runfiles = [ctx.runfiles(transitive_files = depset(transitive = files + sources + [all_deps]))],
    )

wit_breaking_test = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    test = True,
    # The execution platform of a test is that of this group, so the tool is built for it.
    exec_groups = {"test": exec_group(toolchains = [WIT_TOOLCHAIN])},
)
