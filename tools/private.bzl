"""How the small tools and their tests are built: in one configuration, the one of build tools.

A tool is both run by actions and started by people, and its tests link the same crates. Were each of these built in
the configuration that it is asked for in, every crate would be compiled two or three times.
"""

load("@rules_rust//rust:defs.bzl", "rust_binary", "rust_test")

def _in_exec_impl(ctx):
    program = ctx.attr.program[DefaultInfo]
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(
        output = executable,
        target_file = program.files_to_run.executable,
        is_executable = True,
    )
    runfiles = ctx.runfiles([executable], transitive_files = depset(ctx.files.data))
    return [
        DefaultInfo(
            executable = executable,
            runfiles = runfiles.merge(program.default_runfiles).merge_all(
                [data[DefaultInfo].default_runfiles for data in ctx.attr.data + ctx.attr.tools],
            ),
        ),
        RunEnvironmentInfo(environment = {
            name: ctx.expand_location(value, ctx.attr.data + ctx.attr.tools)
            for name, value in ctx.attr.env.items()
        }),
    ]

_ATTRS = {
    "program": attr.label(
        doc = "What is built.",
        executable = True,
        cfg = "exec",
        mandatory = True,
    ),
    "data": attr.label_list(
        doc = "Files that it reads.",
        allow_files = True,
    ),
    "tools": attr.label_list(
        doc = "Programs that it starts.",
        cfg = "exec",
    ),
    "env": attr.string_dict(
        doc = "Its environment; `$(rootpath ...)` names `data` and `tools`.",
    ),
}

exec_program = rule(
    implementation = _in_exec_impl,
    doc = "A program, built in the configuration of build tools.",
    attrs = _ATTRS,
    executable = True,
)

exec_test = rule(
    implementation = _in_exec_impl,
    doc = "A test, built in the configuration of build tools.",
    attrs = _ATTRS,
    test = True,
)

def rust_tool(name, srcs, deps, compile_data = []):
    """One of the small tools.

    Args:
      name: string; `<name>` is for `bazel run`, `<name>_bin` for toolchains.
      srcs: list[label], the Rust sources.
      deps: list[label], the crates.
      compile_data: list[label], files that the sources include.
    """
    rust_binary(
        name = name + "_bin",
        srcs = srcs,
        compile_data = compile_data,
        crate_name = name,
        crate_root = "src/main.rs",
        edition = "2021",
        rustc_env = {"CARGO_PKG_VERSION": "0.0.0"},
        tags = ["manual"],
        visibility = ["//visibility:public"],
        deps = deps,
    )
    exec_program(
        name = name,
        program = name + "_bin",
        visibility = ["//visibility:public"],
    )

def rust_tool_test(name, srcs = [], crate = None, crate_root = None, deps = [], compile_data = [], data = [], tools = [], env = {}, size = "small", **kwargs):
    """A Rust test of a tool, with the tools that it starts as programs rather than linked in.

    Args:
      name: string.
      srcs: list[label], the Rust sources.
      crate: label, in place of sources: the crate whose own unit tests these are.
      crate_root: label.
      deps: list[label], the crates.
      compile_data: list[label], files that its sources include.
      data: list[label], files that it reads.
      tools: list[label], programs that it starts.
      env: dict[string, string], `$(rootpath ...)` names `data` and `tools`.
      size: string.
      **kwargs: further attributes of the test.
    """
    rust_test(
        name = name + "_bin",
        srcs = srcs,
        crate = crate,
        compile_data = compile_data,
        crate_root = crate_root,
        deps = deps,
        tags = ["manual"],
        **({} if crate else {"edition": "2021"})
    )
    exec_test(
        name = name,
        size = size,
        data = data,
        env = env,
        program = name + "_bin",
        tools = tools,
        **kwargs
    )

def golden_tests(tool, tests, srcs = [], deps = [], tools = {}):
    """The tests of a tool that start it as a program: one target for each file in `tests/`.

    Args:
      tool: string, the tool's name.
      tests: list[string], names of files in `tests/`, without `.rs`.
      srcs: list[label], modules that they share.
      deps: list[label], the crates.
      tools: dict[string, label], further programs: the variable that names one -> the program.
    """
    for test in tests:
        rust_tool_test(
            name = test + "_test",
            size = "medium",
            srcs = ["tests/%s.rs" % test] + srcs,
            crate_root = "tests/%s.rs" % test,
            data = native.glob(
                ["tests/**"],
                exclude = ["tests/*.rs"],
            ) + ["//tools:Cargo.lock"],
            env = {
                "CARGO_LOCK": "$(rootpath //tools:Cargo.lock)",
                "GOLDEN_DIR": native.package_name() + "/tests",
                tool.upper() + "_BIN": "$(rootpath :%s)" % tool,
            } | {name: "$(rootpath %s)" % label for name, label in tools.items()},
            tools = [":" + tool] + tools.values(),
            deps = deps,
        )
