// Runs a component: implements its import, and calls its exports.

#include "examples/hosts/plugin_host.h"
#include "wit_code.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof *(ARRAY))

// Prints an error and releases it. Returns whether there was one.
static bool failed(const char *what, wasmtime_error_t *error) {
  if (!error) return false;
  wasm_name_t message;
  wasmtime_error_message(error, &message);
  fprintf(stderr, "error: failed to %s: %.*s\n", what, (int)message.size, message.data);
  wasm_byte_vec_delete(&message);
  wasmtime_error_delete(error);
  return true;
}

// The import `log.write`.
static wasmtime_error_t *write_log(void *data, plugin_log_level_t level, wit_string_t message) {
  int *lines = (int *)data;
  const char *name = level == PLUGIN_LOG_LEVEL_WARNING ? "warning" : "info";
  printf("[%d %s] %.*s\n", ++*lines, name, (int)message.len, message.ptr);
  return NULL;
}

static bool print_total(const plugin_t *plugin, plugin_list_orders_item_t items) {
  plugin_result_u64_orders_problem_t total;
  if (failed("call `total`", plugin_orders_total(plugin, items, &total))) return false;
  if (!total.is_err) {
    printf("total: %llu\n", (unsigned long long)total.val.ok);
  } else if (total.val.err.tag == PLUGIN_ORDERS_PROBLEM_TOO_EXPENSIVE) {
    printf("too expensive: %llu\n", (unsigned long long)total.val.err.val.too_expensive);
  } else {
    printf("nothing ordered\n");
  }
  return true;
}

static bool use(const plugin_t *plugin) {
  plugin_orders_item_t items[] = {
      {.name = wit_string("pencil"), .price = 120, .amount = 10},
      {.name = wit_string("h\xc3\xa4mmer"), .price = 1999, .amount = 1},
  };
  plugin_list_orders_item_t all = {items, COUNT(items)};
  for (size_t i = 0; i < COUNT(items); i++) {
    wit_string_t line;
    if (failed("call `describe`", plugin_orders_describe(plugin, &items[i], &line))) return false;
    printf("%s\n", line.ptr);
    wit_string_free(&line);
  }
  plugin_list_orders_item_t none = {NULL, 0};
  if (!print_total(plugin, all) || !print_total(plugin, none)) return false;
  items[1].amount = 1000;
  return print_total(plugin, all);
}

// Reads a file and adds a NUL byte, which `size` does not count. NULL if it cannot be read.
static uint8_t *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  uint8_t *bytes = NULL;
  *size = 0;
  if (!file) return NULL;
  for (size_t room = 1 << 20;; room *= 2) {
    uint8_t *more = (uint8_t *)realloc(bytes, room);
    if (!more) break;
    bytes = more;
    *size += fread(bytes + *size, 1, room - *size, file);
    if (*size < room) break;
  }
  if (bytes) bytes[*size] = 0;
  fclose(file);
  return bytes;
}

// Compiles a component, or loads machine code of one. Wasmtime trusts machine code, so its hash has to be that in the file
// beside it, which `wasm_component_precompile` writes.
static wasmtime_error_t *load(wasm_engine_t *engine, const char *path, const uint8_t *bytes, size_t size,
                              wasmtime_component_t **out) {
  char name[4096];
  size_t hash_size;
  size_t length = strlen(path);
  if (length <= 6 || strcmp(path + length - 6, ".cwasm")) return wasmtime_component_new(engine, bytes, size, out);
  snprintf(name, sizeof name, "%s.sha256", path);
  char *sha256 = (char *)read_file(name, &hash_size);
  if (!sha256) return wasmtime_error_new("there is no file with its SHA-256");
  wasmtime_error_t *error = wit_component_load_code(engine, bytes, size, sha256, out);
  free(sha256);
  return error;
}

static bool run(wasm_engine_t *engine, const char *path, const uint8_t *bytes, size_t size) {
  int lines = 0;
  plugin_imports_t imports = {.data = &lines, .log = {.write = write_log}};
  wasmtime_component_t *compiled = NULL;
  plugin_component_t *component = NULL;
  plugin_t *plugin = NULL;
  wasmtime_component_linker_t *linker = wasmtime_component_linker_new(engine);
  wasmtime_store_t *store = wasmtime_store_new(engine, NULL, NULL);
  wasmtime_context_t *context = wasmtime_store_context(store);

  // Rust's standard library imports WASI.
  wasi_config_t *wasi = wasi_config_new();
  wasi_config_inherit_stderr(wasi);
  bool ok = !failed("configure WASI", wasmtime_context_set_wasi(context, wasi)) &&
            !failed("link WASI", wasmtime_component_linker_add_wasip2(linker)) &&
            !failed("link the imports", plugin_link(linker, &imports)) &&
            !failed("load the component", load(engine, path, bytes, size, &compiled)) &&
            !failed("find the exports", plugin_component_new(compiled, &component)) &&
            !failed("instantiate", plugin_instantiate(component, linker, context, &plugin)) && use(plugin);

  plugin_delete(plugin);
  plugin_component_delete(component);
  if (compiled) wasmtime_component_delete(compiled);
  wasmtime_component_linker_delete(linker);
  wasmtime_store_delete(store);
  return ok;
}

int main(int argc, char **argv) {
  size_t size;
  if (argc != 2) {
    fprintf(stderr, "usage: host COMPONENT\n");
    return 2;
  }
  uint8_t *bytes = read_file(argv[1], &size);
  if (!bytes) {
    fprintf(stderr, "error: cannot read %s\n", argv[1]);
    return 3;
  }
  wasm_engine_t *engine = wasm_engine_new();
  bool ok = run(engine, argv[1], bytes, size);
  wasm_engine_delete(engine);
  free(bytes);
  return ok ? 0 : 1;
}
