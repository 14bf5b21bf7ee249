// Runs a component: prints what it makes of a text. Arguments: the component, the text, and what to expect.

#include "shouter_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Prints an error and exits, if there is one.
static void check(wasmtime_error_t *error) {
  wasm_name_t message;
  if (!error) return;
  wasmtime_error_message(error, &message);
  fprintf(stderr, "error: %.*s\n", (int)message.size, message.data);
  exit(1);
}

static wasmtime_component_t *load(wasm_engine_t *engine, const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) {
    fprintf(stderr, "error: cannot read %s\n", path);
    exit(3);
  }
  size_t size = (size_t)ftell(file);
  uint8_t *bytes = malloc(size);
  rewind(file);
  if (!bytes || fread(bytes, 1, size, file) != size) {
    fprintf(stderr, "error: cannot read %s\n", path);
    exit(3);
  }
  fclose(file);
  wasmtime_component_t *compiled;
  check(wasmtime_component_new(engine, bytes, size, &compiled));
  free(bytes);
  return compiled;
}

int main(int argc, char **argv) {
  if (argc != 3 && argc != 4) {
    fprintf(stderr, "usage: host COMPONENT TEXT [EXPECTED]\n");
    return 2;
  }
  wasm_engine_t *engine = wasm_engine_new();
  wasmtime_component_linker_t *linker = wasmtime_component_linker_new(engine);
  wasmtime_store_t *store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_component_t *compiled = load(engine, argv[1]);
  shouter_component_t *component;
  shouter_t *shouter;
  check(shouter_component_new(compiled, &component));
  check(shouter_instantiate(component, linker, wasmtime_store_context(store), &shouter));

  wit_string_t got;
  check(shouter_shout(shouter, wit_string(argv[2]), &got));
  printf("%s\n", got.ptr);
  bool is_expected = argc == 3 || !strcmp(got.ptr, argv[3]);
  wit_string_free(&got);

  shouter_delete(shouter);
  shouter_component_delete(component);
  wasmtime_component_delete(compiled);
  wasmtime_store_delete(store);
  wasmtime_component_linker_delete(linker);
  wasm_engine_delete(engine);
  return is_expected ? 0 : 1;
}
