"""Rules for the tools of this repository and their tests, which are all built in the exec configuration.

Actions run a tool, users run it, and its tests link the same crates. In the configurations of these targets, each crate
would be compiled two or three times.
"""

load("@rules_rust//rust:defs.bzl", "rust_binary", "rust_library", "rust_test")
load("//toolchains/crates:build_file.bzl", "UNOPTIMISED_FLAGS")

def _in_exec_impl(ctx):
    program = ctx.attr.program[DefaultInfo]
    file = program.files_to_run.executable
    executable = ctx.actions.declare_file(ctx.label.name + (".exe" if file.extension == "exe" else ""))
    ctx.actions.symlink(
        output = executable,
        target_file = file,
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
        doc = "The program. It is built in the exec configuration.",
        executable = True,
        cfg = "exec",
        mandatory = True,
    ),
    "data": attr.label_list(
        doc = "Files that the program reads.",
        allow_files = True,
    ),
    "tools": attr.label_list(
        doc = "Programs that the program starts.",
        cfg = "exec",
    ),
    "env": attr.string_dict(
        doc = "Environment variables of the program. `$(rootpath ...)` expands labels of `data` and `tools`.",
    ),
}

exec_program = rule(
    implementation = _in_exec_impl,
    doc = "Makes a program that is built in the exec configuration available to `bazel run`.",
    attrs = _ATTRS,
    executable = True,
)

exec_test = rule(
    implementation = _in_exec_impl,
    doc = "Runs a program that is built in the exec configuration as a test.",
    attrs = _ATTRS,
    test = True,
)

def _rustc_flags(optimised):
    """Returns the flags of rustc for a crate of tools."""

    # Without optimisation between the parts of a crate, it compiles in 0.8 of the time, and is as fast to a tenth.
    return ["-Clto=off"] if optimised else UNOPTIMISED_FLAGS

def tool_library(name, optimised = False, **kwargs):
    """Declares a crate that tools or their tests link.

    Args:
      name: string, the name of the target.
      optimised: bool, as of `rust_tool`.
      **kwargs: further attributes of the `rust_library`.
    """
    rust_library(
        name = name,
        edition = "2021",
        rustc_flags = _rustc_flags(optimised),
        tags = ["manual"],
        **kwargs
    )

def rust_tool(name, srcs, deps, compile_data = [], optimised = True, program = None):
    """Declares a tool: `<name>` for `bazel run`, and `<name>_bin` for toolchains.

    Args:
      name: string, the name of the tool and of its crate.
      srcs: list[label], Rust sources; the root is `src/main.rs`.
      deps: list[label], crates that the tool links.
      compile_data: list[label], files that the sources include.
      optimised: bool, False for a tool whose speed nobody notices: its own crate compiles in a fifth of the time.
      program: label, the program that `<name>` runs. Default: `<name>_bin`.
    """
    rust_binary(
        name = name + "_bin",
        srcs = srcs,
        compile_data = compile_data + [Label("//toolchains:minimum_rust")],
        crate_name = name,
        crate_root = "src/main.rs",
        edition = "2021",
        rustc_env = {"CARGO_PKG_VERSION": "0.0.0"},
        rustc_flags = ["-Cstrip=symbols"] + _rustc_flags(optimised),
        tags = ["manual"],
        visibility = ["//visibility:public"],
        deps = deps,
    )
    exec_program(
        name = name,
        program = program or name + "_bin",
        visibility = ["//visibility:public"],
    )

def rust_tool_test(name, srcs = [], crate = None, crate_root = None, deps = [], compile_data = [], data = [], tools = [], env = {}, size = "small", use_libtest_harness = True, **kwargs):
    """Declares a Rust test of a tool, or the unit tests of a crate.

    Args:
      name: string, the name of the test.
      srcs: list[label], Rust sources.
      crate: label, the crate whose unit tests to run, in place of `srcs`.
      crate_root: label, the root of the sources.
      deps: list[label], crates that the test links.
      compile_data: list[label], files that the sources include.
      data: list[label], files that the test reads.
      tools: list[label], programs that the test starts.
      env: dict[string, string], environment variables; `$(rootpath ...)` expands labels of `data` and `tools`.
      size: string, the size of the test.
      use_libtest_harness: bool, False where the sources have their own `main`.
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
        # Optimising them takes minutes, and they run for seconds. With debug assertions, tests find overflows too.
        rustc_flags = ["-Copt-level=0"],
        use_libtest_harness = use_libtest_harness,
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

def golden_tests(name, tool, deps = [], tests = {}, srcs = [], golden = "//tools/golden", data = [], env = {}, tools = {}, shard_count = None):
    """The golden tests of a tool, and its other tests that start it as a program.

    Args:
      name: string, the name of the golden tests, in `tests/golden/main.rs`.
      tool: string, the tool's name.
      deps: list[label], the crates of the golden tests, besides `golden`.
      tests: dict[string, list[label]], further tests, as targets `<test>_test`: `tests/<test>.rs` or `tests/<test>/main.rs`
        -> its crates.
      srcs: list[label], modules that the tests share.
      golden: label, the crate of the harness.
      data: list[label], further files that the tests read.
      env: dict[string, string], their environment.
      tools: dict[string, label], further programs: the variable that names one -> the program.
      shard_count: int, of the golden tests.
    """
    for test, test_deps in ({"golden": deps} | tests).items():
        root = native.glob(["tests/%s.rs" % test, "tests/%s/main.rs" % test], allow_empty = True)
        rust_tool_test(
            name = name if test == "golden" else test + "_test",
            size = "medium",
            srcs = native.glob(["tests/%s/*.rs" % test], exclude = root, allow_empty = True) + root + srcs,
            crate_root = root[0],
            data = native.glob(
                ["tests/**"],
                exclude = ["tests/**/*.rs"],
            ) + data,
            env = {
                "GOLDEN_DIR": native.package_name() + "/tests",
                tool.upper() + "_BIN": "$(rootpath :%s)" % tool,
            } | {name: "$(rootpath %s)" % label for name, label in tools.items()} | env,
            tools = [":" + tool] + tools.values(),
            deps = [golden] + test_deps,
            shard_count = shard_count if test == "golden" else None,
            use_libtest_harness = test != "golden",
        )
