"""Unit tests of the BUILD files of crates."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//toolchains/crates:build_file.bzl", "aliases_build_file", "crate_build_file", "crate_label", "features_build_file", "folder")
load("//toolchains/crates:vendor.bzl", "reads_lock_files", "replaced")

_HEAD = """\
load("@rules_rust//cargo:defs.bzl", "cargo_build_script")
load("@rules_rust//rust:defs.bzl", "rust_library", "rust_proc_macro")

package(default_visibility = ["//visibility:public"])
"""

_FILES = """["**/* *", ".tmp_git_root/**/*", "BUILD", "BUILD.bazel", "WORKSPACE", "WORKSPACE.bazel"]"""

def _block(text, rule):
    """Returns the lines between the parentheses of the call of a rule in a BUILD file, without indentation."""
    _, _, rest = text.partition("\n{}(\n".format(rule))
    return [line.strip() for line in rest.partition("\n)\n")[0].split("\n")]

def _labels_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, "a-b-1.0.0", folder("a-b 1.0.0"))
    asserts.equals(env, "toml-1.2.1-spec-1.1.0", folder("toml 1.2.1+spec-1.1.0"))
    asserts.equals(env, "//vendor/a-b-1.0.0:a_b", crate_label("a-b 1.0.0"))
    asserts.equals(env, "//vendor/a-1.0.0-x:c", crate_label("a 1.0.0+x:c"))
    return unittest.end(env)

labels_test = unittest.make(_labels_test_impl)

def _plain_crate_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, _HEAD + """
rust_library(
    name = "a_b",
    srcs = glob(["**/*.rs"], allow_empty = True),
    compile_data = glob(["**"], allow_empty = True, exclude = {files}),
    crate_root = "src/lib.rs",
    edition = "2021",
    rustc_flags = ["--cap-lints=allow"],
    version = "1.0.0",
)
""".format(files = _FILES), crate_build_file("a-b 1.0.0", {"edition": "2021"}))

    text = crate_build_file("a 1.0.0+x", {
        "aliases": {"b 2.0.0": "old_b"},
        "deps": ["b 2.0.0", "c-d 3.0.0:d"],
        "edition": "2018",
        "env": {"CARGO_PKG_NAME": "other"},
        "features": ["std"],
        "lib": "renamed",
        "proc_macro_deps": ["m 4.0.0"],
        "root": "lib.rs",
        "unoptimised": True,
    }, ["-Clto=off"])
    asserts.equals(env, [
        "name = \"renamed\",",
        "crate_root = \"lib.rs\",",
        "edition = \"2018\",",
        "rustc_flags = [\"--cap-lints=allow\", \"-Copt-level=0\", \"-Cdebug-assertions=off\"],",
        "version = \"1.0.0+x\",",
        "aliases = {\"//vendor/b-2.0.0:b\": \"old_b\"},",
        "deps = [\"//vendor/b-2.0.0:b\", \"//vendor/c-d-3.0.0:d\"],",
        "rustc_env = {\"CARGO_PKG_NAME\": \"other\"},",
        "crate_features = [\"std\"],",
        "proc_macro_deps = [\"//vendor/m-4.0.0:m\"],",
    ], [line for line in _block(text, "rust_library") if not line.startswith("srcs =") and not line.startswith("compile_data =")])

    optimised = crate_build_file("a 1.0.0", {"edition": "2021"}, ["-Clto=off"])
    asserts.true(env, "rustc_flags = [\"--cap-lints=allow\", \"-Clto=off\"]," in _block(optimised, "rust_library"))
    return unittest.end(env)

plain_crate_test = unittest.make(_plain_crate_test_impl)

def _proc_macro_test_impl(ctx):
    env = unittest.begin(ctx)
    described = {"edition": "2021", "features": ["std"]}
    library = crate_build_file("m 1.0.0", described)
    asserts.equals(
        env,
        library.replace("\nrust_library(\n", "\nrust_proc_macro(\n"),
        crate_build_file("m 1.0.0", described | {"proc_macro": True}),
    )
    return unittest.end(env)

proc_macro_test = unittest.make(_proc_macro_test_impl)

def _platforms_test_impl(ctx):
    env = unittest.begin(ctx)
    linux, windows = "x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc"
    text = crate_build_file("a 1.0.0", {
        "aliases": {"b 2.0.0": "old_b"},
        "deps": ["b 2.0.0"],
        "edition": "2021",
        "platforms": {
            linux: {"deps": ["libc 0.2.0"], "features": ["unix"]},
            windows: {"aliases": {"c 3.0.0": "old_c"}, "deps": ["c 3.0.0"]},
        },
    })
    block = _block(text, "rust_library")

    # Lists are added to those of all platforms; a dict must repeat the entries of all platforms.
    for line in [
        "deps = [\"//vendor/b-2.0.0:b\"] + select({" +
        "\"@rules_rust//rust/platform:x86_64-unknown-linux-gnu\": [\"//vendor/libc-0.2.0:libc\"], " +
        "\"@rules_rust//rust/platform:x86_64-pc-windows-msvc\": [\"//vendor/c-3.0.0:c\"], " +
        "\"//conditions:default\": []}),",
        "crate_features = select({" +
        "\"@rules_rust//rust/platform:x86_64-unknown-linux-gnu\": [\"unix\"], " +
        "\"//conditions:default\": []}),",
        "aliases = select({" +
        "\"@rules_rust//rust/platform:x86_64-pc-windows-msvc\": " +
        "{\"//vendor/b-2.0.0:b\": \"old_b\", \"//vendor/c-3.0.0:c\": \"old_c\"}, " +
        "\"//conditions:default\": {\"//vendor/b-2.0.0:b\": \"old_b\"}}),",
    ]:
        asserts.true(env, line in block, "{} is in {}".format(line, block))

    # A dict that only some platforms have.
    text = crate_build_file("a 1.0.0", {"edition": "2021", "platforms": {linux: {"aliases": {"b 2.0.0": "c"}}}})
    line = "aliases = select({" + \
           "\"@rules_rust//rust/platform:x86_64-unknown-linux-gnu\": {\"//vendor/b-2.0.0:b\": \"c\"}, " + \
           "\"//conditions:default\": {}}),"
    asserts.true(env, line in _block(text, "rust_library"), text)
    return unittest.end(env)

platforms_test = unittest.make(_platforms_test_impl)

def _build_script_test_impl(ctx):
    env = unittest.begin(ctx)
    linux = "x86_64-unknown-linux-gnu"
    described = {
        "build_script": {
            "deps": ["cc 1.0.0"],
            "link_deps": ["z-sys 2.0.0"],
            "links": "a",
            "platforms": {linux: {"deps": ["pkg 3.0.0"]}},
        },
        "edition": "2021",
        "env": {"ONLY": "library"},
        "features": ["std"],
        "platforms": {linux: {"deps": ["libc 0.2.0"], "features": ["unix"]}},
    }
    text = crate_build_file("a-sys 1.0.0", described)
    library = _block(text, "rust_library")
    line = "deps = [\":build_script_build\"] + select({" + \
           "\"@rules_rust//rust/platform:x86_64-unknown-linux-gnu\": [\"//vendor/libc-0.2.0:libc\"], " + \
           "\"//conditions:default\": []}),"
    asserts.true(env, line in library, text)
    asserts.equals(env, """\
