"""wit_breaking_test: what a change of a WIT package breaks."""

load("//rules/private/common:actions.bzl", "WIT_TOOLCHAIN", "label_text")
load("//rules/private/providers:wit_info.bzl", "WitInfo")

DOC = """Compares a WIT package with what it was before, and fails if that breaks guests or hosts.

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

What breaks whom, and what each rule is about, is in [breaking.md](breaking.md).
"""

ATTRS = {
    "current": attr.label(
        doc = "The `wit_library` of the package as it is.",
        providers = [WitInfo],
        mandatory = True,
    ),
    "baseline": attr.label_list(
        doc = "The package as it was: the `wit_library` of it, `.wit` files, a directory of them, or a package encoded as " +
              "WebAssembly. What it uses is taken from `current`, if it is not there.",
        allow_files = True,
        mandatory = True,
        allow_empty = False,
    ),
    "unstable": attr.bool(
        doc = "Compare what is `@unstable`, too.",
    ),
    "strict": attr.bool(
        doc = "Also fail where hosts would have to provide more to run guests that are built for `current`.",
    ),
    "semver": attr.bool(
        doc = "Let pass what breaks, where the version of `current` is high enough to say so.",
    ),
}

_ARCHIVES = ("tar", "tgz", "gz", "zip", "xz", "zst", "bz2")

def _impl(ctx):
    current = ctx.attr.current[WitInfo]
    args = ctx.actions.args()
    args.add("breaking")
    args.add("--label", label_text(ctx.label))
    args.add_all([current.wit], before_each = "--new", map_each = _path)
    args.add_all([current.spans], before_each = "--new-spans", map_each = _path)
    files = [depset([current.wit, current.spans])]
    deps = [current.deps]
    # For the lines that errors show.
    sources = [current.srcs]
    for baseline in ctx.attr.baseline:
        if WitInfo in baseline:
            info = baseline[WitInfo]
            args.add_all([info.wit], before_each = "--old", map_each = _path)
            args.add_all([info.spans], before_each = "--old-spans", map_each = _path)
            files.append(depset([info.wit, info.spans]))
            deps.append(info.deps)
            sources.append(info.srcs)
            continue
        for file in baseline[DefaultInfo].files.to_list():
            if file.extension in _ARCHIVES:
                fail("error: {}: `{}` is an archive\nhint: name the directory or the files that it is unpacked to in `baseline`".format(
                    label_text(ctx.label),
                    file.short_path,
                ))
        args.add_all(baseline[DefaultInfo].files, before_each = "--old", map_each = _path, expand_directories = False)
        files.append(baseline[DefaultInfo].files)
    all_deps = depset(transitive = deps)
    args.add_all(all_deps, before_each = "--dep", map_each = _path)
    for flag in ("semver", "strict", "unstable"):
        if getattr(ctx.attr, flag):
            args.add("--" + flag)
    args.set_param_file_format("multiline")

    executable = ctx.actions.declare_file(ctx.label.name)
    orders = ctx.actions.declare_file(ctx.label.name + ".args")
    ctx.actions.write(orders, args)
    wit = ctx.exec_groups["test"].toolchains[WIT_TOOLCHAIN].tool
    ctx.actions.symlink(output = executable, target_file = wit.executable, is_executable = True)
    return [DefaultInfo(
        executable = executable,
        files = depset([executable, orders]),
        runfiles = ctx.runfiles(
            [executable, orders],
            transitive_files = depset(transitive = files + sources + [all_deps]),
        ),
    )]

def _path(file):
    return file.short_path

wit_breaking_test = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    test = True,
    # A test runs on the platform of this group, so its tool is built for that one.
    exec_groups = {"test": exec_group(toolchains = [WIT_TOOLCHAIN])},
)
