"""Unit tests of plain functions."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//rules/private:rust_wasm_component.bzl", "argument_error")
load("//rules/private:rust_wasm_shared_library.bzl", "shared_argument_error")
load("//rules/private:rust_wasm_static_library.bzl", "static_argument_error")
load("//rules/private:rust_wit_bindgen.bzl", "bindgen_argument_error")
load("//rules/private:rust_wit_host_bindgen_source.bzl", "engine_error", "flags_error")
load("//rules/private/common:labels.bzl", "label_text")
load("//rules/private/common:macro_args.bzl", "choice_error", "split_common", "typo_error", "unsupported_error")
load("//rules/private/common:rust_guest.bzl", "crate_name")
load("//rules/private/common:wac.bzl", "wac_packages", "wac_problems")
load("//rules/private/providers:wit_info.bzl", "wit_info")

def _label_text_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, "//rules/wasi:cli", label_text("@@//rules/wasi:cli"))
    asserts.equals(env, "//rules/wasi:cli", label_text("//rules/wasi:cli"))
    asserts.equals(env, "@rules_wit~//rules/wasi:cli", label_text("@@rules_wit~//rules/wasi:cli"))
    return unittest.end(env)

label_text_test = unittest.make(_label_text_test_impl)

def _wit_info_closure_test_impl(ctx):
    env = unittest.begin(ctx)
    leaf = wit_info(label = Label("//:leaf"), wit = "leaf", spans = "leaf.json", srcs = ["leaf.src"], deps = [])
    one = wit_info(label = Label("//:one"), wit = "one", spans = "one.json", srcs = ["one.src"], deps = [leaf])
    two = wit_info(label = Label("//:two"), wit = "two", spans = "two.json", srcs = ["two.src"], deps = [leaf])
    top = wit_info(label = Label("//:top"), wit = "top", spans = "top.json", srcs = ["top.src"], deps = [one, two])
    asserts.equals(env, [], leaf.deps.to_list())

    # An indirect dependency on two paths is listed once, and no package is its own dependency.
    asserts.equals(env, ["leaf", "one", "two"], sorted(top.deps.to_list()))
    asserts.equals(env, ["leaf.json", "one.json", "two.json"], sorted(top.dep_spans.to_list()))
    asserts.equals(env, ["leaf.src", "one.src", "top.src", "two.src"], sorted(top.srcs.to_list()))

    # Each package comes after its dependencies.
    asserts.equals(env, ["leaf", "one", "two", "top"], [p.label.name for p in top.packages.to_list()])
    asserts.equals(env, ["one", "two"], [label.name for label in top.package.dep_labels])
    return unittest.end(env)

wit_info_closure_test = unittest.make(_wit_info_closure_test_impl)

_WAC = """// a:comment
package test:own targets test:world/w@1.0.0;
/* b:comment "c:comment */ let x = new test:one@1.0.0{ "d:string/x": y["e:string"], ...z,
  log: x.log, ... }; // "f:comment
