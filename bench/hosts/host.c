// Calls a component through the typed bindings and through Wasmtime's C API alone, and loads it in several ways.
// Arguments: the component, its machine code, milliseconds for each measurement. Prints a line for each: name, times per
// second. With `once` and one of the files, calls one function, and prints nothing.

#include "bench/hosts/calls_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ITEMS 1000
#define NAME "sixteen letters!"

static void check(wasmtime_error_t *error) {
  wasm_name_t message;
  if (!error) return;
  wasmtime_error_message(error, &message);
  fprintf(stderr, "error: %.*s\n", (int)message.size, message.data);
  exit(1);
}

static void require(bool condition, const char *what) {
  if (condition) return;
  fprintf(stderr, "error: %s\n", what);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

typedef struct {
  wasm_engine_t *engine;
  wasmtime_component_linker_t *linker;
  wasmtime_component_t *compiled;
  calls_component_t *component;
  uint8_t *bytes, *code;
  size_t size, code_size;
  // An instance, and its functions for calls without the bindings.
  wasmtime_store_t *store;
  wasmtime_context_t *context;
  calls_t *calls;
  wasmtime_component_func_t add, greet, total;
  calls_item_t items[ITEMS];
} bench_t;

static wasmtime_store_t *new_store(const bench_t *bench) {
  wasmtime_store_t *store = wasmtime_store_new(bench->engine, NULL, NULL);
  check(wasmtime_context_set_wasi(wasmtime_store_context(store), wasi_config_new()));
  return store;
}

static void typed_add(bench_t *bench) {
  uint32_t sum;
  check(calls_add(bench->calls, 40, 2, &sum));
  require(sum == 42, "add");
}

static void typed_greet(bench_t *bench) {
  wit_string_t text;
  check(calls_greet(bench->calls, wit_string(NAME), &text));
  require(text.len == sizeof NAME - 1, "greet");
  wit_string_free(&text);
}

static void typed_total(bench_t *bench) {
  uint64_t sum;
  calls_list_item_t items = {bench->items, ITEMS};
  check(calls_total(bench->calls, items, &sum));
  require(sum == ITEMS, "total");
}

static void manual_call(bench_t *bench, const wasmtime_component_func_t *func, wasmtime_component_val_t *args,
                        size_t count, wasmtime_component_val_t *result) {
  memset(result, 0, sizeof *result);
  check(wasmtime_component_func_call(func, bench->context, args, count, result, 1));
}

static void manual_add(bench_t *bench) {
  wasmtime_component_val_t args[2], result;
  for (int i = 0; i < 2; i++) args[i].kind = WASMTIME_COMPONENT_U32;
  args[0].of.u32 = 40;
  args[1].of.u32 = 2;
  manual_call(bench, &bench->add, args, 2, &result);
  require(result.kind == WASMTIME_COMPONENT_U32 && result.of.u32 == 42, "add");
}

static void manual_greet(bench_t *bench) {
  wasmtime_component_val_t arg, result;
  arg.kind = WASMTIME_COMPONENT_STRING;
  wasm_byte_vec_new(&arg.of.string, strlen(NAME), NAME);
  manual_call(bench, &bench->greet, &arg, 1, &result);
  require(result.kind == WASMTIME_COMPONENT_STRING, "greet");
  // The program gets a string of C, as with the bindings.
  char *text = malloc(result.of.string.size + 1);
  require(text, "memory");
  memcpy(text, result.of.string.data, result.of.string.size);
  text[result.of.string.size] = 0;
  require(strlen(text) == sizeof NAME - 1, "greet");
  free(text);
  wasmtime_component_val_delete(&arg);
  wasmtime_component_val_delete(&result);
}

static void manual_total(bench_t *bench) {
  wasmtime_component_val_t arg, result;
  arg.kind = WASMTIME_COMPONENT_LIST;
  wasmtime_component_vallist_new_uninit(&arg.of.list, ITEMS);
  for (size_t i = 0; i < ITEMS; i++) {
    wasmtime_component_val_t *item = &arg.of.list.data[i];
    item->kind = WASMTIME_COMPONENT_RECORD;
    wasmtime_component_valrecord_new_uninit(&item->of.record, 2);
    wasmtime_component_valrecord_entry_t *fields = item->of.record.data;
    wasm_byte_vec_new(&fields[0].name, 4, "name");
    fields[0].val.kind = WASMTIME_COMPONENT_STRING;
    wasm_byte_vec_new(&fields[0].val.of.string, bench->items[i].name.len, bench->items[i].name.ptr);
    wasm_byte_vec_new(&fields[1].name, 5, "price");
    fields[1].val.kind = WASMTIME_COMPONENT_U32;
    fields[1].val.of.u32 = bench->items[i].price;
  }
  manual_call(bench, &bench->total, &arg, 1, &result);
  require(result.kind == WASMTIME_COMPONENT_U64 && result.of.u64 == ITEMS, "total");
  wasmtime_component_val_delete(&arg);
}

// An instance of a compiled component, and a call.
static void instantiate(bench_t *bench) {
  wasmtime_store_t *store = new_store(bench);
  calls_t *calls;
  uint32_t sum;
  check(calls_instantiate(bench->component, bench->linker, wasmtime_store_context(store), &calls));
  check(calls_add(calls, 40, 2, &sum));
  calls_delete(calls);
  wasmtime_store_delete(store);
}

static void load_component(bench_t *bench) {
  wasmtime_component_t *compiled;
  check(wasmtime_component_new(bench->engine, bench->bytes, bench->size, &compiled));
  wasmtime_component_delete(compiled);
}

static void load_code(bench_t *bench) {
  wasmtime_component_t *compiled;
  check(wasmtime_component_deserialize(bench->engine, bench->code, bench->code_size, &compiled));
  wasmtime_component_delete(compiled);
}

static uint8_t *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  require(file && !fseek(file, 0, SEEK_END), path);
  *size = (size_t)ftell(file);
  uint8_t *bytes = malloc(*size);
  rewind(file);
  require(bytes && fread(bytes, 1, *size, file) == *size, path);
  fclose(file);
  return bytes;
}

