"""rust_wasm_shared_library: a WebAssembly library for dynamic linking, from Rust sources."""

load("//rules/private:rust_object_shared_library.bzl", "rust_object_shared_library")
load("//rules/private:rust_object_static_library.bzl", "rust_object_static_library")
load("//rules/private/common:guest_crate.bzl", "LINT_TAG")
load("//rules/private/common:labels.bzl", "error_text")
load("//rules/private/common:macro_args.bzl", "part_attributes", "split_common", "typo_error", "unsupported_error")
load("//rules/private/common:rust_guest.bzl", "optimize_error")
load("//rules/private/common:rust_static_crate.bzl", "rust_static_crate")

# The arguments of the macro that are not attributes of `rust_static_library`.
_OWN_ARGUMENTS = ["exports", "optimize"]

_UNSUPPORTED = {
    "data": "for `include_str!`, set `compile_data`",
    "platform": "remove it; the library is compiled for `unknown`, as the libc that `std` calls on `wasip2` is not position-independent",
}

def shared_argument_error(*, exports, optimize, kwargs):
    """Checks arguments of the macro `rust_wasm_shared_library` that other rules would reject without naming the library.

    Args:
      exports: value of `exports`.
      optimize: value of `optimize`.
      kwargs: dict[string, object], further arguments.

    Returns:
      string or None: the error, with a hint.
    """
    error = optimize_error(optimize) or unsupported_error(kwargs, _UNSUPPORTED) or typo_error(kwargs, _OWN_ARGUMENTS)
    if not error and not exports:
        error = "`exports` is empty\nhint: list the functions with `#[no_mangle]` that other libraries call"
    return error

def rust_wasm_shared_library(
        name,
        srcs,
        exports,
        deps = [],
        edition = "2021",
        optimize = "size",
        rustc_flags = [],
        tags = [],
        testonly = None,
        visibility = None,
        **kwargs):
    """Links a shared library from Rust sources, for [`wasm_component_link`](interpreter.md#wasm_component_link).

    ```starlark
    rust_wasm_shared_library(
        name = "libtext",
        srcs = ["text.rs"],
        exports = ["text_width"],
    )
    ```

    The crate declares each function of `exports` with `#[no_mangle] pub extern "C"`. Functions that it declares in
    `extern "C"` blocks are those of other libraries.

    The sources can use `std`, or `alloc` and `core` with `#![no_std]`. They are compiled for the platform `unknown`, where
    `std` has no files, clocks or streams. WASI is not available: on `wasip2`, `std` calls a libc that is not
    position-independent.

    The library has an allocator of its own, which grows the memory, so libraries do not free the memory of others. To share
    the allocator of another library, define a `#[global_allocator]` that calls its functions.

    The standard library as compilers have it is not position-independent on this platform, so
    [the addresses in the linked code are rewritten](interpreters.md#shared-libraries).

    Outputs: `<name>.so`, which provides `WasmSharedLibraryInfo`.

    Args:
      name: string, the name of the target.
      srcs: list[label], the Rust sources.
      exports: list[string], the functions that other libraries call. One that the crate lacks is an error.
      deps: list[label], Rust libraries.
      edition: string, the Rust edition.
      optimize: string, `size`, `speed`, `none` or `auto` (follows `--compilation_mode`).
      rustc_flags: list[string], further flags of rustc.
      tags: list[string].
      testonly: bool.
      visibility: list[label].
      **kwargs: further attributes of `rust_static_library`, and attributes that all rules have.
    """
    label = native.package_relative_label(name)
    error = shared_argument_error(exports = exports, optimize = optimize, kwargs = kwargs)
    if error:
        fail(error_text(label, error))
    common = split_common(kwargs)

    part = part_attributes(common, tags = tags, testonly = testonly)
    rust_static_crate(
        name = name + "_library",
        srcs = srcs,
        deps = deps,
        edition = edition,
        optimize = optimize,
        rustc_flags = rustc_flags,
        attributes = part | common.rest,
    )
    rust_object_static_library(
        name = name + "_object",
        exports = exports,
        optimize = optimize,
        deps = [
            name + "_library",
            Label("//rules/runtime/shared:heap"),
        ],
        **part
    )
    rust_object_shared_library(
        name = name,
        object = name + "_object",
        optimize = optimize,
        tags = tags + [LINT_TAG],
        testonly = testonly,
        visibility = visibility,
        **common.named
    )