import y as "g:string/\\": test:two/iface@0.2.0;
export new test:one@1.0.0 {...} ...;
export new test:own:nested { ... }; """

def _wac_packages_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(
        env,
        [
            ("test:own", ""),
            ("test:world", "1.0.0"),
            ("test:one", "1.0.0"),
            ("test:two", "0.2.0"),
            ("test:own:nested", ""),
        ],
        wac_packages(_WAC),
    )
    asserts.equals(env, [], wac_packages(""))
    return unittest.end(env)

wac_packages_test = unittest.make(_wac_packages_test_impl)

def _wac_problems_test_impl(ctx):
    env = unittest.begin(ctx)
    deps = ["test:world@1.0.0", "test:one", "test:two@0.2.0", "test:own:nested"]
    asserts.equals(env, [], wac_problems(_WAC, deps))
    problems = wac_problems(_WAC, deps[:2] + ["test:two@0.3.0", "test:own:nested", "test:own"])
    asserts.equals(env, [
        "no dependency provides `test:two@0.2.0`; there are: test:one, test:own, test:own:nested, test:two@0.3.0, test:world@1.0.0",
        "unused dependency `test:two@0.3.0`",
        "unused dependency `test:own`",
    ], [problem.split("\n")[0] for problem in problems])
    return unittest.end(env)

wac_problems_test = unittest.make(_wac_problems_test_impl)

def _crate_name_test_impl(ctx):
    env = unittest.begin(ctx)
    for target, expected in {
        "2d": "_2d",
        "a/b": "a_b",
        "a_b": "a_b",
        "search-bindings": "search_bindings",
        "v1.0+x": "v1_0_x",
    }.items():
        asserts.equals(env, expected, crate_name(target))
    return unittest.end(env)

crate_name_test = unittest.make(_crate_name_test_impl)

def _macro_args_test_impl(ctx):
    env = unittest.begin(ctx)
    on_linux = select({"//conditions:default": "size"})
    asserts.equals(env, None, choice_error("a", "x", ["x", "y"], "h"))
    asserts.equals(env, "`a` cannot be \"z\"\nhint: use one of `x`, `y`", choice_error("a", "z", ["x", "y"], "h"))
    asserts.equals(env, "`a` cannot be a select()\nhint: h", choice_error("a", on_linux, ["x", "y"], "h"))
    asserts.equals(env, "`data` has no effect on this target\nhint: h", unsupported_error({"data": []}, {"data": "h"}))
    asserts.equals(env, None, unsupported_error({"srcs": []}, {"data": "h"}))

    asserts.equals(env, "no argument `wit_featuers`\nhint: did you mean `wit_features`?", typo_error({"wit_featuers": []}, ["wit_features"]))
    asserts.equals(env, None, typo_error({"crate_features": [], "data": [], "wat": ""}, ["crate_name", "tags", "wit_features", "world"]))

    common = split_common({"crate_features": ["f"], "deprecation": "d", "features": ["g"], "target_compatible_with": []})
    asserts.equals(env, {"deprecation": "d", "features": ["g"], "target_compatible_with": []}, common.named)
    asserts.equals(env, {"deprecation": "d", "features": ["g"]}, common.parts)
    asserts.equals(env, {"crate_features": ["f"]}, common.rest)
    return unittest.end(env)

macro_args_test = unittest.make(_macro_args_test_impl)

# Attributes of rules_rust's rules, and those that all rules have. Macros pass them on.
_RUST_ATTRIBUTES = {
    name: None
    for name in (
        "aliases",
        "alwayslink",
        "aspect_hints",
        "compile_data",
        "crate_features",
        "disable_pipelining",
        "exec_properties",
        "features",
        "link_deps",
        "linker_script",
        "lint_config",
        "malloc",
        "proc_macro_deps",
        "restricted_to",
        "rustc_env",
        "rustc_env_files",
        "skip_deps_verification",
        "stamp",
        "toolchains",
        "version",
    )
}

def _component_arguments_test_impl(ctx):
    env = unittest.begin(ctx)

    def error(optimize = "auto", crate_type = "cdylib", crate_name = None, **kwargs):
        return argument_error(name = "x", optimize = optimize, crate_type = crate_type, crate_name = crate_name, kwargs = kwargs)

    def static_error(optimize = "size", **kwargs):
        return static_argument_error(optimize = optimize, kwargs = kwargs)

    def shared_error(exports = ["f"], **kwargs):
        return shared_argument_error(exports = exports, optimize = "size", kwargs = kwargs)

    value = select({"//conditions:default": "size"})
    asserts.equals(env, None, static_error(crate_features = ["f"]))
    asserts.equals(env, None, shared_error(crate_features = ["f"]))
    asserts.equals(env, None, error(optimize = "size", crate_type = "bin", crate_name = "y", edition = "2024", **_RUST_ATTRIBUTES))
    asserts.equals(env, None, bindgen_argument_error(_RUST_ATTRIBUTES))
    for text, actual in {
        "`args` has no effect on this target\nhint: set `args` of the `wasm_component_binary`": error(args = ["f"]),
        "`bindgen` has no effect on this target\nhint: declare a `rust_wit_bindgen` with these options and `runtime": static_error(bindgen = {}),
        "`data` has no effect on this target\nhint: for `include_str!`": static_error(data = ["f"]),
        "`env` has no effect on this target\nhint: set `env` of the `wasm_component_binary`": error(env = {"f": "g"}),
        "`exports` is empty\nhint: list the functions with `#[no_mangle]`": shared_error(exports = []),
        "`optimize` cannot be a select()\nhint: ": static_error(optimize = value),
        "`platform` has no effect on this target\nhint: remove it; the library is compiled for `unknown`": shared_error(platform = "wasip2"),
        "no argument `bindigs`\nhint: did you mean `bindings`?": static_error(bindigs = ":b"),
        "`bindgen` has no effect on this target\nhint: declare a `rust_wit_bindgen`": error(bindgen = value),
        "`crate_name` cannot be the name of the target": error(crate_name = "x"),
        "`crate_type` cannot be \"lib\"\nhint: use one of `bin`, `cdylib`": error(crate_type = "lib"),
        "`crate_type` cannot be a select()\nhint: declare a target for each": error(crate_type = value),
        "`data` has no effect on this target\nhint: set `data` of the `wasm_component_binary`": error(data = ["f"]),
        "`optimize` cannot be \"fast\"\nhint: use one of `auto`, `none`, `size`, `speed`": error(optimize = "fast"),
        "`edition` has no effect on this target\nhint: remove it": bindgen_argument_error({"edition": "2024"}),
        "`optimize` cannot be a select()\nhint: `auto` follows `--compilation_mode`": error(optimize = value),
        "`srcs` has no effect on this target\nhint: put": bindgen_argument_error({"srcs": []}),
        "no argument `additional_derive`\nhint: did you mean `additional_derives`?": bindgen_argument_error({"additional_derive": []}),
        "no argument `optimise`\nhint: did you mean `optimize`?": error(optimise = "size"),
    }.items():
        asserts.true(env, (actual or "").startswith(text), "{} starts with {}".format(repr(actual), repr(text)))
    return unittest.end(env)

component_arguments_test = unittest.make(_component_arguments_test_impl)

def _engine_test_impl(ctx):
    env = unittest.begin(ctx)

    # The version of the generator, and that of the crate -> what is wrong with the crate.
    for (generator, engine), wrong in {
        ("2.0.1", ""): "has no `version`",
        ("2.0.1", "0.0.0"): "has no `version`",
        ("2.0.1", "2.1.0"): None,
        ("2.0.1", "20.0.1"): "is version 20.0.1",
        ("20.0.1", "2.0.1"): "is version 2.0.1",
    }.items():
        error = engine_error(generator, engine, "@crates//:wasmtime")
        if wrong:
            asserts.true(env, "but `@crates//:wasmtime` {}\nhint: ".format(wrong) in (error or ""), repr(error))
        else:
            asserts.equals(env, None, error)
    asserts.equals(env, None, flags_error("imports", {"default": ["async", "trappable"], "f": []}))
    asserts.equals(
        env,
        "unknown flag `quick` of `f` in `imports`\nhint: use some of `async`, `exact`, `store`, `tracing`, `trappable`, `verbose_tracing`",
        flags_error("imports", {"f": ["quick"]}),
    )
    return unittest.end(env)

engine_test = unittest.make(_engine_test_impl)

def unit_tests():
    """Declares the unit tests of this file."""
    component_arguments_test(name = "component_arguments_test")
    engine_test(name = "engine_test")
    crate_name_test(name = "crate_name_test")
    macro_args_test(name = "macro_args_test")
    label_text_test(name = "label_text_test")
    wac_packages_test(name = "wac_packages_test")
    wac_problems_test(name = "wac_problems_test")
    wit_info_closure_test(name = "wit_info_closure_test")
