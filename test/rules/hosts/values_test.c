// Passes values and resources between the host and components.

#include "test/rules/hosts/values.h"

static wasm_engine_t *engine;

static wasmtime_component_t *compile(const char *path) {
  size_t size;
  uint8_t *bytes = read_file(path, &size);
  wasmtime_component_t *component;
  OK(wasmtime_component_new(engine, bytes, size, &component));
  // A component that is cut off is an error.
  wasmtime_component_t *none;
  check_error(wasmtime_component_new(engine, bytes, size / 2, &none), "");
  free(bytes);
  return component;
}

wasmtime_store_t *new_store(void) {
  wasmtime_store_t *store = wasmtime_store_new(engine, NULL, NULL);
  OK(wasmtime_context_set_wasi(wasmtime_store_context(store), wasi_config_new()));
  return store;
}

wasmtime_component_linker_t *new_linker(void) {
  wasmtime_component_linker_t *linker = wasmtime_component_linker_new(engine);
  OK(wasmtime_component_linker_add_wasip2(linker));
  return linker;
}

int main(int argc, char **argv) {
  CHECK(argc == 4);
  wasm_config_t *config = wasm_config_new();
  // With it, Wasmtime 50 traps where a component lends a resource of the host.
  wasmtime_config_concurrency_support_set(config, false);
  engine = wasm_engine_new_with_config(config);
  wasmtime_component_t *relay = compile(argv[1]), *provider = compile(argv[2]), *user = compile(argv[3]);
  test_relay(relay, provider);
  test_provider(provider);
  test_stores(provider);
  test_user(user);
  wasmtime_component_delete(relay);
  wasmtime_component_delete(provider);
  wasmtime_component_delete(user);
  wasm_engine_delete(engine);
  printf("passed\n");
  return 0;
}
