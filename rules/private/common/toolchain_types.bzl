"""Types of the toolchains that the rules use."""

COMPONENT_TOOLCHAIN = Label("//toolchains:component_toolchain_type")
MOONBIT_TOOLCHAIN = Label("//toolchains:moonbit_toolchain_type")
PUBLISHER_TOOLCHAIN = Label("//toolchains:publisher_toolchain_type")
PROGRAM_RUNNER_TOOLCHAIN = Label("//toolchains:program_runner_toolchain_type")
RUNNER_TOOLCHAIN = Label("//toolchains:runner_toolchain_type")
RUST_TOOLCHAIN = Label("@rules_rust//rust:toolchain_type")
WASMTIME_BINDGEN_TOOLCHAIN = Label("//toolchains:wasmtime_bindgen_toolchain_type")
WASM_LD_TOOLCHAIN = Label("//toolchains:wasm_ld_toolchain_type")
WIT_BINDGEN_TOOLCHAIN = Label("//toolchains:wit_bindgen_toolchain_type")
WIT_BINDGEN_MOONBIT_TOOLCHAIN = Label("//toolchains:wit_bindgen_moonbit_toolchain_type")
WIT_TOOLCHAIN = Label("//toolchains:wit_toolchain_type")
