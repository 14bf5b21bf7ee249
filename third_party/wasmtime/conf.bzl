"""wasmtime_conf: the header that declares the features of Wasmtime's C API."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load(":features.bzl", "enabled_features")

DOC = """Writes `wasmtime/conf.h`, which says for which features the library is built.

With the prebuilt library, these are the features of that. Otherwise they are those of the build setting
`//toolchains/wasmtime:features`, and the features that these enable. Fails if the crate lacks one of them, or if the setting is
changed for the prebuilt library.
"""

ATTRS = {
    "crate_features": attr.string_list_dict(
        doc = "Each feature of the crate -> the features that it enables.",
        mandatory = True,
    ),
    "macros": attr.string_list(
        doc = "The macros that the template defines.",
        mandatory = True,
    ),
    "template": attr.label(
        doc = "`conf.h.in`.",
        allow_single_file = True,
        mandatory = True,
    ),
    "version": attr.string(
        doc = "The version of Wasmtime.",
        mandatory = True,
    ),
    "_features": attr.label(
        default = "//toolchains/wasmtime:features",
    ),
    "_strategy": attr.label(
        default = "//toolchains/wasmtime:strategy",
    ),
}

_PREFIX = "WASMTIME_FEATURE_"

def _impl(ctx):
    err, enabled = enabled_features(
        ctx.attr._features[BuildSettingInfo].value,
        ctx.attr.crate_features,
        ctx.attr.version,
        is_prebuilt = ctx.attr._strategy[BuildSettingInfo].value == "prebuilt",
    )
    if err:
        fail("\nerror: " + err)
    defined = [_PREFIX + feature.upper().replace("-", "_") for feature in enabled]
    header = ctx.actions.declare_file("include/wasmtime/conf.h")
    ctx.actions.expand_template(
        output = header,
        substitutions = {
            # With the end of the line, as some names begin with others.
            "#cmakedefine {}\n".format(macro): ("#define {}\n" if macro in defined else "/* #undef {} */\n").format(macro)
            for macro in ctx.attr.macros
        },
        template = ctx.file.template,
    )
    return [DefaultInfo(files = depset([header]))]

wasmtime_conf = rule(
    implementation = _impl,
    doc = DOC,
    attrs = ATTRS,
)