name = "_bs",
srcs = glob(["**/*.rs"], allow_empty = True),
build_script_env = {{"DEBUG": "false"}},
compile_data = glob(["**"], allow_empty = True, exclude = ["**/*.rs", {files}),
crate_name = "build_script_build",
crate_root = "build.rs",
data = glob(["**"], allow_empty = True, exclude = [{files}),
edition = "2021",
pkg_name = "a-sys",
rustc_flags = ["--cap-lints=allow", "-Copt-level=0", "-Cdebug-assertions=off"],
version = "1.0.0",
visibility = ["//visibility:private"],
deps = ["//vendor/cc-1.0.0:cc"] + select({{"{platform}": ["//vendor/pkg-3.0.0:pkg"], "//conditions:default": []}}),
crate_features = ["std"] + select({{"{platform}": ["unix"], "//conditions:default": []}}),
link_deps = ["//vendor/z-sys-2.0.0:z_sys"],
links = "a",""".format(
        files = _FILES[1:],
        platform = "@rules_rust//rust/platform:" + linux,
    ), "\n".join(_block(text, "cargo_build_script")))
    asserts.equals(env, [
        "name = \"build_script_build\",",
        "actual = \":_bs\",",
        "tags = [\"manual\"],",
    ], _block(text, "alias"))

    text = crate_build_file("a 1.0.0", {"build_script": {"root": "build/main.rs"}, "deps": ["b 2.0.0"], "edition": "2021"})
    asserts.true(env, "deps = [\":build_script_build\", \"//vendor/b-2.0.0:b\"]," in _block(text, "rust_library"), text)
    asserts.true(env, "crate_root = \"build/main.rs\"," in _block(text, "cargo_build_script"), text)
    return unittest.end(env)

build_script_test = unittest.make(_build_script_test_impl)

def _features_test_impl(ctx):
    env = unittest.begin(ctx)
    linux = "x86_64-unknown-linux-gnu"
    described = {
        "build_script": {"when": {"x": {"deps": ["cc 1.0.0"]}}},
        "deps": ["b 2.0.0"],
        "edition": "2021",
        "when": {
            "x": {"deps": ["c 3.0.0"], "features": ["c"]},
            "x&y|z": {"features": ["both"], "platforms": {linux: {"deps": ["libc 0.2.0"], "features": ["unix"]}}},
        },
    }
    features = "crate_features = []" + \
               " + select({\"//features:x\": [\"c\"], \"//conditions:default\": []})" + \
               " + select({\"//features:x-and-y-or-z\": [\"both\"], \"//conditions:default\": []})" + \
               " + select({\"//features:" + linux + "-x-and-y-or-z\": [\"unix\"], \"//conditions:default\": []}),"
    text = crate_build_file("a 1.0.0", described)
    library = _block(text, "rust_library")
    script = _block(text, "cargo_build_script")
    for line in [
        features,
        "deps = [\":build_script_build\"] + [\"//vendor/b-2.0.0:b\"]" +
        " + select({\"//features:x\": [\"//vendor/c-3.0.0:c\"], \"//conditions:default\": []})" +
        " + select({\"//features:" + linux + "-x-and-y-or-z\": [\"//vendor/libc-0.2.0:libc\"], \"//conditions:default\": []}),",
    ]:
        asserts.true(env, line in library, "{} is in {}".format(line, library))
    for line in [
        features,
        "deps = [] + select({\"//features:x\": [\"//vendor/cc-1.0.0:cc\"], \"//conditions:default\": []}),",
    ]:
        asserts.true(env, line in script, "{} is in {}".format(line, script))

    text = features_build_file("@@m//:setting", ["x", "y", "z"], {"a 1.0.0": described})
    asserts.true(env, "name = \"z\",\n    flag_values = {\"@@m//:setting\": \"z\"}," in text, text)
    for name, attribute in {
        "x-and-y": "match_all = [\":x\", \":y\"],",
        "x-and-y-or-z": "match_any = [\":x-and-y\", \":z\"],",
        linux + "-x-and-y-or-z": "match_all = [\"@rules_rust//rust/platform:" + linux + "\", \":x-and-y-or-z\"],",
    }.items():
        asserts.true(env, "name = \"{}\",\n    {}".format(name, attribute) in text, text)
    return unittest.end(env)

features_test = unittest.make(_features_test_impl)

def _aliases_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, """\
package(default_visibility = ["//visibility:public"])

alias(
    name = "a_1",
    actual = "//vendor/a-b-1.0.0:a_b",
)

alias(
    name = "c",
    actual = "//vendor/c-2.0.0-x:c",
)
""", aliases_build_file({"c": "c 2.0.0+x", "a_1": "a-b 1.0.0"}))
    return unittest.end(env)

aliases_test = unittest.make(_aliases_test_impl)

def _cargo_versions_test_impl(ctx):
    env = unittest.begin(ctx)
    for text, expected in {
        "": False,
        "cargo 1.100.0-nightly (1234567 2027-01-01)\n": True,
        "cargo 1.77.2 (e52e36006 2024-03-26)\n": False,
        "cargo 1.78.0 (54d8815d0 2024-03-26)\n": True,
        "error: no toolchain\n": False,
    }.items():
        asserts.equals(env, expected, reads_lock_files(text), text)
    return unittest.end(env)

cargo_versions_test = unittest.make(_cargo_versions_test_impl)

def _replaced_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, (None, "a = 2; b = 3"), replaced("a = 1; b = 1", [("a = 1", "a = 2"), ("b = 1", "b = 3")]))
    asserts.equals(env, ("the text `a` occurs 2 times", None), replaced("aa", [("a", "b")]))
    asserts.equals(env, ("the text `c` occurs 0 times", None), replaced("aa", [("c", "b")]))
    return unittest.end(env)

replaced_test = unittest.make(_replaced_test_impl)

def crates_tests():
    """Declares the unit tests of this file."""
    labels_test(name = "labels_test")
    plain_crate_test(name = "plain_crate_test")
    proc_macro_test(name = "proc_macro_test")
    platforms_test(name = "platforms_test")
    build_script_test(name = "build_script_test")
    features_test(name = "features_test")
    aliases_test(name = "aliases_test")
    cargo_versions_test(name = "cargo_versions_test")
    replaced_test(name = "replaced_test")
