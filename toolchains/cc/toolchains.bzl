"""c_toolchains: the toolchains of a repository that compiles C to WebAssembly."""

# Platform of //toolchains/platforms -> its constraints, besides the CPU.
_PLATFORMS = {
    "unknown": ["@platforms//os:none"],
    "wasip1": [
        "@platforms//os:wasi",
        "@rules_rust//rust/platform:wasi_preview_1",
    ],
    "wasip2": [
        "@platforms//os:wasi",
        "@rules_rust//rust/platform:wasi_preview_2",
    ],
}

def c_toolchains(name, *, repository, exec_compatible_with):
    """Declares a `toolchain` for the C compiler of each WebAssembly platform, and one for the linker of static libraries.

    Nothing of the repository is fetched before one of them is selected.

    Args:
      name: string, the prefix of the targets.
      repository: string, the package with the targets `unknown`, `wasip1`, `wasip2` and `wasm_ld`, such as `@repository//`.
      exec_compatible_with: list[Label or string], the constraints of platforms on which the programs run.
    """
    for platform, constraints in _PLATFORMS.items():
        native.toolchain(
            name = "{}_{}".format(name, platform),
            exec_compatible_with = exec_compatible_with,
            # Labels, which mean the same in any repository.
            target_compatible_with = [Label(constraint) for constraint in ["@platforms//cpu:wasm32"] + constraints],
            toolchain = "{}:{}".format(repository, platform),
            toolchain_type = "@bazel_tools//tools/cpp:toolchain_type",
            visibility = ["//visibility:public"],
        )
    native.toolchain(
        name = name + "_wasm_ld",
        exec_compatible_with = exec_compatible_with,
        toolchain = repository + ":wasm_ld",
        toolchain_type = Label("//toolchains:wasm_ld_toolchain_type"),
        visibility = ["//visibility:public"],
    )
