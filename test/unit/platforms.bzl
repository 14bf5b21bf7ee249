"""Analysis tests of which platform's tools programs and tests start, with platforms and tools that do not exist."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//rules:component.bzl", "wasm_component_binary", "wasm_component_import", "wasm_component_test")
load("//toolchains:defs.bzl", "tool_toolchain")

# Name -> constraints.
_PLATFORMS = {
    "linux_arm64": ["@platforms//os:linux", "@platforms//cpu:arm64"],
    "macos_arm64": ["@platforms//os:macos", "@platforms//cpu:arm64"],
    "windows_amd64": ["@platforms//os:windows", "@platforms//cpu:x86_64"],
}

_TOOLS = ["component", "runner"]

def _fake_tool_impl(ctx):
    tool = ctx.actions.declare_file(ctx.attr.out)
    data = ctx.actions.declare_file(ctx.attr.out + ".data")
    for file in (tool, data):
        ctx.actions.write(file, "", is_executable = True)
    return [DefaultInfo(executable = tool, runfiles = ctx.runfiles([data]))]

_fake_tool = rule(
    implementation = _fake_tool_impl,
    attrs = {"out": attr.string(mandatory = True)},
    executable = True,
)

def _impl(ctx):
    env = analysistest.begin(ctx)
    links = [action for action in analysistest.target_actions(env) if action.mnemonic == "ExecutableSymlink"]
    asserts.equals(env, [ctx.attr.tool], [link.inputs.to_list()[0].basename for link in links])
    info = analysistest.target_under_test(env)[DefaultInfo]
    executable = info.files_to_run.executable.basename
    asserts.equals(env, ctx.attr.executable, executable)

    # The runner finds its arguments beside the executable, and the data of the tool in its runfiles.
    for expected in (executable + ".args", ctx.attr.tool + ".data"):
        found = [file.basename for file in info.default_runfiles.files.to_list()]
        asserts.true(env, expected in found, "{} is in {}".format(expected, found))
    return analysistest.end(env)

def _settings(*, target, execs = _PLATFORMS.keys()):
    """Returns the settings of a test.

    Args:
      target: string, the target platform.
      execs: list[string], the execution platforms.

    Returns:
      dict[string, object]: setting -> value.
    """
    package = Label("//test/unit")

    def label(name):
        return str(package.same_package_label(name))

    return {
        "//command_line_option:extra_execution_platforms": [label(name) for name in execs],
        "//command_line_option:extra_toolchains": [
            label("{}_{}_toolchain".format(tool, name))
            for tool in _TOOLS
            for name in _PLATFORMS
        ],
        "//command_line_option:platforms": label(target),
    }

def _test_for(**settings):
    """Makes a rule that tests a program or a test. The arguments are those of `_settings`."""
    return analysistest.make(
        _impl,
        attrs = {
            "executable": attr.string(doc = "The base name of the executable."),
            "tool": attr.string(doc = "The base name of the program that it is a link to."),
        },
        config_settings = _settings(**settings),
    )

_linux_arm64_test = _test_for(target = "linux_arm64")
_macos_arm64_test = _test_for(target = "macos_arm64")
_windows_amd64_test = _test_for(target = "windows_amd64")

def _exec_impl(ctx):
    env = analysistest.begin(ctx)
    actions = [action for action in analysistest.target_actions(env) if action.mnemonic == "WasmComponentValidate"]
    asserts.equals(env, 1, len(actions))

    # The tool of this platform, and none of the others.
    used = [
        file.basename
        for action in actions
        for file in action.inputs.to_list()
        if file.basename.startswith("component_")
    ]
    asserts.equals(env, ["component_" + ctx.attr.tool], used)
    return analysistest.end(env)

def _exec_test_for(**settings):
    """Makes a rule that tests an action. The arguments are those of `_settings`."""
    return analysistest.make(
        _exec_impl,
        attrs = {"tool": attr.string(doc = "The execution platform, with the extension of its programs.")},
        config_settings = _settings(**settings),
    )

_linux_arm64_for_windows_test = _exec_test_for(execs = ["linux_arm64"], target = "windows_amd64")
_macos_arm64_for_linux_test = _exec_test_for(execs = ["macos_arm64"], target = "linux_arm64")
_windows_amd64_for_macos_test = _exec_test_for(execs = ["windows_amd64"], target = "macos_arm64")

# Execution platform -> test with another target platform.
_EXEC_TESTS = {
    "linux_arm64": _linux_arm64_for_windows_test,
    "macos_arm64": _macos_arm64_for_linux_test,
    "windows_amd64": _windows_amd64_for_macos_test,
}

_TESTS = {
    "linux_arm64": _linux_arm64_test,
    "macos_arm64": _macos_arm64_test,
    "windows_amd64": _windows_amd64_test,
}

def platforms_tests(name):
    """Declares the tests of this file.

    Args:
      name: string, the start of the tests' names.
    """
    for platform, constraints in _PLATFORMS.items():
        native.platform(
            name = platform,
            constraint_values = constraints,
        )
        for tool in _TOOLS:
            fake = "{}_{}".format(tool, platform)
            _fake_tool(
                name = fake + "_bin",
                out = fake + (".exe" if "windows" in platform else ""),
                tags = ["manual"],
            )
            tool_toolchain(
                name = fake,
                tool = fake + "_bin",
                tags = ["manual"],
                visibility = ["//toolchains/private:__pkg__"],
            )
            native.toolchain(
                name = fake + "_toolchain",
                exec_compatible_with = constraints,
                toolchain = fake,
                toolchain_type = "//toolchains:{}_toolchain_type".format(tool),
            )
    wasm_component_import(
        name = name + "_component",
        src = "never-read.wasm",
        tags = ["manual"],
    )
    wasm_component_binary(
        name = name + "_program",
        component = name + "_component",
        tags = ["manual"],
    )
    wasm_component_test(
        name = name + "_run",
        component = name + "_component",
        invoke = {"f()": "1"},
        tags = ["manual"],
    )
    for platform in _PLATFORMS:
        extension = ".exe" if "windows" in platform else ""
        _TESTS[platform](
            name = "{}_{}_program_test".format(name, platform),
            executable = name + "_program" + extension,
            tool = "runner_" + platform + extension,
            target_under_test = name + "_program",
        )

        # What an action runs depends on the execution platform only.
        _EXEC_TESTS[platform](
            name = "{}_{}_action_test".format(name, platform),
            tool = platform + extension,
            target_under_test = name + "_component",
        )

    # Bazel 7 runs a test on the first execution platform that has the tool, whatever the target platform is.
    _windows_amd64_test(
        name = name + "_run_test",
        executable = name + "_run",
        tool = "runner_" + _PLATFORMS.keys()[0],
        target_under_test = name + "_run",
    )
