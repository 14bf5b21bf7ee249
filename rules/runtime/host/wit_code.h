/// Loads machine code of components, which Wasmtime trusts.

#ifndef RULES_WIT_CODE_H
#define RULES_WIT_CODE_H

#include <stddef.h>
#include <stdint.h>
#include <wasmtime.h>
#include <wasmtime/component.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Loads machine code if its SHA-256 is the expected one; otherwise Wasmtime does not see it.
///
/// `bytes` are the `size` bytes of a `.cwasm` file. `sha256` is a string that starts with the 64 hexadecimal digits of the
/// hash: the text of the file in the output group `sha256` of `wasm_component_precompile`, or what `sha256sum` prints. It
/// must come from somebody whom the program trusts, such as its own build.
///
/// Returns NULL and sets `*out`, which the caller releases with `wasmtime_component_delete`. On an error, `*out` is unchanged:
/// `sha256` has no hash, the hash differs, or the engine has another version or other settings than the code.
wasmtime_error_t *wit_component_load_code(wasm_engine_t *engine, const uint8_t *bytes, size_t size,
                                          const char *sha256, wasmtime_component_t **out);

/// Computes the SHA-256 of the `size` bytes at `bytes`.
void wit_sha256(const uint8_t *bytes, size_t size, uint8_t digest[32]);

#ifdef __cplusplus
}
#endif

#endif
