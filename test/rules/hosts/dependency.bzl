"""dependency: a crate that another crate depends on."""

load("@rules_rust//rust:defs.bzl", "rust_common")

DOC = """Finds a crate among the direct dependencies of another crate, for crates that no manifest names, so that no label has them
without their version.

Outputs: those of the crate. Providers: those of a Rust library.
"""

ATTRS = {
    "crate": attr.label(
        doc = "The crate that has the dependency.",
        mandatory = True,
        providers = [rust_common.crate_info],
    ),
}

def _impl(ctx):
    dependencies = ctx.attr.crate[rust_common.crate_info].deps
    if type(dependencies) == "depset":
        dependencies = dependencies.to_list()
    for found in dependencies:
        if found.crate_info and found.crate_info.name == ctx.label.name:
            return [
                DefaultInfo(files = depset([found.crate_info.output])),
                found.crate_info,
                found.dep_info,
            ]
    fail("%s does not depend on the crate `%s`" % (ctx.attr.crate.label, ctx.label.name))

dependency = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
    provides = [
        rust_common.crate_info,
        rust_common.dep_info,
    ],
)