static wasmtime_component_func_t find(const bench_t *bench, wasmtime_component_instance_t *instance, const char *name) {
  wasmtime_component_func_t func;
  wasmtime_component_export_index_t *index =
      wasmtime_component_get_export_index(bench->compiled, NULL, name, strlen(name));
  require(index && wasmtime_component_instance_get_func(instance, bench->context, index, &func), name);
  wasmtime_component_export_index_delete(index);
  return func;
}

static const struct {
  const char *name;
  void (*run)(bench_t *);
} MEASURED[] = {
    {"add typed", typed_add},       {"add manual", manual_add},     {"greet typed", typed_greet},
    {"greet manual", manual_greet}, {"total typed", typed_total},   {"total manual", manual_total},
    {"instantiate", instantiate},   {"load component", load_component}, {"load code", load_code},
};

// Loads a file with `load`, and makes an instance.
static void start(bench_t *bench, const char *path,
                  wasmtime_error_t *(*load)(const wasm_engine_t *, const uint8_t *, size_t, wasmtime_component_t **)) {
  bench->bytes = read_file(path, &bench->size);
  bench->engine = wasm_engine_new();
  bench->linker = wasmtime_component_linker_new(bench->engine);
  bench->store = new_store(bench);
  bench->context = wasmtime_store_context(bench->store);
  static calls_imports_t imports;
  check(wasmtime_component_linker_add_wasip2(bench->linker));
  check(calls_link(bench->linker, &imports));
  check(load(bench->engine, bench->bytes, bench->size, &bench->compiled));
  check(calls_component_new(bench->compiled, &bench->component));
  check(calls_instantiate(bench->component, bench->linker, bench->context, &bench->calls));
}

static bool is_code(const char *path) {
  const char *end = strrchr(path, '.');
  return end && !strcmp(end, ".cwasm");
}

int main(int argc, char **argv) {
  static bench_t bench;
  wasmtime_component_instance_t instance;
  if (argc == 3 && !strcmp(argv[1], "once")) {
    start(&bench, argv[2], is_code(argv[2]) ? wasmtime_component_deserialize : wasmtime_component_new);
    typed_add(&bench);
    return 0;
  }
  require(argc == 4, "usage: host COMPONENT CODE MILLISECONDS, or host once FILE");
  double seconds = atof(argv[3]) / 1000;
  start(&bench, argv[1], wasmtime_component_new);
  bench.code = read_file(argv[2], &bench.code_size);
  check(wasmtime_component_linker_instantiate(bench.linker, bench.context, bench.compiled, &instance));
  bench.add = find(&bench, &instance, "add");
  bench.greet = find(&bench, &instance, "greet");
  bench.total = find(&bench, &instance, "total");
  for (size_t i = 0; i < ITEMS; i++) bench.items[i] = (calls_item_t){.name = wit_string("pencil"), .price = 1};
  enum { KINDS = sizeof MEASURED / sizeof *MEASURED, SLICES = 10 };
  size_t counts[KINDS] = {0};
  double times[KINDS] = {0};
  // In turn, as the speed of a machine changes within seconds.
  for (int slice = 0; slice < SLICES; slice++) {
    for (int i = 0; i < KINDS; i++) {
      double start = now(), end = start;
      for (size_t round = 1; end - start < seconds / SLICES; round *= 2) {
        for (size_t call = 0; call < round; call++) MEASURED[i].run(&bench);
        counts[i] += round;
        end = now();
      }
      times[i] += end - start;
    }
  }
  for (int i = 0; i < KINDS; i++) printf("%s %.3f\n", MEASURED[i].name, (double)counts[i] / times[i]);
  return 0;
}
