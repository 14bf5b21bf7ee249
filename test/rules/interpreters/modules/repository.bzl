"""A repository with scripts that import each other by label."""

# Language -> its extension, the main script, and the script `lib/format`.
_SCRIPTS = {
    "javascript": (
        "js",
        'import { format } from "//lib:format.js";\nexport const run = () => format("main");\n',
        "export const format = (name) => `${name}, formatted`;\n",
    ),
    "lua": (
        "lua",
        'local format = require("//lib:format.lua")\nreturn { run = function() return format("main") end }\n',
        'return function(name) return name .. ", formatted" end\n',
    ),
    "rhai": (
        "rhai",
        'import "//lib:format.rhai" as lib;\n#{ run: || lib::format("main") }\n',
        "fn format(name) { `${name}, formatted` }\n",
    ),
}

def _impl(rctx):
    build = ['package(default_visibility = ["//visibility:public"])']
    for language, (extension, main, library) in _SCRIPTS.items():
        rctx.file("main." + extension, main)
        rctx.file("lib/format." + extension, library)
        build.append('filegroup(name = "{}", srcs = ["main.{}", "lib/format.{}"])'.format(language, extension, extension))
        build.append('exports_files(["main.{}"])'.format(extension))
    rctx.file("BUILD.bazel", "\n".join(build) + "\n")

scripts_repository = repository_rule(
    implementation = _impl,
    doc = "Writes scripts in each language: a target with the name of the language, and `main.<extension>`, which exports `run`.",
)
