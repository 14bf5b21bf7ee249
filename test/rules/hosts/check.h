// What the tests of C host bindings share.

#ifndef RULES_WIT_TEST_CHECK_H
#define RULES_WIT_TEST_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasmtime.h>

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof *(ARRAY))
#define CHECK(CONDITION) \
  do { \
    if (!(CONDITION)) { \
      fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #CONDITION); \
      exit(1); \
    } \
  } while (0)

// Checks that there is no error.
#define OK(CALL) \
  do { \
    wasmtime_error_t *error_ = (CALL); \
    if (error_) { \
      check_error(error_, "(nothing)"); \
    } \
  } while (0)

// Checks that there is an error with this text, and releases it.
#define check_error(ERROR, TEXT) check_error_at(__LINE__, ERROR, TEXT)
static inline void check_error_at(int line, wasmtime_error_t *error, const char *text) {
  wasm_name_t message;
  char copy[4096] = "there is none";
  if (error) {
    wasmtime_error_message(error, &message);
    snprintf(copy, sizeof copy, "%.*s", (int)message.size, message.data);
    wasm_byte_vec_delete(&message);
    wasmtime_error_delete(error);
  }
  if (error && strstr(copy, text)) return;
  fprintf(stderr, "line %d: expected an error with `%s`: %s\n", line, text, copy);
  exit(1);
}

static inline void *allocate(size_t count, size_t size) {
  void *memory = calloc(count ? count : 1, size);
  CHECK(memory);
  return memory;
}

// The content of a file. The caller frees it.
static inline uint8_t *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  CHECK(file && !fseek(file, 0, SEEK_END));
  *size = (size_t)ftell(file);
  uint8_t *bytes = (uint8_t *)allocate(*size, 1);
  rewind(file);
  CHECK(fread(bytes, 1, *size, file) == *size);
  fclose(file);
  return bytes;
}

// Translates a component from its text.
static inline wasm_byte_vec_t assemble(const char *text) {
  wasm_byte_vec_t bytes;
  OK(wasmtime_wat2wasm(text, strlen(text), &bytes));
  return bytes;
}

// The text of components of the world `faulty`: types of the import, in the component and in its module, a call of it, exports.
#define COMPONENT_OF(IMPORT, CORE_IMPORT, CALL_IMPORT, EXPORTS) \
  "(component\n" \
  "  (import \"twice\" (func $twice " IMPORT "))\n" \
  "  (core module $m\n" \
  "    (import \"\" \"twice\" (func $twice " CORE_IMPORT "))\n" \
  "    (memory (export \"memory\") 1)\n" \
  "    (func (export \"add\") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))\n" \
  "    (func (export \"spin\") (loop (br 0)))\n" \
  "    (func (export \"trap\") unreachable)\n" \
  "    (func $recurse (export \"recurse\") (call $recurse) (call $recurse))\n" \
  "    (func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0)))\n" \
  "    (func (export \"call\") (param i32) (result i32) " CALL_IMPORT "))\n" \
  "  (core func $lowered (canon lower (func $twice)))\n" \
  "  (core instance $i (instantiate $m (with \"\" (instance (export \"twice\" (func $lowered))))))\n" \
  EXPORTS ")"
#define COMPONENT(IMPORT, EXPORTS) COMPONENT_OF(IMPORT, "(param i32) (result i32)", "(call $twice (local.get 0))", EXPORTS)
#define LIFT(NAME, TYPE) "  (func (export \"" NAME "\") " TYPE " (canon lift (core func $i \"" NAME "\")))\n"
#define SAME LIFT("spin", "") LIFT("trap", "") LIFT("recurse", "")
#define CALL(TYPE) LIFT("call", "(param \"value\" " TYPE ") (result " TYPE ")")

#define FAULTY \
  COMPONENT("(param \"value\" u32) (result u32)", \
            SAME LIFT("add", "(param \"a\" u32) (param \"b\" u32) (result u32)") \
                LIFT("grow", "(param \"pages\" u32) (result s32)") CALL("u32"))

#endif
