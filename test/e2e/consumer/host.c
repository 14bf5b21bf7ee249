// Runs the component from C. Argument: the component.

#include "greeter_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(wasmtime_error_t *error) {
  wasm_name_t message;
  if (!error) return;
  wasmtime_error_message(error, &message);
  fprintf(stderr, "error: %.*s\n", (int)message.size, message.data);
  exit(1);
}

int main(int argc, char **argv) {
  static char bytes[1 << 24];
  FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  if (!file) return 2;
  size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);

  wasm_engine_t *engine = wasm_engine_new();
  wasmtime_store_t *store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t *context = wasmtime_store_context(store);
  wasmtime_component_linker_t *linker = wasmtime_component_linker_new(engine);
  wasmtime_component_t *compiled;
  greeter_component_t *component;
  greeter_t *greeter;
  wit_string_t greeting;
  check(wasmtime_context_set_wasi(context, wasi_config_new()));
  check(wasmtime_component_linker_add_wasip2(linker));
  check(wasmtime_component_new(engine, (const uint8_t *)bytes, size, &compiled));
  check(greeter_component_new(compiled, &component));
  check(greeter_instantiate(component, linker, context, &greeter));
  check(greeter_greetings_greet(greeter, wit_string("C"), &greeting));
  int wrong = strcmp(greeting.ptr, "Hello, C!");
  puts(greeting.ptr);

  wit_string_free(&greeting);
  greeter_delete(greeter);
  greeter_component_delete(component);
  wasmtime_component_delete(compiled);
  wasmtime_component_linker_delete(linker);
  wasmtime_store_delete(store);
  wasm_engine_delete(engine);
  return wrong;
}
