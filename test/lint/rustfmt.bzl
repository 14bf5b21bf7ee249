"""The formatter that comes with the Rust toolchain."""

_RUSTFMT = "@rules_rust//rust/rustfmt:toolchain_type"
_RUST = "@rules_rust//rust:toolchain_type"

def _impl(ctx):
    formatter = ctx.toolchains[_RUSTFMT] or ctx.toolchains[_RUST]
    program = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(
        output = program,
        target_file = formatter.rustfmt,
        is_executable = True,
    )
    return DefaultInfo(
        executable = program,
        runfiles = ctx.runfiles([program], transitive_files = depset([formatter.rustfmt], transitive = [formatter.rustc_lib])),
    )

rustfmt = rule(
    implementation = _impl,
    doc = """rustfmt, from a rustfmt toolchain if one is registered, otherwise from the Rust toolchain.

rules_rust registers the former; the toolbox of `bazelw` has only the latter.
""",
    executable = True,
    toolchains = [
        config_common.toolchain_type(_RUSTFMT, mandatory = False),
        _RUST,
    ],
)
